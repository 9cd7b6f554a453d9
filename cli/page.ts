/**
 * The web client's page, as it was built: inside the compiled program, or in dist/ where this runs from source (docs/web.md). Called by main.ts for
 * `tacet relay --web`, and by verifyweb.ts.
 */

/** The page; null when none was built. */
export async function builtPage(): Promise<string | null> {
  try {
    const { default: page }: { readonly default: unknown } = await import('../dist/tacet.html', { with: { type: 'text' } })
    return typeof page === 'string' ? page : null
  } catch (error) {
    if (error instanceof ResolveMessage) return null
    throw error
  }
}
