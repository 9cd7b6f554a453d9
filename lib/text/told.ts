/** One thing that a client tells a person (docs/scripting.md, Line mode). Called by lines.ts and by whatever puts it on a screen or into a pipe. */

/** `said` and what follows a line break in it are others' words, already harmless. */
export interface Told {
  /** ours: `* ` · alarm: `! ` · said: as it is, it begins with its time · block: as it is and never wrapped, for copying. */
  readonly as: 'ours' | 'alarm' | 'said' | 'block'
  readonly text: string
}
