/** Tests of server/config.ts: flag, then variable, then default; variables forgive. */
import { describe, expect, test } from 'bun:test'
import { settle } from '../../server/config.ts'

const DEFAULTS = { port: 1337, maxRoomSize: 20, adminToken: undefined, hostname: '127.0.0.1', roomTtl: 24 }
const ENVIRONMENT = { PORT: '4000', MAX_ROOM_SIZE: '5', ADMIN_TOKEN: 'from env', HOST: '0.0.0.0', ROOM_TTL: '1.5' }

describe('a setting', () => {
  test('has the contract’s default', () => {
    expect(settle({}, {})).toEqual(DEFAULTS)
  })

  test('comes from its variable when there is one', () => {
    expect(settle({}, ENVIRONMENT)).toEqual({
      port: 4000,
      maxRoomSize: 5,
      adminToken: 'from env',
      hostname: '0.0.0.0',
      roomTtl: 1.5,
    })
  })

  test('that was passed wins over its variable, zeros and empty texts too', () => {
    const passed = { port: 0, maxRoomSize: 0, adminToken: '', hostname: '::1', roomTtl: 0 }
    expect(settle(passed, ENVIRONMENT)).toEqual(passed)
  })

  test('that was passed as undefined still wins for the admin token: the key is there', () => {
    expect(settle({ adminToken: undefined }, ENVIRONMENT).adminToken).toBeUndefined()
    expect(settle({}, ENVIRONMENT).adminToken).toBe('from env')
  })

  test('whose variable is blank has its default', () => {
    expect(settle({}, { PORT: '', MAX_ROOM_SIZE: ' ', HOST: '', ROOM_TTL: '' })).toEqual(DEFAULTS)
  })

  test.each(['garbage', '-1', '65536', '1.5', '0x10', '1e3'])('PORT=%s is the default', (PORT) => {
    expect(settle({}, { PORT }).port).toBe(1337)
  })

  test.each(['garbage', '-1', '1.5', 'Infinity'])('MAX_ROOM_SIZE=%s is the default', (MAX_ROOM_SIZE) => {
    expect(settle({}, { MAX_ROOM_SIZE }).maxRoomSize).toBe(20)
  })

  test('MAX_ROOM_SIZE=0 is unlimited', () => {
    expect(settle({}, { MAX_ROOM_SIZE: '0' }).maxRoomSize).toBe(0)
  })

  test.each(['garbage', '-1', '0', 'NaN', '1e3', 'Infinity', '9'.repeat(400)])(
    'ROOM_TTL=%s keeps rooms for ever, as the contract says',
    (ROOM_TTL) => {
      expect(settle({}, { ROOM_TTL }).roomTtl).toBe(0)
    },
  )

  test('keeps every character of an admin token', () => {
    expect(settle({}, { ADMIN_TOKEN: ' padded ' }).adminToken).toBe(' padded ')
  })
})
