import { BOOLEAN, type DataType, type StructType } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { mayBecomeNull } from './cast-range.js'
import type { Attribute, AttributeReference, Call, Cast, CastMode, Expression, Failure, Literal } from './expression.js'
import type { ScalarFunction } from './functions.js'
import type { LiteralValue } from './literal.js'
import type { Routine } from './routine.js'
import type { TextOptions } from './text-options.js'

/*
 * Constructors of resolved expressions: frozen, the origin left out where there is none. They do not check types; the analyzer does.
 */

const withOrigin = (origin: Origin | undefined): { origin?: Origin } => (origin ? { origin } : {})

export function literal(type: DataType, value: LiteralValue, origin?: Origin): Literal {
  return Object.freeze({ kind: 'literal', type, value, nullable: value === null, ...withOrigin(origin) })
}

export const booleanLiteral = (value: boolean | null): Literal => literal(BOOLEAN, value)

/** A reference to a column of the input. */
export function reference(attribute: Attribute, origin?: Origin): AttributeReference {
  const { id, name, type, nullable, charLength, comment } = attribute
  const kind = 'attribute'
  // Most columns have neither, and queries make more references than anything else.
  if (charLength === undefined && comment === undefined)
    return Object.freeze(origin ? { kind, id, name, type, nullable, origin } : { kind, id, name, type, nullable })
  const limit = charLength === undefined ? {} : { charLength }
  const described = comment === undefined ? {} : { comment }
  return Object.freeze({ kind, id, name, type, nullable, ...limit, ...described, ...withOrigin(origin) })
}

export interface CallOptions {
  readonly origin?: Origin | undefined
  /** Overrides the usual rule that a call is NULL when an operand is. */
  readonly nullable?: boolean
  readonly failure?: Failure | undefined
  readonly texts?: TextOptions
}

const NEVER_NULL: ReadonlySet<ScalarFunction> = new Set([
  'is_null',
  'is_not_null',
  'eq_null_safe',
  'named_struct',
  'array',
  'map',
])

/** A call; unless told otherwise it may be NULL when an operand may. */
export function call(fn: ScalarFunction, type: DataType, args: readonly Expression[], options: CallOptions = {}): Call {
  const byRule =
    fn === 'coalesce' ? args.every((arg) => arg.nullable) : !NEVER_NULL.has(fn) && args.some((arg) => arg.nullable)
  return Object.freeze({
    kind: 'call',
    fn,
    type,
    args,
    nullable: options.nullable ?? (byRule || options.failure === 'null'),
    ...(options.failure ? { failure: options.failure } : {}),
    ...(options.texts && Object.keys(options.texts).length > 0 ? { options: options.texts } : {}),
    ...withOrigin(options.origin),
  })
}

/** The call with NULL where it would raise. What its operands raise it does not keep. */
export const orNull = (made: Call): Call => Object.freeze({ ...made, failure: 'null', nullable: true })

/** A call of a kernel or of a routine of the host. */
export function routineCall(
  routine: Routine,
  type: DataType,
  args: readonly Expression[],
  origin: Origin | undefined,
): Call {
  const nullable = routine.givesNull === true || (routine.takesNull !== true && args.some((arg) => arg.nullable))
  return Object.freeze({ kind: 'call', fn: 'routine', type, args, nullable, routine, ...withOrigin(origin) })
}

export const orNullIf = (isWanted: boolean, made: Call): Call => (isWanted ? orNull(made) : made)

/** The value of an expression, NULL where computing it or what it is made of raises. */
export const attempt = (e: Expression): Expression => call('attempt', e.type, [e], { nullable: true })

const isMissing = (from: DataType, to: DataType, mode: CastMode): boolean =>
  from.kind === 'variant' || mode === 'lenient'
    ? mayBecomeNull(from, to)
    : to.kind === 'decimal' && (from.kind === 'float' || from.kind === 'double')

/** A cast; in ANSI mode NULL only for NULL, and for a double that is no number where that is to be a decimal. */
export function cast(child: Expression, type: DataType, mode: CastMode, origin?: Origin): Cast {
  return Object.freeze({
    kind: 'cast',
    child,
    type,
    mode,
    nullable: child.nullable || mode === 'try' || isMissing(child.type, type, mode),
    ...withOrigin(origin ?? child.origin),
  })
}

/** All of the conditions, none of which may be left out; undefined for none. */
export function conjunction(conditions: readonly Expression[]): Expression | undefined {
  return conditions.length <= 1 ? conditions[0] : call('and', BOOLEAN, conditions)
}

/** The conditions that must all hold, nested ANDs flattened. */
export function conjuncts(condition: Expression): readonly Expression[] {
  return condition.kind === 'call' && condition.fn === 'and' ? condition.args.flatMap(conjuncts) : [condition]
}

/** A field of a struct, which has these, by its place. */
export function fieldOf(child: Expression, fields: StructType['fields'], ordinal: number, origin?: Origin): Expression {
  const { type, nullable } = fields[ordinal]!
  return Object.freeze({
    kind: 'getField',
    child,
    ordinal,
    type,
    nullable: nullable || child.nullable,
    ...(origin ? { origin } : {}),
  })
}
