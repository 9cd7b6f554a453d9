/**
 * How a run of `tacet` ends: its exit codes and the failure that carries one (docs/scripting.md, Exit codes). Thrown by everything
 * here that cannot go on, caught once, in main.ts.
 */

/** Exit codes by what happened. Scripts depend on them: a number never changes its meaning. */
export const EXIT = {
  /** Left by itself, or the founder closed the room. */
  done: 0,
  /** Something was left unsaid for want of a connection, the output was lost, or something unforeseen. */
  failed: 1,
  /** Wrong words on the command line. */
  usage: 2,
  unreachable: 3,
  /** The relay, or the size of the room, let nobody in. */
  refused: 4,
  version_mismatch: 5,
  damaged_invite: 6,
  /** A wrong passphrase, or a damaged saved talk. */
  not_opened: 7,
  /** Interrupted twice: ended without a goodbye. Or while a passphrase was asked for. */
  interrupted: 130,
} as const

export type ExitName = keyof typeof EXIT

/** Why a run cannot go on, as a sentence for a person, with the exit code that it ends with. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: ExitName

  constructor(code: ExitName, message: string) {
    super(message)
    this.code = code
  }
}
