/** What a path that is typed is completed to. Called by forms.ts and savepane.ts. */

/** As far as all paths that it can become agree; the path as it is when they do not go further. */
export function completedTo(path: string, found: readonly string[]): string {
  if (found.length === 0) return path
  const common = found.reduce((one, other) => one.slice(0, commonLength(one, other)))
  return common.length > path.length ? common : path
}

function commonLength(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return length
}
