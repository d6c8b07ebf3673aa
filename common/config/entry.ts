import { MillraceError } from '../errors/millrace-error.js'
import { zoneKind } from '../time/time-zone.js'
import { bytesText, durationText, parseBytes, parseDurationMicros } from './units.js'

/** A configuration key, declared once: what it means, its default and how its text is read. */
export interface ConfigEntry<T> {
  readonly key: string
  /** What Spark calls it: taken wherever a key may be given. */
  readonly sparkKey?: string
  readonly doc: string
  readonly unit: 'count' | 'bytes' | 'ms' | 'text'
  /** As a user would write it. */
  readonly defaultText: string
  /** Which values it may have, for people. */
  readonly values: string
  /** Whether it may change while the session runs: it is read for each query. */
  readonly isChangeable?: boolean
  /** @throws INVALID_CONF_VALUE */
  read(text: string): T
}

const invalid = (key: string, value: string, reason: string): MillraceError =>
  new MillraceError('INVALID_CONF_VALUE', { key, value, reason })

interface Declaration {
  readonly key: string
  readonly sparkKey?: string
  readonly doc: string
  readonly defaultText: string
  readonly isChangeable?: boolean
}

interface NumericForm {
  readonly unit: 'count' | 'bytes' | 'ms'
  readonly form: string
  parse(text: string): number | undefined
  show(value: number): string
}

function numeric(
  declaration: Declaration,
  { unit, form, parse, show }: NumericForm,
  min: number,
  max: number,
): ConfigEntry<number> {
  const values = `${show(min)} to ${show(max)}`
  return Object.freeze({
    ...declaration,
    unit,
    values,
    read(text: string): number {
      const value = parse(text)
      if (value === undefined) throw invalid(declaration.key, text, `it must be ${form}`)
      if (value < min || value > max) throw invalid(declaration.key, text, `it must be from ${values}`)
      return value
    },
  })
}

const COUNT: NumericForm = {
  unit: 'count',
  form: 'a whole number',
  parse: (text) => (/^\s*-?\d+\s*$/.test(text) ? Number(text) : undefined),
  show: String,
}
const NUMBER: NumericForm = {
  unit: 'count',
  form: 'a number such as 0.75',
  parse: (text) => (/^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined),
  show: String,
}
const BYTES: NumericForm = {
  unit: 'bytes',
  form: 'a size such as 10m or 1g',
  parse: (text) => (text.trim() === '-1' ? -1 : parseBytes(text)),
  show: bytesText,
}
const DURATION: NumericForm = {
  unit: 'ms',
  form: 'a duration such as 10s or 500ms',
  parse: (text) => {
    const micros = parseDurationMicros(text)
    return micros === undefined ? undefined : Number(micros) / 1000
  },
  show: durationText,
}

/** A whole number within a range. */
export const countEntry = (declaration: Declaration, min: number, max: number): ConfigEntry<number> =>
  numeric(declaration, COUNT, min, max)

/** A number within a range, of which a part may stand behind a point. */
export const numberEntry = (declaration: Declaration, min: number, max: number): ConfigEntry<number> =>
  numeric(declaration, NUMBER, min, max)

/** A size in bytes; `-1` ("none") is allowed where `min` is. */
export const bytesEntry = (declaration: Declaration, min: number, max: number): ConfigEntry<number> =>
  numeric(declaration, BYTES, min, max)

/** A duration, kept in milliseconds. */
export const durationEntry = (declaration: Declaration, minMs: number, maxMs: number): ConfigEntry<number> =>
  numeric(declaration, DURATION, minMs, maxMs)

/** The same, or `infinity`. */
export const orInfinite = (entry: ConfigEntry<number>): ConfigEntry<number> =>
  Object.freeze({
    ...entry,
    values: `${entry.values}, or infinity`,
    read: (text: string) => (text.trim().toLowerCase() === 'infinity' ? Number.POSITIVE_INFINITY : entry.read(text)),
  })

/** One of a few words, in upper or lower case. */
export function choiceEntry<const T extends string>(declaration: Declaration, choices: readonly T[]): ConfigEntry<T> {
  return Object.freeze({
    ...declaration,
    unit: 'text',
    values: choices.join(', '),
    read(text: string): T {
      const found = choices.find((choice) => choice.toLowerCase() === text.trim().toLowerCase())
      if (found === undefined) throw invalid(declaration.key, text, `it must be one of ${choices.join(', ')}`)
      return found
    },
  })
}

/** `true` or `false`. */
export function booleanEntry(declaration: Declaration): ConfigEntry<boolean> {
  const choice = choiceEntry(declaration, ['true', 'false'])
  return Object.freeze({
    ...declaration,
    unit: 'text',
    values: choice.values,
    read: (text: string) => choice.read(text.toLowerCase()) === 'true',
  })
}

/** What has one meaning here. @throws UNSUPPORTED_FEATURE for others */
export function fixedEntry(declaration: Declaration): ConfigEntry<string> {
  const { key, defaultText } = declaration
  return Object.freeze({
    ...declaration,
    unit: 'text',
    values: defaultText,
    read(text: string): string {
      if (text.trim().toLowerCase() === defaultText.toLowerCase()) return defaultText
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${key}=${text}: it is always ${defaultText}` })
    },
  })
}

/** A time zone: an offset, or a region that has a name. */
export const timeZoneEntry = (declaration: Declaration): ConfigEntry<string> =>
  Object.freeze({
    ...declaration,
    unit: 'text',
    values: 'a region such as Europe/Rome, or an offset such as +02:00',
    read(text: string): string {
      if (zoneKind(text) === undefined)
        throw new MillraceError('INVALID_CONF_VALUE.TIME_ZONE', {
          confName: declaration.sparkKey ?? declaration.key,
          confValue: text,
        })
      return text
    },
  })

/** Any text. */
export const textEntry = (declaration: Declaration): ConfigEntry<string> =>
  Object.freeze({ ...declaration, unit: 'text', values: 'any text', read: (text: string) => text })
