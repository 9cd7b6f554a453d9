/** Tests of server/pulse.ts: looks are counted, and what they find is done. */
import { expect, test } from 'bun:test'
import { look } from '../../server/pulse.ts'

/** A peer that writes down what is done to it. */
function peer() {
  const done: string[] = []
  return { done, data: { quiet: 0 }, ping: () => void done.push('ping'), terminate: () => void done.push('terminate') }
}

test('a silent peer is asked at the third look and those after it, and closed at the sixth', () => {
  const silent = peer()
  for (let i = 0; i < 6; i++) look([silent])
  expect(silent.done).toEqual(['ping', 'ping', 'ping', 'terminate'])
})

test('any sign of life begins the count anew', () => {
  const lively = peer()
  for (let i = 0; i < 50; i++) {
    look([lively])
    if (i % 2 === 0) lively.data.quiet = 0
  }
  expect(lively.done).toEqual([])
})

test('each peer is counted for itself', () => {
  const [silent, lively] = [peer(), peer()]
  for (let i = 0; i < 6; i++) {
    lively.data.quiet = 0
    look([silent, lively])
  }
  expect(silent.done).toContain('terminate')
  expect(lively.done).toEqual([])
})
