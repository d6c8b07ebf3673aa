import { withoutUrlCredentials } from '../url-credentials.js'
import { CONDITIONS, type ConditionName } from './catalogue.js'
import type { ErrorDomain, FilePlace, Origin, RetryRule } from './condition.js'
import { describeFilePlace, describeOrigin } from './describe-origin.js'

export type ErrorParameters = Readonly<Record<string, string | number | bigint | boolean>>

/** What travels over threads and the wire in place of an error object. */
export interface SerializedError {
  readonly condition: string
  readonly parameters: Readonly<Record<string, string>>
  readonly origin?: Origin
  readonly place?: FilePlace
  readonly stack?: string
  readonly cause?: SerializedError
}

const BRAND = Symbol.for('millrace.error')

/**
 * Every error the engine raises: a condition of the catalogue with its parameters. `message` reads
 * `[CONDITION_NAME] text. SQLSTATE: xxxxx`, as in Spark, with the place in the SQL text marked below where known, and that in a file.
 */
export class MillraceError extends Error {
  readonly condition: ConditionName
  readonly parameters: Readonly<Record<string, string>>
  readonly origin: Origin | undefined
  readonly place: FilePlace | undefined
  /** The stack from where the error was raised, once `tellCaller` has replaced it. Not listed, so that it is not printed with the error. */
  declare readonly engineStack?: string

  constructor(
    condition: ConditionName,
    parameters: ErrorParameters = {},
    options: { cause?: unknown; origin?: Origin | undefined; place?: FilePlace | undefined } = {},
  ) {
    const texts = Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => [key, withoutUrlCredentials(String(value))]),
    )
    const origin = options.origin && { ...options.origin, text: withoutUrlCredentials(options.origin.text) }
    const place = options.place && { ...options.place, path: withoutUrlCredentials(options.place.path) }
    super(
      render(condition, texts, { origin, place }),
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.name = 'MillraceError'
    this.condition = condition
    this.parameters = texts
    this.origin = origin
    this.place = place
  }

  /** The message without the SQLSTATE: to be part of another message, which ends with one of its own. */
  get text(): string {
    return textOf(this.condition, this.parameters, this)
  }

  get [BRAND](): true {
    return true
  }

  /** Replaces the stack by the frames of the user's call that led here; `engineStack` keeps it. */
  tellCaller(frames: readonly string[]): void {
    Object.defineProperty(this, 'engineStack', { value: this.stack, configurable: true })
    this.stack = [`${this.name}: ${this.message}`, ...frames].join('\n')
  }

  get sqlState(): string | undefined {
    return CONDITIONS[this.condition].sqlState
  }

  get domain(): ErrorDomain {
    return CONDITIONS[this.condition].domain
  }

  get retry(): RetryRule {
    return CONDITIONS[this.condition].retry
  }

  /** Recognises our errors across realms (another thread's, another copy of the package), where `instanceof` fails. */
  static is(error: unknown): error is MillraceError {
    return typeof error === 'object' && error !== null && BRAND in error
  }
}

type Texts = Readonly<Record<string, string>>

type Places = Pick<MillraceError, 'origin' | 'place'>

const render = (condition: ConditionName, parameters: Texts, places: Places): string =>
  textOf(condition, parameters, places, stateText(CONDITIONS[condition].sqlState))

const stateText = (sqlState: string | undefined): string => (sqlState === undefined ? '' : ` SQLSTATE: ${sqlState}`)

function textOf(condition: ConditionName, parameters: Texts, { origin, place }: Places, state = ''): string {
  const text = CONDITIONS[condition].message.replace(/\{(\w+)\}/g, (whole, key: string) => parameters[key] ?? whole)
  const lines = [`[${condition}] ${text}${state}`]
  if (origin) lines.push(describeOrigin(origin))
  if (place) lines.push(describeFilePlace(place))
  return lines.join('\n')
}

/** Turns any thrown value into a MillraceError; what is not ours becomes INTERNAL_ERROR with the original as cause. */
export function toMillraceError(error: unknown): MillraceError {
  if (MillraceError.is(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  return new MillraceError('INTERNAL_ERROR', { message }, { cause: error })
}

export function serializeError(error: unknown): SerializedError {
  if (!MillraceError.is(error)) return serializeForeign(error)
  const ours = error
  return {
    condition: ours.condition,
    parameters: ours.parameters,
    ...(ours.origin ? { origin: ours.origin } : {}),
    ...(ours.place ? { place: ours.place } : {}),
    ...(ours.stack ? { stack: ours.stack } : {}),
    ...(ours.cause === undefined ? {} : { cause: serializeError(ours.cause) }),
  }
}

/** What is not ours, as `toMillraceError` names it; its stack is the one that tells where it arose. */
function serializeForeign(error: unknown): SerializedError {
  if (!(error instanceof Error)) return { condition: 'INTERNAL_ERROR', parameters: { message: String(error) } }
  return {
    condition: 'INTERNAL_ERROR',
    parameters: { message: error.message },
    ...(error.stack ? { stack: error.stack } : {}),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  }
}

/** The inverse of `serializeError`. A condition this version does not know becomes INTERNAL_ERROR that names it. */
export function deserializeError(data: SerializedError): MillraceError {
  const known = Object.hasOwn(CONDITIONS, data.condition)
  const condition: ConditionName = known ? (data.condition as ConditionName) : 'INTERNAL_ERROR'
  const parameters = known ? data.parameters : { message: `${data.condition} ${JSON.stringify(data.parameters)}` }
  const cause = data.cause ? deserializeError(data.cause) : undefined
  const error = new MillraceError(condition, parameters, {
    origin: data.origin,
    place: data.place,
    ...(cause ? { cause } : {}),
  })
  if (data.stack) error.stack = data.stack
  return error
}
