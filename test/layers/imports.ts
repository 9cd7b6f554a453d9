/**
 * Every import that a source file makes, in every form the language has. Called by check.ts. A real parser reads it: Bun's own scanner drops type-only
 * imports, and a type from a forbidden layer is a dependency too; a search by text would miss `import('x').T` and trip over strings and comments.
 */
import { type Argument, type Expression, parseSync, Visitor } from 'oxc-parser'

/** One import: its text, or null when the program computes it, and the line (from 1) where it stands. */
export interface Import {
  specifier: string | null
  line: number
}

/** The imports of `source`, in no particular order. `path` tells the language by its ending. Throws SyntaxError on what the parser cannot read. */
export function readImports(path: string, source: string): Import[] {
  const parsed = parseSync(path, source)
  const [error] = parsed.errors
  if (error !== undefined) throw new SyntaxError(`${path}: ${error.message}`)

  const found: Import[] = []
  const add = (node: { start: number }, specifier: string | null) => {
    found.push({ specifier, line: source.slice(0, node.start).split('\n').length })
  }
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source.value),
    ExportAllDeclaration: (node) => add(node, node.source.value),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add(node, node.source.value)
    },
    ImportExpression: (node) => add(node, literal(node.source)),
    TSImportType: (node) => add(node, node.source.value),
    TSExternalModuleReference: (node) => add(node, node.expression.value),
    CallExpression: (node) => {
      if (isRequire(node.callee)) add(node, literal(node.arguments[0]))
    },
  }).visit(parsed.program)
  return found
}

/** The text of a string literal; null for anything that has to be computed. */
function literal(node: Argument | undefined): string | null {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : null
}

/** Both `require` and Bun's `import.meta.require`. */
function isRequire(callee: Expression): boolean {
  if (callee.type === 'Identifier') return callee.name === 'require'
  return callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.name === 'require'
}
