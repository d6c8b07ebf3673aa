import { type Command, InvalidArgumentError } from 'commander'
import { Session } from '../../api/index.js'

/** What every command that runs queries takes. */
export interface SessionArguments {
  readonly master: string
  readonly config?: Readonly<Record<string, string>>
}

/** Adds `--master` and `--config` to a command. */
export function withSessionOptions(command: Command): Command {
  return withConfig(command).option(
    '--master <master>',
    'where to run: local[N], local[*], local-cluster[E,C,MiB] or millrace://host:port',
    'local[*]',
  )
}

/** `--conf`, as Spark has it, and `--config` are one option. */
export const withConfig = (command: Command): Command =>
  command.option('--conf, --config <key=value>', 'a setting, as often as needed', settingOf)

/** Reads `key=value`, for an option that may be given several times. */
export function settingOf(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('write it as key=value')
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1).trim() }
}

/** A session by the options of a command. What a retry mends is no line for a terminal, unless asked for. */
export function startSession({ master, config }: SessionArguments): Promise<Session> {
  const builder = Object.entries({ 'log.level': 'error', ...config }).reduce(
    (b, [key, value]) => b.config(key, value),
    Session.builder(),
  )
  return builder.master(master).create()
}
