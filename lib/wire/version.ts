/**
 * The one version of everything in this repository and the protocol's printed form (docs/protocol.md, Relay contract).
 * Called by the relay's boot line, by `--version`, and by clients that report what they are. Read from package.json when bundled
 * or run, so that source and compiled binaries cannot disagree and nothing is generated.
 */
import manifest from '../../package.json' with { type: 'json' }
import { PROTOCOL_VERSION } from './limits.ts'

/** Version of this build, as package.json names it. */
export const VERSION: string = manifest.version

/** `PROTOCOL_VERSION` as one byte in hexadecimal: `0x01`. */
export const PROTOCOL_HEX = `0x${PROTOCOL_VERSION.toString(16).padStart(2, '0')}`
