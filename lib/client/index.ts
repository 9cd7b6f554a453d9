/**
 * The public door of the library: what the terminal and the web client may use besides the unions of events and commands.
 */
export { type Client, clientOver, createClient, type Edges, type Line, type LineEvents } from './client.ts'
