import { type DataType, isNested, sqlTypeName, TIME, TIMESTAMP, TIMESTAMP_NTZ } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { literalText } from '../plan/expression/literal-text.js'
import type { SessionVariable, UnresolvedExpression } from '../plan/unresolved/expression.js'
import { defaultsOf, printedName, SHOWN } from './function-text.js'
import { sameName } from './names.js'
import { comparisonText, literalWritten, temporalText, toCharText } from './operator-text.js'
import type { Subquery } from './unresolved-nodes.js'
import { ownText, windowColumnText } from './windows/text.js'

/** What is known of an expression that is printed. */
export interface TextContext {
  /** How a name is printed; of a qualified one its last part, unless it is known to be a field. */
  name?(parts: readonly string[], origin?: Origin, variable?: SessionVariable, within?: readonly string[]): string
  /** The columns that a star as an argument stands for. */
  star?(star: Extract<UnresolvedExpression, { kind: 'star' }>): readonly string[]
  /** The columns of the query around a subquery that it uses. */
  outer?(e: Subquery): readonly string[]
  /** The type of an operand, where it was resolved before: some operators are printed by what they add. */
  typeOf?(e: UnresolvedExpression): DataType | undefined
}

type Call = Extract<UnresolvedExpression, { kind: 'function' }>
export type OperandText = (operand: UnresolvedExpression) => string

/** An expression as Spark names an unnamed column after it: `sum(a)`, `(a + b)`, `count(1)`. */
export function unresolvedText(e: UnresolvedExpression, context: TextContext = {}): string {
  const text: OperandText = (operand) => unresolvedText(operand, context)
  switch (e.kind) {
    case 'literal':
      return literalWritten(e, context.typeOf?.(e))
    case 'attribute':
      return context.name?.(e.parts, e.origin, e.variable, e.within) ?? e.parts.at(-1)!
    case 'star':
      return [...e.target, e.matching === undefined ? '*' : `\`${e.matching}\``].join('.')
    case 'function':
      return callText(e, text, context)
    case 'window':
      return windowColumnText(e, text, (operand) => context.typeOf?.(operand))
    case 'cast':
      // Spark does not tell what arrays, maps and structs are cast to.
      return isNested(e.type)
        ? text(e.child)
        : `${e.mode === 'try' ? 'TRY_CAST' : 'CAST'}(${text(e.child)} AS ${sqlTypeName(e.type)})`
    case 'case': {
      const branches = e.branches.map(({ when, value }) => ` WHEN ${text(when)} THEN ${text(value)}`).join('')
      return `CASE${branches}${e.otherwise ? ` ELSE ${text(e.otherwise)}` : ''} END`
    }
    case 'in':
      return `(${text(e.child)} IN (${e.list.map(text).join(', ')}))`
    case 'scalarSubquery':
    case 'exists':
      return `${e.kind.toLowerCase()}(${(context.outer?.(e) ?? []).join(', ')})`
    case 'inSubquery':
      return `(${e.children.length > 1 ? `(${e.children.map(text).join(', ')})` : text(e.children[0]!)} IN (listquery(${(context.outer?.(e) ?? []).join(', ')})))`
    case 'extractValue':
      return context.typeOf?.(e.child)?.kind === 'map' ? `${text(e.child)}[${e.field}]` : `${text(e.child)}.${e.field}`
    case 'namedArgument':
      return text(e.child)
    case 'lambda':
      return lambdaText(e, context)
    case 'alias':
      return e.name
    case 'aliases':
      return `(${e.names.join(', ')})`
    case 'sortOrder':
      return `${text(e.child)} ${e.direction.toUpperCase()} NULLS ${(e.nulls ?? (e.direction === 'asc' ? 'first' : 'last')).toUpperCase()}`
  }
}

