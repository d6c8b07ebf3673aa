import { field, type Schema, STRING } from '../../columnar/types.js'
import { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import type { ConfigEntry } from '../../common/config/entry.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import { RuntimeConfig } from '../session/runtime-config.js'
import { DONE, type StatementKind } from './statement.js'
import { readTimeZone } from './time-zone.js'

const PAIR: Schema = { fields: [field('key', STRING, false), field('value', STRING, false)] }
const EXPLAINED: Schema = { fields: [...PAIR.fields, field('meaning', STRING, false)] }

export interface SetStatement {
  readonly kind: 'set'
  /** As written; without one all settings are shown. */
  readonly key?: string
  readonly value?: string
  /** Of all settings: those that were not set, too, and what they mean. */
  readonly isVerbose?: true
}

/** SET: shows settings, or changes one that may change while the session runs. */
export const set: StatementKind<SetStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('SET')) return undefined
    if (tokens.accept('TIME', 'ZONE'))
      return { kind: 'set', key: CONFIG.timeZone.sparkKey!, value: readTimeZone(tokens) ?? readRest(tokens) }
    for (const word of NOT_SETTINGS) if (tokens.at(word)) throw tokens.unsupported(`SET ${word}`, start)
    const text = readRest(tokens)
    if (text === '') return { kind: 'set' }
    if (text === '-v') return { kind: 'set', isVerbose: true }
    const match = /^(?:`([^`]+)`|([\w.-]+))\s*(?:=\s*([\s\S]*))?$/.exec(text)
    if (!match) throw tokens.syntaxErrorAt(start, 'expected SET key=value')
    const [, quoted, plain, value] = match
    const key = quoted ?? plain!
    return value === undefined ? { kind: 'set', key } : { kind: 'set', key, value: unquoted(value.trim()) }
  },

  run({ key, value, isVerbose }, context) {
    const { catalog, config } = context
    if (isVerbose)
      return { kind: 'rows', schema: EXPLAINED, rows: Config.entries().map((entry) => explained(entry, config)) }
    if (key === undefined)
      return { kind: 'rows', schema: PAIR, rows: Object.entries(config.toRecord()).toSorted().map(pair) }
    if (value !== undefined) {
      refuseVariable(key, catalog)
      new RuntimeConfig(() => context).set(key, value)
    }
    return { kind: 'rows', schema: PAIR, rows: [pair([key, value ?? config.textOf(key) ?? '<undefined>'])] }
  },
}

const explained = ({ key, doc }: ConfigEntry<unknown>, config: Config): object => ({
  key,
  value: config.textOf(key)!,
  meaning: doc,
})

/** @throws UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET */
function refuseVariable(key: string, { variables }: SessionCatalog): void {
  const parts = key.split('.')
  if (variables.lookUp(parts))
    throw new MillraceError('UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET', { variableName: quotedPath(parts) })
}

/** What SET is followed by when it is no setting. */
const NOT_SETTINGS = ['PATH', 'CATALOG'] as const

export interface ResetStatement {
  readonly kind: 'reset'
  readonly key?: string
}

/** RESET: settings are what they were when the session began. */
export const reset: StatementKind<ResetStatement> = {
  read(tokens) {
    if (!tokens.accept('RESET')) return undefined
    const key = unquoted(readRest(tokens))
    return key === '' ? { kind: 'reset' } : { kind: 'reset', key }
  },

  run({ key }, context) {
    if (key === undefined) context.configure(context.initialConfig)
    else new RuntimeConfig(() => context).unset(key)
    return DONE
  },
}

const unquoted = (text: string): string => text.replace(/^`([^`]+)`$/, '$1')

/** The text to the end of the statement. */
function readRest(tokens: TokenStream): string {
  const start = tokens.peek()
  if (start.kind === 'end' || tokens.at(';')) return ''
  while (tokens.peek().kind !== 'end' && !tokens.at(';')) tokens.next()
  const { text, start: from, end } = tokens.originFrom(start)
  return text.slice(from, end).trim()
}

const pair = ([key, value]: readonly [string, string]): object => ({ key, value })
