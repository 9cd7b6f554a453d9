import { expect, setDefaultTimeout, test } from 'bun:test'
import { join as joinPath } from 'node:path'
import { cpuMeter, cpuOfWork, ownCpu } from './cpu.ts'
import { Crowd } from './crowd.ts'
import { fanout } from './fanout.ts'
import { join } from './join.ts'
import { type Part, toMarkdown } from './report.ts'
import { BenchRoom } from './room.ts'
import { screen } from './screen.ts'
import { session } from './session.ts'
import { spread } from './stats.ts'
import { step } from './step.ts'
import { idle, upkeep } from './upkeep.ts'

setDefaultTimeout(30_000)

const metered = process.platform === 'linux' // where the CPU of another process can be read

test.each([
  [[5], { low: 5, median: 5, high: 5 }],
  [[4, 1, 3, 2], { low: 1.75, median: 2.5, high: 3.25 }],
  [[9, 1, 5, 3, 7], { low: 3, median: 5, high: 7 }],
  [[10, 9, 100], { low: 9.5, median: 10, high: 55 }],
])('the median and quartiles of %p', (values, expected) => {
  expect(spread(values)).toEqual(expected)
})

test('of no values there is no median', () => {
  expect(() => spread([])).toThrow('no values')
})

/** Uses CPU until this process has used so many ms of it. */
function spinTo(end: number): void {
  while (ownCpu() < end);
}

test.skipIf(!metered)("a process's CPU is what the process itself says it is", () => {
  spinTo(1_100) // into whole seconds, which the clock counts apart
  const cpuOf = cpuMeter()
  const [before, metered, after] = [ownCpu(), cpuOf(process.pid), ownCpu()]
  expect(metered).toBeGreaterThan(before - 5)
  expect(metered).toBeLessThan(after + 5)
})

test.skipIf(!metered)('a process that is not there has no CPU', () => {
  expect(() => cpuMeter()(4_194_303)).toThrow('no CPU clock')
})

test('CPU of work is counted, and waiting is not', () => {
  expect(cpuOfWork(() => spinTo(ownCpu() + 30))).toBeWithin(30, 150)
  // The best of five: the collector may be at work beside us.
  expect(Math.min(...Array.from({ length: 5 }, () => cpuOfWork(() => Bun.sleepSync(50))))).toBeLessThan(20)
})

test('a table has a column for each figure and a row for each case, with quartiles where there are any', () => {
  const rows = [
    { what: 'few', figures: { 'a/s': { low: 1_234_567, median: 2_000_000, high: 2_999_999 }, 'b, ms': 0.012345 } },
    { what: 'many', figures: { 'a/s': 7 } },
  ]
  expect(toMarkdown({ name: 'part', about: 'About.', rows })).toBe(`About.

| part | a/s | b, ms |
| --- | ---: | ---: |
| few | 2,000,000 (1,230,000–3,000,000) | 0.0123 |
| many | 7 |  |
`)
})

/** All figures of a part, its quartiles too, are numbers above zero. */
function expectFigures(part: Part, rows: number): void {
  expect(part.rows).toHaveLength(rows)
  const figures = part.rows.flatMap((row) => Object.values(row.figures))
  for (const figure of figures.flatMap((figure) => (typeof figure === 'number' ? [figure] : Object.values(figure)))) {
    expect(figure).toBeGreaterThan(0)
    expect(figure).toBeLessThan(Infinity)
  }
}

test.skipIf(!metered)('the fan-out is measured at real servers', async () => {
  const cases = [{ members: 3, rooms: 2, burst: 4 }]
  expectFigures(await fanout({ sets: 1, rounds: 2, warming: 0, slice: 50, lead: 10, compiled: false, cases }), 1)
})

test('a session is measured', () => {
  const cases = [
    { members: 2, bytes: 100, texts: 25 },
    { members: 3, bytes: 2_000, texts: 25 },
  ]
  expectFigures(session({ rounds: 2, warming: 0, start: 0, cases }), 2)
})

