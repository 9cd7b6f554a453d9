/** What the system says went wrong. Called wherever files, pipes and terminals are read or written. */

/** The system's code, such as ENOENT. Throws on what is no such error: that is a defect. */
export function errnoOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  throw error
}
