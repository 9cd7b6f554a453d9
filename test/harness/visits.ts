/** What most tests of the relay begin with: a room, and members with public values that pass its gates. */
import type { SeatRecord, ToRelay } from '#lib/wire/frames.ts'
import { KEM_KEY_CHARS, PROTOCOL_VERSION } from '#lib/wire/limits.ts'
import { TestSocket } from './socket.ts'

export interface Door {
  readonly roomId: string
  readonly roomSecret: string
}

/** Public values for a username; no two usernames share one. */
export function seatOf(username: string): SeatRecord {
  return { username, ek: keyOf(`${username}-first`), ratchetEk: keyOf(`${username}-ratchet`), claim: `claim of ${username}` }
}

/** A text as long as a KEM key in base64. */
export function keyOf(text: string): string {
  return text.padEnd(KEM_KEY_CHARS, '+').slice(0, KEM_KEY_CHARS)
}

export function createFrame(): Extract<ToRelay, { type: 'create' }> {
  return { type: 'create', protocolVersion: PROTOCOL_VERSION }
}

export function joinFrame(door: Door): Extract<ToRelay, { type: 'join' }> {
  return { type: 'join', roomId: door.roomId, roomSecret: door.roomSecret, protocolVersion: PROTOCOL_VERSION }
}

/** Creates a room from a connection of its own. */
export async function createRoom(url: string): Promise<Door> {
  const socket = await TestSocket.open(url)
  socket.send(createFrame())
  const { roomId, roomSecret } = await socket.next('room_created')
  await socket.close()
  return { roomId, roomSecret }
}

/** A connection that joined and has not identified. */
export async function join(url: string, door: Door): Promise<TestSocket> {
  const socket = await TestSocket.open(url)
  socket.send(joinFrame(door))
  await socket.next('joined')
  return socket
}

/** A connection that joined and identified; waits until those in the room have heard of it. */
export async function enter(url: string, door: Door, username: string, present: readonly TestSocket[] = []): Promise<TestSocket> {
  const socket = await join(url, door)
  socket.send({ type: 'identify', ...seatOf(username) })
  await settled(socket, username)
  for (const peer of present) await peer.next('peer_joined')
  return socket
}

/** A fresh room with members, in this order, who have heard of each other. */
export async function roomWith<Names extends readonly string[]>(
  url: string,
  ...usernames: Names
): Promise<{ readonly door: Door; readonly sockets: { readonly [Name in keyof Names]: TestSocket } }>
export async function roomWith(url: string, ...usernames: readonly string[]) {
  const door = await createRoom(url)
  const sockets: TestSocket[] = []
  for (const username of usernames) sockets.push(await enter(url, door, username, sockets))
  return { door, sockets }
}

/** What the next newcomer is told of a room. */
export async function snapshot(url: string, door: Door): Promise<readonly SeatRecord[]> {
  const socket = await TestSocket.open(url)
  socket.send(joinFrame(door))
  const { members } = await socket.next('joined')
  await socket.close()
  return members
}

/** Everything that a member sent before this has been taken in: its rekey, which changes nothing, was answered as the next frame. */
export async function settled(socket: TestSocket, username: string): Promise<void> {
  const { ek, ratchetEk, claim } = seatOf(username)
  socket.send({ type: 'rekey', ek, ratchetEk, claim })
  await socket.next('rekeyed')
}

/** The same for a connection outside of every room: a door that does not exist was refused as the next frame. */
export async function settledOutside(socket: TestSocket): Promise<void> {
  socket.send(joinFrame({ roomId: 'none', roomSecret: '' }))
  const { reason } = await socket.next('error')
  if (reason !== 'not_found') throw new Error(`refused as ${reason}: the connection is in a room`)
}
