/** Holds sources to the table in rules.ts and finds circles. Pure: it sees only what it is given. Called by test/layers.test.ts. */
import { dirname, join } from 'node:path/posix'
import { readImports } from './imports.ts'
import { EXCEPTIONS, LAYERS, NATIVE, RESERVED, type Rule } from './rules.ts'

export interface Violation {
  /** Path from the root, and line. */
  file: string
  line: number
  /** What is imported, in the names of rules.ts; for a circle, its files in order. */
  target: string
  /** The rule that is broken, in words. */
  rule: string
}

interface Edge {
  file: string
  line: number
  target: string
}

/** Every violation in `files`, a map from path (from the root, with `/`) to source. Imports of type only, dynamic ones and re-exports count like any other. */
export function check(files: ReadonlyMap<string, string>): Violation[] {
  const edges: Edge[] = []
  const violations: Violation[] = []
  for (const [file, source] of files) {
    for (const { specifier, line } of readImports(file, source)) {
      if (specifier === null)
        violations.push({ file, line, target: '?', rule: 'an import is a plain string, so that it can be checked' })
      else edges.push({ file, line, target: resolve(file, specifier) })
    }
  }
  for (const edge of edges) {
    const rule = broken(edge.file, edge.target)
    if (rule !== null) violations.push({ ...edge, rule })
  }
  return [...violations, ...circles(edges)]
}

/** What `specifier` means in `file`, in the names of rules.ts. */
function resolve(file: string, specifier: string): string {
  if (/^\.\.?\//.test(specifier)) return join(dirname(file), specifier)
  if (specifier.startsWith('#lib/')) return join('lib', specifier.slice('#lib/'.length))
  if (specifier === 'bun' || /^(#|\/|[a-z]+:)/.test(specifier)) return specifier
  const [scope = '', name = ''] = specifier.split('/')
  return `npm:${scope.startsWith('@') ? `${scope}/${name}` : scope}`
}

/** The rule that forbids `file` to import `target`, or null. */
function broken(file: string, target: string): string | null {
  const allows = ({ files, may }: Rule) => matches(files, file) && may.some((pattern) => matches(pattern, target))
  if (EXCEPTIONS.some(allows)) return null
  const layer = LAYERS.find(({ files }) => matches(files, file))
  if (layer === undefined) return 'no layer has this file'
  if (RESERVED.some((pattern) => matches(pattern, target))) return `${target} is for the files that EXCEPTIONS name`
  return allows(layer) ? null : `${layer.files} may import ${layer.may.join(', ')}`
}

function matches(pattern: string, name: string): boolean {
  return new Bun.Glob(pattern).match(name)
}

/** One violation for each import that closes a circle. A circle of types alone counts: its files cannot be understood one at a time either. */
function circles(edges: readonly Edge[]): Violation[] {
  const from = Map.groupBy(edges.flatMap(throughNative), ({ file }) => file)
  const done = new Set<string>()
  const found: Violation[] = []
  const visit = (file: string, path: readonly string[]) => {
    if (done.has(file)) return
    for (const { target, line } of from.get(file) ?? []) {
      const start = path.indexOf(target)
      if (start === -1) visit(target, [...path, target])
      else
        found.push({ file, line, target: [...path.slice(start), target].join(' → '), rule: 'nothing imports itself in a circle' })
    }
    done.add(file)
  }
  for (const file of from.keys()) visit(file, [file])
  return found
}

function throughNative(edge: Edge): Edge[] {
  const { file, line } = edge
  return edge.target === '#native' ? NATIVE.map((target) => ({ file, line, target })) : [edge]
}
