/** The stable code of the error that an operation throws; the class may come from another build of the same source. */
export function codeOf(operation: () => unknown): string {
  try {
    operation()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code)
    throw error
  }
  return 'nothing thrown'
}
