/** The help texts of `tacet` (docs/scripting.md), as data. Called by main.ts; the relay has its own in server/flags.ts. */

export type Topic = 'tacet' | 'create' | 'join' | 'open' | 'verify-web'

const CONVERSATION_FLAGS = `  --name NAME          how you are called in the room; asked for when it is missing and a person is there
  --allow-plain        allow ws:// to a relay on another machine: the network then sees what the relay sees
  --json               one JSON object a line, events out and commands in (docs/scripting.md)
  --plain              plain lines instead of the full screen
  --stay               keep listening after the end of the input
  --verbose            also tell whenever somebody's keys are renewed, and when everybody has what you said
  --clean              read and write no file of settings (docs/terminal.md)
  -h, --help           this text
`

export const HELP: Readonly<Record<Topic, string>> = {
  tacet: `usage: tacet [flags]                 ask what to do, on the full screen
       tacet create [flags]          make a room and print its invite
       tacet join [FILE] [flags]     join a room with its invite
       tacet open FILE [flags]       show a saved talk, or write it out in clear text
       tacet relay [flags]           run a relay
       tacet verify-web FILE|URL     check that a web client is the one that this program was built with
       tacet help [COMMAND]          what a command takes
       tacet --version               version and protocol

exit codes
  0    left, or the founder closed the room
  1    the connection was lost with something left to say, or output or invite's file could not be written
  2    wrong command line, or a file that cannot be read
  3    the relay cannot be reached, or does not answer
  4    not let in: no such room, room full, wrong invite or admin token
  5    the relay speaks another version
  6    the invite is damaged
  7    the passphrase of a saved talk is wrong, or the talk is damaged
  130  interrupted twice: ended without a goodbye; or no passphrase was given
`,
  create: `usage: tacet create [flags]

Makes a room on a relay, prints its invite, and begins the conversation as the room's founder.

  --relay URL          the relay's WebSocket (ws://127.0.0.1:1337/ws)
  --invite-file FILE   write the invite into a new file, for your eyes alone, instead of printing it
${CONVERSATION_FLAGS}
A relay that asks for an admin token takes it from the variable TACET_ADMIN_TOKEN; so does /recreate.
`,
  open: `usage: tacet open FILE [flags]

Shows a saved talk. Its passphrase is asked for without showing it; where standard input is no terminal it is the input's
first line. It is never taken from the command line, which every user of this machine can read. To try one takes a second or two.

  --export FILE        write the talk in clear text into a new file, for your eyes alone, instead of showing it
  --json               one JSON object a line (docs/scripting.md)
  -h, --help           this text
`,
  'verify-web': `usage: tacet verify-web FILE|URL

Reads the page of a web client, from a file or as it is served, and compares it with the one that this program was built with:
exit code 0 when they are the same to the byte, 1 when not. Whoever serves a page can serve another one to somebody else.

  -h, --help           this text
`,
  join: `usage: tacet join [FILE] [flags]

Joins a room. The invite is read from FILE (- is standard input), else from the variable TACET_INVITE, else from
standard input; what follows the invite there is the conversation. It is never taken from the command line,
which every user of this machine can read.

${CONVERSATION_FLAGS}`,
}
