/**
 * What an operator can set, and where a value comes from: flag, then environment variable, then default (docs/protocol.md, Relay contract).
 * Called by server/relay.ts. Flags are strict (server/flags.ts); variables are forgiving, because a stray one must not keep a relay down.
 */
import { DEFAULT_HOSTNAME, DEFAULT_MAX_ROOM_SIZE, DEFAULT_PORT, DEFAULT_ROOM_TTL_HOURS } from '#lib/wire/limits.ts'

/** Only what was passed: an absent key falls through to the environment, a present one does not, whatever it holds. */
export interface ServerConfig {
  /** 0 takes a free port. PORT, default 1337. */
  readonly port?: number
  /** Members in a room, 0 = unlimited. MAX_ROOM_SIZE, default 20. */
  readonly maxRoomSize?: number
  /** What `create` must show; empty or undefined: nothing. ADMIN_TOKEN, default unset. */
  readonly adminToken?: string | undefined
  /** HOST, default 127.0.0.1: the name localhost would bind only the first address that it resolves to. */
  readonly hostname?: string
  /** Hours after its last activity that an empty room lives; 0, less or NaN: for ever. ROOM_TTL, default 24. */
  readonly roomTtl?: number
  /** The web client's page, served at /. Null or absent: nothing is there. */
  readonly page?: string | null
}

/** Every value decided. */
export type Settings = Required<Omit<ServerConfig, 'page'>>

export type Environment = Readonly<Record<string, string | undefined>>

const LARGEST_PORT = 65_535

/** Decides every value from what was passed and an environment. A variable that is blank counts as unset. */
export function settle(config: ServerConfig, environment: Environment): Settings {
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined
  return {
    port: config.port ?? parsePort(read('PORT')) ?? DEFAULT_PORT,
    maxRoomSize: config.maxRoomSize ?? parseCount(read('MAX_ROOM_SIZE')) ?? DEFAULT_MAX_ROOM_SIZE,
    // A key that is there wins even when it holds nothing: `--admin-token ''` switches off what the environment sets.
    adminToken: 'adminToken' in config ? config.adminToken : environment['ADMIN_TOKEN'],
    hostname: config.hostname ?? read('HOST') ?? DEFAULT_HOSTNAME,
    roomTtl: config.roomTtl ?? hoursOrNever(read('ROOM_TTL')) ?? DEFAULT_ROOM_TTL_HOURS,
  }
}

/** A whole number from 0 on, or undefined. */
export function parseCount(text: string | undefined): number | undefined {
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined
}

export function parsePort(text: string | undefined): number | undefined {
  const port = parseCount(text)
  return port !== undefined && port <= LARGEST_PORT ? port : undefined
}

/** Hours from 0 on, with a fraction or without, or undefined. */
export function parseHours(text: string | undefined): number | undefined {
  const hours = text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
  return hours !== undefined && Number.isFinite(hours) ? hours : undefined
}

/** The contract's one exception to "garbage means the default": a lifetime that cannot be read means never. */
function hoursOrNever(text: string | undefined): number | undefined {
  return text === undefined ? undefined : (parseHours(text) ?? 0)
}