/** As Spark names a lambda whose parameters it has resolved. */
function lambdaText(
  { parameters, body }: Extract<UnresolvedExpression, { kind: 'lambda' }>,
  context: TextContext,
): string {
  const variable = 'namedlambdavariable()'
  const name: TextContext['name'] = (parts, origin) => {
    const isVariable = parameters.some((parameter) => sameName(parameter, parts[0]!))
    if (isVariable) return [variable, ...parts.slice(1)].join('.')
    return context.name?.(parts, origin) ?? parts.at(-1)!
  }
  return `lambdafunction(${[unresolvedText(body, { ...context, name }), ...parameters.map(() => variable)].join(', ')})`
}

/** Functions that cast, which Spark does not write. */
const CASTS = 'boolean tinyint smallint int bigint float double decimal string binary date time timestamp'.split(' ')

/** A timestamp out of a date and a time, where the fields have another name. */
const ofDateAndTime = (name: string) => (args: readonly UnresolvedExpression[], text: OperandText) =>
  args.length < 4 ? `${name}(${args.map(text).join(', ')})` : undefined

/** What buckets begin at unless it is said. */
const firstOrigin = (time: UnresolvedExpression, context: TextContext): string =>
  literalText(context.typeOf?.(time)?.kind === 'timestamp_ntz' ? TIMESTAMP_NTZ : TIMESTAMP, 0n)

const FIELD_CHANGES: ReadonlySet<string> = new Set(['.=', '.-'])

/** A struct with one more of its fields changed. */
const withChange = (struct: UnresolvedExpression, change: string, text: OperandText): string =>
  struct.kind === 'function' && FIELD_CHANGES.has(struct.name)
    ? `${text(struct).slice(0, -1)}, ${change})`
    : `update_fields(${text(struct)}, ${change})`

/** Calls that are written in a way of their own. */
const WRITTEN: Readonly<
  Record<string, (args: readonly UnresolvedExpression[], text: OperandText, context: TextContext) => string | undefined>
