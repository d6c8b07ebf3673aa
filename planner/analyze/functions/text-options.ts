import { type DataType, hasVariants, partTypes, quotedTypeName, type TypeKind } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { zoneKind } from '../../../common/time/time-zone.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { checkedWriting, clockReadingProgram } from '../../plan/time-pattern/clock.js'
import { readingProgramOrNone, writingProgram } from '../../plan/time-pattern/program.js'
import { constantOf } from '../constants/constants.js'
import { analysisSession } from '../session.js'
import type { CallSite } from './definition.js'

/** What an option may be, and what holds without it. */
export type OptionRule =
  | { readonly kind: 'flag'; readonly usual: boolean }
  | { readonly kind: 'text'; readonly usual?: string }
  /** One of these in any case, the first where it is none of them, as in Spark. */
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'zone' }
  /** Only the one that holds anyway. */
  | { readonly kind: 'fixed'; readonly usual: string }

/** Options by Spark's names; what is not among them is refused. */
export type OptionRules = Readonly<Record<string, OptionRule>>

/** The options that are told of dates and times, in texts that are read or written. */
export const TIME_OPTIONS: OptionRules = {
  dateFormat: { kind: 'text' },
  timestampFormat: { kind: 'text' },
  timestampNTZFormat: { kind: 'text' },
  timeFormat: { kind: 'text' },
  timeZone: { kind: 'zone' },
  locale: { kind: 'fixed', usual: 'en-US' },
}

/** The options of a call that differ from what holds anyway. @throws INVALID_OPTIONS.*, INVALID_TIMEZONE, UNSUPPORTED_FEATURE */
export function readOptions(given: Expression | undefined, rules: OptionRules, site: CallSite): TextOptions {
  if (given === undefined) return {}
  const { origin } = site
  if (given.kind !== 'call' || given.fn !== 'map')
    throw new MillraceError('INVALID_OPTIONS.NON_MAP_FUNCTION', {}, { origin })
  const { type } = given
  if (type.kind === 'map' && given.args.length > 0 && (type.key.kind !== 'string' || type.value.kind !== 'string')) {
    const parameters = { mapType: quotedTypeName(type) }
    throw new MillraceError('INVALID_OPTIONS.NON_STRING_TYPE', parameters, { origin })
  }
  const pairs: (readonly [string, string])[] = []
  for (let i = 0; i < given.args.length; i += 2) {
    const [name, value] = [given.args[i]!, given.args[i + 1]!].map((arg) => constantOf(arg)?.value)
    if (typeof name !== 'string' || typeof value !== 'string')
      throw new MillraceError('INVALID_OPTIONS.NON_MAP_FUNCTION', {}, { origin })
    pairs.push([name, value])
  }
  return checkedOptions(pairs, rules, site)
}

/** Who is told that an option is wrong. */
export type OptionSite = Pick<CallSite, 'name' | 'origin'>

/** Of options those that differ from what holds anyway, by the names in the rules. @throws INVALID_TIMEZONE, UNSUPPORTED_FEATURE */
export function checkedOptions(
  given: Iterable<readonly [name: string, value: string]>,
  rules: OptionRules,
  site: OptionSite,
): TextOptions {
  const options: Record<string, string> = {}
  for (const [name, value] of given) {
    const known = Object.keys(rules).find((rule) => rule.toLowerCase() === name.toLowerCase())
    if (known === undefined) throw refused(`the option ${name}`, site)
    const read = readOption(known, value, rules[known]!, site)
    if (read === undefined) delete options[known]
    else options[known] = read
  }
  return options
}

const refused = (what: string, { name, origin }: OptionSite): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', { feature: `${what} of ${name}` }, { origin })

/** The value as plans keep it; undefined for what holds anyway. */
function readOption(name: string, value: string, rule: OptionRule, site: OptionSite): string | undefined {
  switch (rule.kind) {
    case 'flag': {
      const flag = value.toLowerCase()
      if (flag !== 'true' && flag !== 'false') throw refused(`${name} => '${value}'`, site)
      return flag === String(rule.usual) ? undefined : flag
    }
    case 'text':
      return value === rule.usual ? undefined : value
    case 'choice': {
      const index = rule.choices.indexOf(value.toUpperCase())
      return index > 0 ? rule.choices[index] : undefined
    }
    case 'zone':
      if (zoneKind(value) === undefined)
        throw new MillraceError('INVALID_TIMEZONE', { timeZone: value }, { origin: site.origin })
      return value
    case 'fixed':
      if (value !== rule.usual) throw refused(`${name} => '${value}'`, site)
      return undefined
  }
}

/** Whether a type is one of a kind, or has such a type in it. */
const hasKind = (type: DataType, kind: TypeKind): boolean =>
  type.kind === kind || partTypes(type).some((part) => hasKind(part, kind))

const FORMATS = [
  ['dateFormat', 'date'],
  ['timestampFormat', 'timestamp'],
  ['timestampNTZFormat', 'timestamp_ntz'],
  ['timeFormat', 'time'],
] as const

/**
 * Of the options those that say something of a type: no patterns of times that are not in it, which Spark does not look at; with the session's zone
 * where it has timestamps. @throws the conditions of patterns
 */
export function optionsFor(
  type: DataType,
  options: TextOptions,
  purpose: 'reading' | 'writing',
  site: OptionSite,
): TextOptions {
  const { timeZone = analysisSession().timeZone, ...kept } = options
  const result: Record<string, string> = { ...kept }
  const isZoned = (hasKind(type, 'timestamp') || hasVariants(type)) && zoneKind(timeZone) !== 0
  if (isZoned) result['timeZone'] = timeZone
  for (const [option, kind] of FORMATS) {
    const pattern = result[option]
    if (pattern === undefined) continue
    // What is written by is looked at in any case.
    if (purpose === 'writing' || hasKind(type, kind))
      checkPattern(pattern, kind, purpose, isZoned ? timeZone : 'UTC', site)
    if (!hasKind(type, kind)) delete result[option]
  }
  return result
}

function checkPattern(
  pattern: string,
  kind: TypeKind,
  purpose: 'reading' | 'writing',
  timeZone: string,
  { origin }: OptionSite,
): void {
  try {
    if (kind === 'time') (purpose === 'writing' ? checkedWriting : clockReadingProgram)(pattern)
    else if (purpose === 'writing') writingProgram(pattern, timeZone)
    else readingProgramOrNone(pattern)
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    throw new MillraceError(error.condition, error.parameters, { origin })
  }
}
