/**
 * Outside programs that some tests drive: strace, tmux, a browser. A test whose program is missing is skipped and the run says which Debian package
 * brings it; where everything must run (`.ci/run` sets TACET_REQUIRE_TOOLS=1) the same is an error. Called while a test file is being read:
 *
 *     test.skipIf(!needs('strace', 'strace'))('the relay writes no file', …)
 */

const said = new Set<string>()

/** True when `tool` is a program on PATH. When it is not: prints one line naming `debianPackage`, or throws Error under TACET_REQUIRE_TOOLS=1. */
export function needs(tool: string, debianPackage: string): boolean {
  if (Bun.which(tool) !== null) return true
  const lack = `needs ${tool} (Debian package ${debianPackage})`
  if (process.env['TACET_REQUIRE_TOOLS'] === '1') throw new Error(lack)
  if (!said.has(tool)) console.log(`skipped: ${lack}`)
  said.add(tool)
  return false
}
