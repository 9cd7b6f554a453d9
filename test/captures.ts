/** Draws docs/screens.md anew: `bun test/captures.ts`. Look at what changed before it is committed. */
// Before anything looks at a clock: tests have this zone too.
process.env['TZ'] = 'Etc/UTC'
const { screensPage } = await import('./harness/captures.ts')
await Bun.write(`${import.meta.dir}/../docs/screens.md`, await screensPage())
// The programs wait for keys.
process.exit()
