import { field, type Schema, STRING } from '../../columnar/types.js'
import { Config } from '../../common/config/config.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import type { SessionCatalog } from '../session-catalog.js'
import { DONE, type StatementKind } from './statement.js'

const PAIR: Schema = { fields: [field('key', STRING, false), field('value', STRING, false)] }
/** Before the names of settings, where programs of Spark write them. */
const SPARK = /^spark\.(?:sql\.)?/

export interface SetStatement {
  readonly kind: 'set'
  /** As written; without one all settings are shown. */
  readonly key?: string
  readonly value?: string
}

/** SET: shows settings, or changes one that may change while the session runs. */
export const set: StatementKind<SetStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('SET')) return undefined
    for (const [word, next] of NOT_SETTINGS)
      if (tokens.at(word) && (next === undefined || tokens.peek(1).match === next))
        throw tokens.unsupported(`SET ${word}`, start)
    const text = readRest(tokens)
    const match = /^(?:`([^`]+)`|([\w.-]+))\s*(?:=\s*([\s\S]*))?$/.exec(text)
    if (text === '' || text === '-v') return { kind: 'set' }
    if (!match) throw tokens.syntaxErrorAt(start, 'expected SET key=value')
    const [, quoted, plain, value] = match
    const key = quoted ?? plain!
    return value === undefined ? { kind: 'set', key } : { kind: 'set', key, value: value.trim() }
  },

  run({ key, value }, { catalog, config, configure }) {
    if (key === undefined) return { kind: 'rows', schema: PAIR, rows: Object.entries(config.toRecord()).map(pair) }
    if (value !== undefined) refuseVariable(key, catalog)
    const name = settingOf(key)
    if (value !== undefined) configure(changed(config, name, value, key))
    return { kind: 'rows', schema: PAIR, rows: [pair([key, value ?? config.textOf(name) ?? '<undefined>'])] }
  },
}

/** @throws UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET */
function refuseVariable(key: string, { variables }: SessionCatalog): void {
  const parts = key.split('.')
  if (variables.lookUp(parts))
    throw new MillraceError('UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET', { variableName: quotedPath(parts) })
}

/** What SET is followed by when it is no setting. */
const NOT_SETTINGS: readonly (readonly [word: string, next?: string])[] = [['TIME', 'ZONE'], ['PATH'], ['CATALOG']]

export interface ResetStatement {
  readonly kind: 'reset'
  readonly key?: string
}

/** RESET: settings are what they were when the session began. */
export const reset: StatementKind<ResetStatement> = {
  read(tokens) {
    if (!tokens.accept('RESET')) return undefined
    const key = readRest(tokens).replace(/^`([^`]+)`$/, '$1')
    return key === '' ? { kind: 'reset' } : { kind: 'reset', key }
  },

  run({ key }, { config, initialConfig, configure }) {
    const name = key === undefined ? undefined : settingOf(key)
    if (name === undefined) configure(initialConfig)
    else if (config.textOf(name) !== undefined) configure(changed(config, name, initialConfig.textOf(name)!, key!))
    return DONE
  },
}

/** The text to the end of the statement. */
function readRest(tokens: TokenStream): string {
  const start = tokens.peek()
  if (start.kind === 'end' || tokens.at(';')) return ''
  while (tokens.peek().kind !== 'end' && !tokens.at(';')) tokens.next()
  const { text, start: from, end } = tokens.originFrom(start)
  return text.slice(from, end).trim()
}

/** The name of a setting, which may have Spark's prefix. */
const settingOf = (key: string): string => (Config.has(key) ? key : key.replace(SPARK, ''))

const pair = ([key, value]: readonly [string, string]): object => ({ key, value })

/** @throws INVALID_CONF_KEY, INVALID_CONF_VALUE, CANNOT_MODIFY_STATIC_CONFIG */
function changed(config: Config, name: string, value: string, written: string): Config {
  const { config: after, ignored } = config.changed({ [name]: value })
  if (ignored.length > 0) throw new MillraceError('CANNOT_MODIFY_STATIC_CONFIG', { key: `"${written}"` })
  return after
}
