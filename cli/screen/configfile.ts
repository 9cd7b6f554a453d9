/**
 * The file of what a person has set for good: `$XDG_CONFIG_HOME/tacet/config.json`. Called by main.ts and, to remember a choice, by
 * program.ts. It may name a program to start, so that it is read only when nobody else can have written it.
 */
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { harmless } from '#lib/text/sanitize.ts'
import { bytes } from '#lib/text/units.ts'
import { type Config, configText, DEFAULTS, parseConfig, refused } from './config.ts'
import { errnoOf } from '../errno.ts'
import { Failure } from '../exit.ts'

/** Where the settings of a person are. */
export interface ConfigFile {
  /** The settings; what was never set is as in DEFAULTS. Throws `Failure('usage')` with everything that is wrong, a line each. */
  read(): Config
  /** Writes what is new in them; what another program has written since stays. Throws `Failure`. */
  change(change: Partial<Config>): void
}

/** The file of this person; with `clean`, none: nothing is read or written. */
export function configFile(env: Readonly<Record<string, string | undefined>>, clean: boolean): ConfigFile {
  const path = clean ? null : configPath(env)
  return {
    read: () => (path === null ? DEFAULTS : readConfig(path)),
    change(change) {
      if (path !== null) writeConfig(path, { ...readConfig(path), ...change })
    },
  }
}

/** As the XDG Base Directory Specification says, by which a relative path is none. */
export function configPath(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CONFIG_HOME = '' } = env
  return join(isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : join(env['HOME'] ?? homedir(), '.config'), 'tacet', 'config.json')
}

/** Bytes of the file at most: far above what all settings take. */
const MOST_BYTES = 65_536

function readConfig(path: string): Config {
  const text = textOf(path)
  return text === null ? DEFAULTS : parseConfig(text, path)
}

/** Null when there is no file. */
function textOf(path: string): string | null {
  let file: number
  try {
    // Without waiting: what is there may be a pipe that nobody writes to.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOENT') return null
    throw refused(path, [`it cannot be read (${code})`])
  }
  try {
    // Of what was opened, which a link may have led to, and not of what the path leads to a moment later.
    const reason = distrust(fstatSync(file))
    if (reason !== null) throw refused(path, [reason])
    const read = Buffer.alloc(MOST_BYTES + 1)
    let length = 0
    for (let more = -1; more !== 0 && length < read.length; length += more)
      more = readSync(file, read, length, read.length - length, null)
    if (length > MOST_BYTES) throw refused(path, [`it may have ${bytes(MOST_BYTES)} at most`])
    return new TextDecoder('utf-8', { fatal: true }).decode(read.subarray(0, length))
  } catch (error) {
    if (error instanceof TypeError) throw refused(path, ['it is not UTF-8'])
    throw error instanceof Failure ? error : refused(path, [`it cannot be read (${errnoOf(error)})`])
  } finally {
    closeSync(file)
  }
}

const ROOT = 0
const OTHERS_WRITE = 0o022

function distrust(found: { isFile(): boolean; readonly uid: number; readonly mode: number }): string | null {
  if (!found.isFile()) return 'it is no file'
  // A system without such owners has no such answer.
  const me = process.getuid?.()
  if (me === undefined) return null
  if (found.uid !== me && found.uid !== ROOT) return 'it belongs to somebody else'
  return (found.mode & OTHERS_WRITE) === 0 ? null : 'others may write to it: chmod go-w'
}

/** A file beside it takes its place whole, or nothing changes. Where it is a link, what it leads to is replaced. */
function writeConfig(path: string, config: Config): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const target = targetOf(path)
    const beside = `${target}.${randomUUID()}`
    try {
      writeNew(beside, configText(config))
      renameSync(beside, target)
    } catch (error) {
      rmSync(beside, { force: true })
      throw error
    }
  } catch (error) {
    throw new Failure('failed', `${harmless(path)}: it cannot be written (${errnoOf(error)})`)
  }
}

function targetOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return path
    throw error
  }
}

function writeNew(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    // Whatever the umask takes away or leaves.
    fchmodSync(file, 0o600)
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
