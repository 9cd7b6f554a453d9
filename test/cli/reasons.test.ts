/** Endings in words and exit codes, and the words for what was not done (docs/scripting.md, Exit codes). */
import { describe, expect, test } from 'bun:test'
import type { Ending } from '#lib/client/events.ts'
import { EXIT } from '../../cli/exit.ts'
import { alarmText, FAULTS, refusedThing } from '#lib/text/endings.ts'
import { outcome } from '../../cli/reasons.ts'
import { member, SAMPLES } from '../harness/told.ts'

describe('an ending', () => {
  test.each<readonly [Ending, number, string]>([
    [{ is: 'left' }, 0, 'you left'],
    [{ is: 'closed', by: member() }, 0, 'the founder closed the room'],
    [{ is: 'disconnected', code: 1006 }, 1, 'the connection is lost: the relay, or the network to it, is gone (1006)'],
    [{ is: 'disconnected', code: 1001 }, 1, 'the connection is lost: the relay was stopped (1001)'],
    [{ is: 'disconnected', code: 1013 }, 1, 'the connection is lost: the relay takes no more rooms: try again later (1013)'],
    [
      { is: 'unreachable', host: 'relay.example' },
      3,
      'no relay answers at relay.example: is it running, and is the address right?',
    ],
    [{ is: 'silent' }, 3, 'the relay took the connection and did not answer: is it a Tacet relay?'],
    [
      { is: 'refused', reason: 'not_found' },
      4,
      'the relay has no such room: it stood empty for too long, or the relay has been restarted',
    ],
    [
      { is: 'refused', reason: 'forbidden' },
      4,
      'the relay refused: making a room takes its admin token, joining one takes the invite as it was handed out',
    ],
    [{ is: 'refused', reason: 'room_full' }, 4, 'the room is full'],
    [{ is: 'too_large_room', most: 1_054 }, 4, 'the room is larger than this client can serve: 1054 seats at most'],
    [
      { is: 'version_mismatch', mine: 1, relays: 2 },
      5,
      'this client speaks protocol 0x01, the relay 0x02: this client is too old',
    ],
    [{ is: 'version_mismatch', mine: 1, relays: 0 }, 5, 'this client speaks protocol 0x01, the relay 0x00: the relay is too old'],
  ])('%j ends with %i', (why, code, text) => {
    const { exit, text: told } = outcome(why)
    expect<readonly [number, string]>([EXIT[exit], told]).toEqual([code, text])
  })

  test('of another kind has other words', () => {
    const texts = SAMPLES.ended.map(({ why }) => outcome(why).text)
    expect(new Set(texts).size).toBe(texts.length)
  })
})

test('exit codes never change their meaning', () => {
  expect(EXIT).toEqual({
    done: 0,
    failed: 1,
    usage: 2,
    unreachable: 3,
    refused: 4,
    version_mismatch: 5,
    damaged_invite: 6,
    not_opened: 7,
    interrupted: 130,
  })
})

test('every fault, refusal and alarm has words of its own, and none quotes anybody', () => {
  const faults = Object.values(FAULTS)
  expect(new Set(faults).size).toBe(faults.length)
  const alarms = SAMPLES.alarm.map(({ alarm }) => alarmText(alarm.is === 'silence' ? alarm : { ...alarm, name: 'HOSTILE' }))
  expect(new Set(alarms).size).toBe(alarms.length)
  for (const sentence of [...faults, ...alarms]) expect(sentence).toMatch(/^[a-z][^_]*$/)
  expect(alarms.join()).not.toContain('HOSTILE')
  expect(refusedThing({ what: 'peer_left', seat: null, name: 'HOSTILE', code: 'unknown_seat' })).toBe(
    'the relay’s word that somebody is gone (unknown_seat)',
  )
})
