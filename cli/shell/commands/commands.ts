import { closest } from '../../../common/closest.js'
import { explain, schema, tables } from './catalog.js'
import type { Command, ShellContext } from './command.js'
import { importFile, output, read } from './files.js'
import { exit, mode, pager, quit, timer } from './modes.js'

const help: Command = {
  name: 'help',
  help: 'this text',
  arguments: [0, 0],
  run: ({ print }) => print(HELP),
}

/** What a line with a dot at its beginning may be, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  help,
  tables,
  schema,
  read,
  mode,
  timer,
  pager,
  output,
  importFile,
  explain,
  quit,
  exit,
]

export const commandCalled = (name: string): Command | undefined => COMMANDS.find((command) => command.name === name)

const usageOf = ({ name, usage }: Command): string => (usage === undefined ? `.${name}` : `.${name} ${usage}`)

const USAGE_PLACES = 28
const HELP = `A statement ends with a semicolon and may take several lines; Alt-Enter begins a new line anywhere.
${COMMANDS.map((command) => `  ${usageOf(command).padEnd(USAGE_PLACES)}${command.help}`).join('\n')}
Tab completes, Up and Down go to other lines and older statements, Ctrl-R searches these.
Ctrl-C cancels the query that runs, or drops what is typed; Ctrl-D leaves.
A file is a table: select * from 'flights.parquet';
`

/** Runs a line that begins with a dot. @returns what is wrong with it as such */
export async function runCommand(line: string, shell: ShellContext): Promise<string | undefined> {
  const [, name = '', rest = ''] = /^\s*\.(\S*)\s*(.*?)\s*$/s.exec(line) ?? []
  const command = commandCalled(name.toLowerCase())
  if (!command) {
    const names = COMMANDS.map((one) => one.name)
    const near = closest(name, names, 1)[0]
    const hint = near === undefined ? '.help lists what there is.' : `Did you mean .${near}?`
    return `There is no command .${name}. ${hint}`
  }
  const args = command.arguments === 'rest' ? [rest] : wordsOf(rest)
  if (command.arguments !== 'rest') {
    const [least, most] = command.arguments
    if (args.length < least || args.length > most) return `Usage: ${usageOf(command)}`
  } else if (rest === '' && command.usage?.startsWith('[') === false) return `Usage: ${usageOf(command)}`
  return (await command.run(shell, args)) ?? undefined
}

/** Words with spaces stand in quotes. */
const wordsOf = (text: string): readonly string[] =>
  (text.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/s, '$2'))
