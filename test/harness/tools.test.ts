/** Tests of harness/tools.ts: a missing program is said aloud, or refused where everything must run. */
import { expect, test } from 'bun:test'
import { needs } from './tools.ts'

const program = `
  import { needs } from '${import.meta.dir}/tools.ts'
  const [tool] = process.argv.slice(-1)
  console.log(needs(tool, 'a-package'), needs(tool, 'a-package'))
`

/** Asks twice for one tool, in a process of its own. */
function ask(tool: string, required: '' | '1') {
  return Bun.spawnSync({ cmd: [process.execPath, '-e', program, tool], env: { ...process.env, TACET_REQUIRE_TOOLS: required } })
}

test('a program on PATH is found without a word', () => {
  expect(needs('sh', 'dash')).toBe(true)
  expect(ask('sh', '1').stdout.toString()).toBe('true true\n')
})

test('a missing program is named once, with its Debian package', () => {
  const said = ask('no-such-program', '').stdout.toString()
  expect(said).toBe('skipped: needs no-such-program (Debian package a-package)\nfalse false\n')
})

test('a missing program is an error where every tool is required', () => {
  const asked = ask('no-such-program', '1')
  expect(asked.exitCode).not.toBe(0)
  expect(asked.stderr.toString()).toContain('needs no-such-program (Debian package a-package)')
})