> = {
  ':': ([value, path, name], text) => `variant_get(${text(value!)}, ${text(path!)})${name ? ` AS ${text(name)}` : ''}`,
  '.=': ([a, , value], text) => withChange(a!, `WithField(${text(value!)})`, text),
  '.-': ([a], text) => withChange(a!, 'dropfield()', text),
  '[]': ([a, index], text) => `${text(a!)}[${text(index!)}]`,
  not: ([a], text) => `(NOT ${text(a!)})`,
  positive: ([a], text) => `(+ ${text(a!)})`,
  isnull: ([a], text) => `(${text(a!)} IS NULL)`,
  isnotnull: ([a], text) => `(${text(a!)} IS NOT NULL)`,
  if: (args, text) => `(IF(${args.map(text).join(', ')}))`,
  like: ([a, b, escapeChar], text) =>
    `${text(a!)} LIKE ${text(b!)}${escapeChar && text(escapeChar) !== '\\' ? ` ESCAPE '${text(escapeChar)}'` : ''}`,
  ...Object.fromEntries(
    ['unix_timestamp', 'to_unix_timestamp', 'from_unixtime'].map((name) => [
      name,
      ([time, pattern]: readonly UnresolvedExpression[], text: OperandText) =>
        `${name}(${time ? text(time) : 'current_timestamp()'}, ${pattern ? text(pattern) : 'yyyy-MM-dd HH:mm:ss'})`,
    ]),
  ),
  ...Object.fromEntries(
    CASTS.map((name) => [name, (args: readonly UnresolvedExpression[], text: OperandText) => args.map(text).join()]),
  ),
  current_time: ([precision], text) => `current_time(${precision ? text(precision) : TIME.precision})`,
  time_bucket: (args, text, context) =>
    args.length === 2 ? `time_bucket(${[...args.map(text), firstOrigin(args[1]!, context)].join(', ')})` : undefined,
  try_to_time: (args, text) => `try_to_time(to_time(${args.map(text).join(', ')}))`,
  make_timestamp_ltz: ofDateAndTime('make_timestamp'),
  try_make_timestamp_ltz: ofDateAndTime('make_timestamp'),
  try_make_timestamp_ntz: (args, text) =>
    args.length === 2 ? `try_make_timestamp_ntz(make_timestamp_ntz(${args.map(text).join(', ')}))` : undefined,
  months_between: ([a, b, rounds], text) =>
    `months_between(${text(a!)}, ${text(b!)}, ${rounds ? text(rounds) : 'true'})`,
  'like any': ([a], text) => `likeany(${text(a!)})`,
  'like all': ([a], text) => `likeall(${text(a!)})`,
  'not like any': ([a], text) => `notlikeany(${text(a!)})`,
  'not like all': ([a], text) => `notlikeall(${text(a!)})`,
  ilike: ([a, b], text) => `ilike(${text(a!)}, ${text(b!)})`,
  extract: ([field, source], text) => `extract(${text(field!)} FROM ${text(source!)})`,
  datepart: ([field, source], text) => `datepart(${text(field!)} FROM ${text(source!)})`,
  convert_timezone: (args, text) =>
    `convert_timezone(${[...(args.length === 2 ? ['current_timezone()'] : []), ...args.map(text)].join(', ')})`,
  from_json: ([json, schema], text) => (/^\s*map\s*</i.test(text(schema!)) ? 'entries' : `from_json(${text(json!)})`),
  ...Object.fromEntries(
    ['to_json', 'schema_of_json', 'from_csv', 'to_csv', 'schema_of_csv', 'from_xml', 'to_xml', 'schema_of_xml'].map(
      (name) => [name, ([value]: readonly UnresolvedExpression[], text: OperandText) => `${name}(${text(value!)})`],
    ),
  ),
  struct: (args, text) =>
    `struct(${args.map((arg) => (arg.kind === 'alias' ? `${text(arg.child)} AS ${arg.name}` : text(arg))).join(', ')})`,
  substr: (args, text) => withLength('substr', args, text),
  substring: (args, text) => withLength('substring', args, text),
  round: withPlaces('round'),
  bround: withPlaces('bround'),
  ceil: (args, text) => (args.length === 1 ? `CEIL(${text(args[0]!)})` : undefined),
  floor: (args, text) => (args.length === 1 ? `FLOOR(${text(args[0]!)})` : undefined),
  trim: (args, text) => trimText('BOTH', args, text),
  ltrim: (args, text) => trimText('LEADING', args, text),
  rtrim: (args, text) => trimText('TRAILING', args, text),
  random: ([seed], text) => `rand(${seed ? text(seed) : ''})`,
  // Windows of time become columns of these names.
  window: () => 'window',
  session_window: () => 'session_window',
  raise_error: ([a], text) => `raise_error(USER_RAISED_EXCEPTION, map(errorMessage, ${text(a!)}))`,
  assert_true: ([a, b], text) => `assert_true(${text(a!)}, ${b ? text(b) : `'${text(a!)}' is not true!`})`,
  mode: ([value, deterministic], text) =>
    deterministic &&
    (text(deterministic) === 'true' ? `mode() WITHIN GROUP (ORDER BY ${text(value!)} DESC)` : `mode(${text(value!)})`),
  to_char: (args, text, context) => toCharText('to_char', args, text, context),
  to_varchar: (args, text, context) => toCharText('to_varchar', args, text, context),
  dateadd: (args, text) => `date_add(${args.map(text).join(', ')})`,
}

/** Of spaces they are plain calls. */
const trimText = (side: string, [points, source]: readonly UnresolvedExpression[], text: OperandText) =>
  source && `TRIM(${side} ${text(points!)} FROM ${text(source)})`

function withPlaces(name: string) {
  return ([value, places]: readonly UnresolvedExpression[], text: OperandText): string =>
    `${name}(${text(value!)}, ${places ? text(places) : 0})`
}

const MAX_LENGTH = 2 ** 31 - 1

