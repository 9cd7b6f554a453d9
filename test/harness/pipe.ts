/** A pipe between programs that a test starts, open at both ends as long as the test wants: nobody reads it, or nobody ends it. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Pipe extends Disposable {
  /** For a program's standard input or output. */
  readonly descriptor: number
  /** Reads what there is, waiting for something. */
  read(): string
}

export function makePipe(): Pipe {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-test-'))
  const path = join(folder, 'pipe')
  if (Bun.spawnSync(['mkfifo', '-m', '600', path]).exitCode !== 0) throw new Error('no pipe')
  // Both ways, so that opening waits for nobody.
  const descriptor = openSync(path, 'r+')
  // Opened apart: a program makes its own end non-blocking, and with it everything that shares that opening.
  const reading = openSync(path, 'r')
  rmSync(folder, { recursive: true })
  const buffer = Buffer.alloc(65_536)
  return {
    descriptor,
    read: () => buffer.toString('utf8', 0, readSync(reading, buffer)),
    [Symbol.dispose]: () => [descriptor, reading].forEach((one) => closeSync(one)),
  }
}
