/** Tests of server/flags.ts: strict, and only what was passed. */
import { describe, expect, test } from 'bun:test'
import { parseFlags, USAGE } from '../../server/flags.ts'

describe('the flag parser', () => {
  test('sets no key that was not passed', () => {
    expect(parseFlags([])).toEqual({ config: {} })
    expect('adminToken' in parseFlags(['--port', '1']).config).toBe(false)
  })

  test('reads every flag in both forms', () => {
    const config = { port: 4000, hostname: '0.0.0.0', maxRoomSize: 5, roomTtl: 1.5, adminToken: 'secret' }
    const words = ['--port', '4000', '--host', '0.0.0.0', '--max-room-size', '5', '--room-ttl', '1.5', '--admin-token', 'secret']
    expect(parseFlags(words)).toEqual({ config })
    const joined = ['--port=4000', '--host=0.0.0.0', '--max-room-size=5', '--room-ttl=1.5', '--admin-token=secret']
    expect(parseFlags(joined)).toEqual({ config })
  })

  test('takes --web alone, once', () => {
    expect(parseFlags(['--web', '--port', '1'])).toEqual({ config: { port: 1 }, web: true })
    expect(parseFlags(['--web', '--web']).error).toBe('--web is given twice')
    expect(parseFlags(['--web=1']).error).toBe('--web takes no value')
  })

  test('takes the ends of every range', () => {
    expect(parseFlags(['--port', '0', '--max-room-size', '0', '--room-ttl', '0']).config).toEqual({
      port: 0,
      maxRoomSize: 0,
      roomTtl: 0,
    })
    expect(parseFlags(['--port', '65535']).config).toEqual({ port: 65_535 })
  })

  test('takes an admin token of any text, an empty one and one that begins with a dash', () => {
    expect(parseFlags(['--admin-token', '']).config).toEqual({ adminToken: '' })
    expect(parseFlags(['--admin-token=']).config).toEqual({ adminToken: '' })
    expect(parseFlags(['--admin-token=--port=7']).config).toEqual({ adminToken: '--port=7' })
    expect(parseFlags(['--admin-token', ' two words ']).config).toEqual({ adminToken: ' two words ' })
  })

  test.each([
    ['--port', 'a port'],
    ['--host', 'an address'],
    ['--max-room-size', 'a whole number'],
    ['--room-ttl', 'hours'],
    ['--admin-token', 'a text'],
  ])('wants a value for %s', (flag, wants) => {
    expect(parseFlags([flag]).error).toStartWith(`${flag} needs ${wants}`)
    expect(parseFlags([flag, '--version']).error).toStartWith(`${flag} needs ${wants}`)
  })

  test.each([
    ['--port', ['', '-1', '65536', '1.5', '1e3', '0x10', ' 1', '１', 'http', 'NaN', '99999999999999999999']],
    ['--max-room-size', ['', '-1', '2.5', '1e2', 'ten', 'Infinity', '9007199254740993']],
    ['--room-ttl', ['', '-1', '.5', '1.', '1e2', '24h', 'never', 'Infinity', 'NaN', '9'.repeat(400)]],
    ['--host', ['', ' ', ' 127.0.0.1']],
  ])('refuses what is not a value for %s', (flag, values) => {
    for (const value of values) {
      expect(parseFlags([`${flag}=${value}`]).error).toStartWith(`${flag} needs`)
      expect(parseFlags([flag, value]).error).toStartWith(`${flag} needs`)
    }
  })

  test('refuses unknown flags, stray words and a flag given twice', () => {
    expect(parseFlags(['--prot', '1']).error).toBe('unknown flag --prot')
    expect(parseFlags(['-p', '1']).error).toBe('unknown flag -p')
    expect(parseFlags(['--PORT', '1']).error).toBe('unexpected argument')
    expect(parseFlags(['--__proto__=1']).error).toBe('unexpected argument')
    expect(parseFlags(['--constructor=1']).error).toBe('unknown flag --constructor')
    expect(parseFlags(['1337']).error).toBe('unexpected argument')
    expect(parseFlags(['--']).error).toBe('unexpected argument')
    expect(parseFlags(['__proto__=1']).error).toBe('unexpected argument')
    expect(parseFlags(['constructor', '1']).error).toBe('unexpected argument')
    expect(parseFlags(['--port', '1', '--port=2']).error).toBe('--port is given twice')
  })

  test('never repeats a value: it may be a secret whose flag was mistyped', () => {
    for (const words of [['--admin-tokne=hunter2'], ['--admin-token', 'x', 'hunter2'], ['--port=hunter2'], ['hunter2=1']]) {
      const { error } = parseFlags(words)
      expect(error).toBeString()
      expect(error).not.toContain('hunter2')
    }
  })

  test('knows help and version, and stops there', () => {
    expect(parseFlags(['--help'])).toEqual({ config: {}, help: true })
    expect(parseFlags(['-h', '--nonsense'])).toEqual({ config: {}, help: true })
    expect(parseFlags(['--port', '1', '--version'])).toEqual({ config: { port: 1 }, version: true })
  })

  test('has every flag and its variable in the usage text', () => {
    for (const name of ['--port', '--host', '--max-room-size', '--room-ttl', '--admin-token', '-h, --help', '--version']) {
      expect(USAGE).toContain(`  ${name} `)
    }
    for (const name of ['PORT', 'HOST', 'MAX_ROOM_SIZE', 'ROOM_TTL', 'ADMIN_TOKEN']) expect(USAGE).toContain(`(${name}, `)
  })
})