const withLength = (name: string, args: readonly UnresolvedExpression[], text: OperandText): string =>
  `${name}(${[...args.map(text), ...(args.length === 2 ? [MAX_LENGTH] : [])].join(', ')})`

/** Functions named like a type cast without being written as a cast: Spark prints what is cast. */
const TYPES: ReadonlySet<string> = new Set(
  'boolean tinyint smallint int bigint float double decimal string binary date timestamp'.split(' '),
)
export const isTypeName = (name: string): boolean => TYPES.has(name)

const INFIX: ReadonlySet<string> = new Set('+ - * / % div & | ^ << >> >>> = == != <> < <= > >= <=> and or'.split(' '))

/** The operator that an expression is, where it stands between two operands. */
const operatorOf = (e: UnresolvedExpression): Call | undefined =>
  e.kind === 'function' && e.args.length === 2 && INFIX.has(e.name) ? e : undefined

/** Not recursive along the left operands: generated SQL has chains of thousands. */
function operatorText(e: Call, text: OperandText, context: TextContext): string {
  const chain = [e]
  for (let left = operatorOf(e.args[0]!); left; left = operatorOf(left.args[0]!)) chain.push(left)
  const innermost = text(chain.at(-1)!.args[0]!)
  return chain.reduceRight((left, { name, args: [a, b] }) => {
    const right = text(b!)
    const special =
      temporalText(name, a!, left, b!, right, context) ?? comparisonText(name, a!, left, b!, right, context)
    if (special !== undefined) return special
    // Spark has no inequality of its own.
    return name === '!=' || name === '<>' ? `(NOT (${left} = ${right}))` : `(${left} ${infix(name)} ${right})`
  }, innermost)
}

function callText(e: Call, text: OperandText, context: TextContext): string {
  const [first] = e.args
  if (first && e.args.length === 1) {
    if (isTypeName(e.name)) return text(first)
    if (e.name === '~') return `~${text(first)}`
    if (e.name === '-' || e.name === '+') return `(${e.name} ${text(first)})`
  }
  if (operatorOf(e)) return operatorText(e, text, context)
  const written =
    (first || e.name === 'random') && Object.hasOwn(WRITTEN, e.name)
      ? WRITTEN[e.name]!(e.args, text, context)
      : undefined
  const filter = e.filter ? ` FILTER (WHERE ${text(e.filter)})` : ''
  if (written !== undefined) return written + filter
  const own = ownText(e, text)
  if (own !== undefined) return own
  const given = e.args.slice(0, SHOWN.get(e.name)).flatMap((arg) => {
    if (arg.kind !== 'star') return [text(arg)]
    if (arg.target.length === 0 && !arg.except && e.name === 'count' && !e.distinct) return ['1']
    return context.star?.(arg) ?? [text(arg)]
  })
  const args =
    e.name === 'log' && given.length === 1 ? ['E()', ...given] : [...given, ...defaultsOf(e.name, given.length)]
  return `${printedName(e.name)}(${e.distinct ? 'DISTINCT ' : ''}${args.join(', ')})${withinGroupText(e, text)}${filter}`
}

/** Of texts that are joined Spark tells where NULLs go, of percentiles only what is not usual; the mode is printed as what it picks of a descending list. */
function withinGroupText({ name, withinGroup }: Call, text: OperandText): string {
  if (!withinGroup) return ''
  const orders = withinGroup.map((order) => {
    if (order.kind !== 'sortOrder' || name === 'listagg' || name === 'string_agg') return text(order)
    const isDescending = (order.direction === 'desc') !== (name === 'mode')
    return `${text(order.child)}${isDescending ? ' DESC' : ''}`
  })
  return ` WITHIN GROUP (ORDER BY ${orders.join(', ')})`
}

/** Spark writes one of its infix words in lower case. */
const infix = (name: string): string => (name === '==' ? '=' : name === 'div' ? name : name.toUpperCase())
