/** What the terminal is asked to do beside drawing, looked at by a terminal: bell, title, notices, clipboard, and nothing else. */
import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Terminal } from '@xterm/headless'
import * as fc from 'fast-check'
import {
  BELL,
  type Between,
  copy,
  COPY_BYTES,
  FOCUS_OFF,
  FOCUS_ON,
  notice,
  type NoticeForm,
  outsideOf,
  title,
  TITLE_BACK,
  TITLE_KEPT,
} from '../../../cli/screen/notices.ts'
import { needs } from '../../harness/tools.ts'

interface Heard {
  readonly titles: string[]
  readonly osc: Record<number, string[]>
  bells: number
  replies: string
  /** What was drawn instead of being understood. */
  screen: string
}

/** What a terminal makes of it. */
async function heardBy(text: string): Promise<Heard> {
  const terminal = new Terminal({ cols: 80, rows: 5, allowProposedApi: true })
  const heard: Heard = { titles: [], osc: {}, bells: 0, replies: '', screen: '' }
  terminal.onTitleChange((one) => heard.titles.push(one))
  terminal.onBell(() => heard.bells++)
  terminal.onData((data) => (heard.replies += data))
  for (const code of [9, 52, 777]) {
    const list: string[] = (heard.osc[code] = [])
    terminal.parser.registerOscHandler(code, (data) => list.push(data) > 0)
  }
  await new Promise<void>((resolve) => terminal.write(text, resolve))
  const { active } = terminal.buffer
  heard.screen = Array.from({ length: 5 }, (_, row) => active.getLine(row)?.translateToString(true) ?? '').join('')
  terminal.dispose()
  return heard
}

/** What tmux and screen hand on to the terminal behind them (tmux's input.c, screen's ansi.c), and what they keep. */
function passedOn(text: string, between: Between): string {
  if (between === null) return text
  const wrapped =
    between === 'tmux' ? /\x1bPtmux;((?:\x1b\x1b|[^\x1b])*)\x1b\\/g : /\x1bP([^\x1b]*(?:\x1b[^\\P][^\x1b]*)*)\x1b\\/g
  const inner = [...text.matchAll(wrapped)].map(([, found = '']) => found).join('')
  return between === 'tmux' ? inner.replaceAll('\x1b\x1b', '\x1b') : inner
}

const BETWEEN: readonly Between[] = [null, 'tmux', 'screen']
const FORMS: readonly NoticeForm[] = ['osc9', 'osc777']

describe('the title', () => {
  test.each([
    [0, false, 'tacet'],
    [1, false, '(1) tacet'],
    [1, true, '(1!) tacet'],
    [999, false, '(999) tacet'],
    [1_000, true, '(999+!) tacet'],
  ])('of %d unread, mentioned: %p', async (unread, mentioned, shown) => {
    const { titles, screen, replies } = await heardBy(title(unread, mentioned))
    expect({ titles, screen, replies }).toEqual({ titles: [shown], screen: '', replies: '' })
  })
})

describe.each(BETWEEN)('with %p between', (between) => {
  test.each(FORMS)('a notice as %s says how much is unread and nothing else', async (notices) => {
    const sent = notice(3, false, { between, notices })
    const { osc, screen, titles, bells } = await heardBy(passedOn(sent, between))
    expect(osc[9]).toEqual(notices === 'osc9' ? ['Tacet: 3 new messages'] : [])
    expect(osc[777]).toEqual(notices === 'osc777' ? ['notify;Tacet;3 new messages'] : [])
    expect({ screen, titles, bells }).toEqual({ screen: '', titles: [], bells: 0 })
    // Nor does anything appear where the wrapping is not understood.
    expect((await heardBy(sent)).screen).toBe('')
  })

  test('whatever is copied arrives whole, and nothing of it acts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 3_000 }).filter((text) => text.isWellFormed()),
          fc.constantFrom('\x07', '\x1b\\', '\x9c', '\x1b]2;owned\x07', '\x1bP\x1b\\', ''),
        ),
        async (text) => {
          const sent = copy(text, { between, notices: 'osc9' }) ?? ''
          const { osc, screen, titles, replies, bells } = await heardBy(passedOn(sent, between))
          const copied = osc[52]?.map((data) => Buffer.from(data.slice('c;'.length), 'base64').toString())
          expect({ copied, screen, titles, replies, bells }).toEqual({
            copied: [text],
            screen: '',
            titles: [],
            replies: '',
            bells: 0,
          })
        },
      ),
      { seed: 1, numRuns: 60 },
    )
  })

  test('a copy holds no control but its own', () => {
    const sent = copy('\x07\x1b\\\u009c', { between, notices: 'osc9' }) ?? ''
    expect(sent.replaceAll(/\x1bPtmux;|\x1bP|\x1b\\|\x1b?\x1b\]52;c;|\x07/g, '')).toMatch(/^[\w+/=]+$/)
  })
})

