/**
 * The limit that the full screen's first frame is measured against: a program that writes one frame into the terminal, and waits for a key. Compiled
 * as `dist/tacet` is, a process of its own, started by screen.ts.
 */
const rows = Array.from({ length: 24 }, (_, row) => `\x1b[${row + 1};1Ha frame, row ${row + 1}`)
process.stdout.write(`\x1b[?1049h${rows.join('')} and that is all`)
process.stdin.resume()
