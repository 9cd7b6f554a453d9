/** Why something of the terminal client cannot go on, for tests to compare: the exit code's name and the sentence. */
import { type ExitName, Failure } from '../../cli/exit.ts'

export interface Why {
  readonly code: ExitName
  readonly message: string
}

/** The `Failure` that `act` throws or is rejected with. Throws when there is none; any other error is thrown on. */
export async function failureOf(act: () => unknown): Promise<Why> {
  try {
    await act()
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('nothing failed')
}