test('tmux gets a copy for itself too, for it may be told to keep what it gets and to pass nothing on', async () => {
  const sent = copy('words', { between: 'tmux', notices: 'osc9' }) ?? ''
  expect((await heardBy(sent.replaceAll(/\x1bPtmux;.*\x1b\\/g, ''))).osc[52]).toEqual(['c;d29yZHM='])
})

test('screen gets no piece that it would drop', () => {
  const sent = copy('x'.repeat(COPY_BYTES), { between: 'screen', notices: 'osc9' }) ?? ''
  for (const piece of sent.split('\x1b\\')) expect(piece.length).toBeLessThan(768)
})

test('what no terminal takes is not copied, by its bytes', () => {
  const outside = { between: null, notices: 'osc9' } as const
  expect(copy('x'.repeat(COPY_BYTES), outside)?.length).toBeLessThan(100_001)
  expect(copy('x'.repeat(COPY_BYTES + 1), outside)).toBeNull()
  expect(copy('é'.repeat(COPY_BYTES / 2 + 1), outside)).toBeNull()
})

test('who is named is told so', () => {
  expect(notice(1, true, { between: null, notices: 'osc9' })).toBe('\x1b]9;Tacet: 1 new message, you are named\x07')
})

test('bell, focus and the keeping of the title act and draw nothing', async () => {
  const { bells, screen, titles } = await heardBy(BELL + TITLE_KEPT + FOCUS_ON + FOCUS_OFF + TITLE_BACK)
  expect({ bells, screen, titles }).toEqual({ bells: 1, screen: '', titles: [] })
})

test.each<readonly [Record<string, string>, Between, NoticeForm]>([
  [{ TERM: 'xterm-256color' }, null, 'osc9'],
  [{ TERM: 'xterm-256color', VTE_VERSION: '7600' }, null, 'osc777'],
  [{ TERM: 'rxvt-unicode-256color' }, null, 'osc777'],
  [{ TERM: 'foot' }, null, 'osc777'],
  [{ TERM: 'screen-256color', TMUX: '/run/tmux,1,0' }, 'tmux', 'osc9'],
  [{ TERM: 'tmux-256color' }, 'tmux', 'osc9'],
  [{ TERM: 'screen', STY: '1.tty' }, 'screen', 'osc9'],
  [{ TERM: 'screen.xterm-256color' }, null, 'osc9'],
  [{}, null, 'osc9'],
])('of %j stands between: %p, and notices go as %s', (env, between, notices) => {
  expect(outsideOf(env)).toEqual({ between, notices })
})

test.skipIf(!needs('tmux', 'tmux'))('a real tmux hands a notice on, and takes what is copied', async () => {
  const folder = mkdtempSync(`${tmpdir()}/tacet-tmux-`)
  const outside = { between: 'tmux', notices: 'osc9' } as const
  writeFileSync(`${folder}/conf`, 'set -g allow-passthrough on\nset -s set-clipboard on\nset -g status off\n')
  writeFileSync(`${folder}/asked`, `${copy('some words', outside)}${notice(3, false, outside)}`)
  const tmux = ['tmux', '-S', `${folder}/socket`, '-f', `${folder}/conf`]
  const { promise, resolve } = Promise.withResolvers<void>()
  // It hands nothing on before a client is there to take it: it is asked until one is.
  let seen = ''
  const child = Bun.spawn([...tmux, 'new-session', `while cat ${folder}/asked; do sleep 0.1; done`], {
    env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', HOME: folder, LC_ALL: 'C.UTF-8' },
    terminal: {
      cols: 80,
      rows: 24,
      data: (_terminal, bytes) => {
        seen += bytes.toString()
        if (seen.includes('\x1b]9;Tacet: 3 new messages\x07')) resolve()
      },
    },
  })
  try {
    await Promise.race([promise, child.exited])
    expect(seen).toContain('\x1b]9;Tacet: 3 new messages\x07')
    expect(Bun.spawnSync([...tmux, 'show-buffer']).stdout.toString()).toBe('some words')
    expect(
      Bun.spawnSync([...tmux, 'capture-pane', '-p'])
        .stdout.toString()
        .trim(),
    ).toBe('')
  } finally {
    Bun.spawnSync([...tmux, 'kill-server'])
    await child.exited
    rmSync(folder, { recursive: true })
  }
})
