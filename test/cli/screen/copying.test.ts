/** What is copied from the full screen with the mouse (docs/terminal.md). */
import { expect, test } from 'bun:test'
import { cleanCopy } from '../../../cli/screen/copying.ts'

test.each<readonly [string, string, boolean, string]>([
  ['a message', '   12:34            bob ▌ hello', false, 'hello'],
  ['a message of mine', '✓✓ 12:34          alice ▌ hello', false, 'hello'],
  ['an action', '   12:34            bob ┊ bob waves', false, 'bob waves'],
  ['its further rows', '   12:34            bob ▌ one\n                        ▌ two', false, 'one\ntwo'],
  ['a part of one', 'llo', false, 'llo'],
  ['a line of ours', ' * 12:34 bob is here', false, ' * 12:34 bob is here'],
  ['a message beside who is here', '   12:34            bob ▌ a │ b    │ ● bob   K7WQ2M', true, 'a │ b'],
  ['a text from right to left', '   12:34            bob ▌ \u2068שלום\u2069', false, 'שלום'],
  ['a bar in a message', '   12:34            bob ▌ a ▌ b', false, 'a ▌ b'],
])('%s is copied as its text', (_, text, beside, clean) => {
  expect(cleanCopy(text, beside)).toBe(clean)
})