test('a step is measured', () => {
  expectFigures(step({ rounds: 2, warming: 0, steps: 1, members: [2, 3] }), 2)
})

test('a join is measured', () => {
  expectFigures(join({ rounds: 2, warming: 0, members: [2, 4] }), 2)
})

/** The figures of a part, row by row, in the order of its columns. */
function figuresOf({ rows }: Part): readonly (readonly number[])[] {
  return rows.map(({ figures }) => Object.values(figures).map((figure) => (typeof figure === 'number' ? figure : figure.median)))
}

test.skipIf(!metered)('the full screen is measured', async () => {
  expectFigures(await screen({ frames: 2, idle: 300, texts: [500] }), 3)
})

test('upkeep is measured: repair costs something when lines are lost, and nothing else', () => {
  const part = upkeep({ members: [3], talks: [{ linesPerMinute: 17, minutes: 2 }], lost: [0, 10] })
  const [honest = [], lossy = []] = figuresOf(part)
  const [line = 0, beats = 0, ofLine = 0, repair = 0, ofRepair = 0, keys = 0] = honest
  // One frame there and two back, each of some 1,670 characters.
  expect(line).toBeWithin(4_900, 5_300)
  expect(beats).toBeGreaterThan(line)
  expect(ofLine).toBeCloseTo(beats / line)
  expect([repair, ofRepair]).toEqual([0, 0])
  expect(keys).toBeGreaterThan(0)
  expect(lossy[0]).toBeWithin(4_900, 5_300)
  // A letter has 6,600 characters at the least, and each is sent once and given once.
  expect((lossy[3] ?? 0) * 34).toBeGreaterThan(4 * 6_600)
})

test('what a member spends while nobody speaks is measured: a beat a minute of each, and keys every ten minutes', () => {
  const [[beats = 0, repair = 0, keys = 0] = []] = figuresOf(idle({ members: [3], minutes: 60 }))
  // 60 beats of its own, and 60 of each of the others.
  expect(beats / (180 * 1.7)).toBeWithin(0.8, 1.3)
  expect(repair).toBe(0)
  expect(keys).toBeGreaterThan(0)
})

test('who is not to be measured knows the measured members and no others', () => {
  const room = BenchRoom.of(5, 2)
  const known = room.seats.map(({ client }) => client.store.view.members.size)
  expect(known).toEqual([5, 5, 3, 3, 3])
})

/** A server that changes what it passes on. */
function meddling(change: (text: string) => string) {
  return Bun.serve<{ room: string }>({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, server) =>
      server.upgrade(request, { data: { room: request.url } }) ? undefined : new Response('', { status: 400 }),
    websocket: {
      open: (socket) => void socket.subscribe(socket.data.room),
      message: (socket, message) => void socket.publish(socket.data.room, change(String(message))),
    },
  })
}

test('a frame that is not the one that was sent ends the bench', async () => {
  using server = meddling((text) => text.replace('"broadcast"', '"broadcasT"'))
  const crowd = await Crowd.gather(server.port ?? 0, 'bare', 2, 1, 1_024)
  crowd.start()
  const fault = await crowd.stop().catch((error: Error) => error.message)
  expect(fault).toBe('a frame came that nobody sent')
  crowd.close()
})

test('every frame that everybody got is counted', async () => {
  using server = meddling((text) => text)
  const crowd = await Crowd.gather(server.port ?? 0, 'bare', 4, 2, 1_024)
  crowd.start()
  await crowd.stop()
  expect(crowd.delivered).toBeGreaterThan(0)
  expect(crowd.delivered % (3 * 2)).toBe(0)
  crowd.close()
})

test.each([
  [['--help'], 0],
  [['nothing'], 1],
])('./run bench %p says how it is used', (words, code) => {
  const { exitCode, stdout } = Bun.spawnSync([process.execPath, joinPath(import.meta.dir, 'main.ts'), ...words])
  expect(stdout.toString()).toStartWith('usage: ./run bench')
  expect(exitCode).toBe(code)
})
