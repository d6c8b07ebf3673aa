import { closest } from '../../../common/closest.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../../common/errors/quoting.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { generatorCalled, generatorNames, tableGeneratorCalled, tableGeneratorNames } from '../generators/registry.js'
import type { Printed } from '../printing.js'
import { searchPath } from '../session.js'
import { AGGREGATES } from './aggregates/index.js'
import { ARITHMETIC } from './arithmetic.js'
import { ARRAY_ELEMENTS } from './array-elements.js'
import { ARRAY_ORDER } from './array-order.js'
import { ARRAY_SETS } from './array-sets.js'
import { ARRAYS } from './arrays.js'
import { AVRO_FUNCTIONS } from './avro.js'
import { BITWISE } from './bits.js'
import { CALENDAR } from './calendar.js'
import { CIPHERS } from './ciphers.js'
import { CLOCK_TEXTS } from './clock-texts.js'
import { CLOCK_TIMES } from './clock-times.js'
import { COLLATIONS } from './collations.js'
import { COMPARISON } from './comparison.js'
import { CONDITIONAL } from './conditional.js'
import { CONVERSIONS } from './conversion.js'
import { CSV_FUNCTIONS } from './csv.js'
import { CURRENT_PLACE } from './current-place.js'
import { CURRENT_TIME } from './current-time.js'
import { DATETIME } from './datetime.js'
import type { FunctionDefinition, FunctionTable } from './definition.js'
import { DIGESTS } from './digests.js'
import { EPOCH } from './epoch.js'
import { EXTRACT } from './extract.js'
import { FREQUENT_ESTIMATES } from './frequent-estimates.js'
import { HIGHER_ORDER } from './higher-order.js'
import { INPUT_FILES } from './input-files.js'
import { INTERVALS } from './intervals.js'
import { JSON_FUNCTIONS } from './json.js'
import { JSON_PATHS } from './json-paths.js'
import { MADE_MAPS } from './made-maps.js'
import { MADE_TIMES } from './made-times.js'
import { MAP_LAMBDAS } from './map-lambdas.js'
import { MAPS } from './maps.js'
import { MATH } from './math.js'
import { MISCELLANEOUS } from './misc.js'
import { NESTED } from './nested.js'
import { NUMBERS } from './number.js'
import { NUMBER_PATTERNS } from './number-patterns.js'
import { PROTOBUF_FUNCTIONS } from './protobuf.js'
import { RANDOM } from './random.js'
import { REGEXPS } from './regexps.js'
import { ROUNDING } from './rounding.js'
import { SPARK_NAMES } from './spark-names.js'
import { STRINGS } from './string.js'
import { TEXTS } from './text.js'
import { TEXT_CODES } from './text-codes.js'
import { TEXT_PARTS } from './text-parts.js'
import { TIME_BUCKETS } from './time-buckets.js'
import { TIME_PATTERNS } from './time-patterns.js'
import { TIME_ZONES } from './time-zones.js'
import { TRUNCATION } from './truncation.js'
import { URLS } from './urls.js'
import { VARIANTS } from './variants.js'
import { VECTORS } from './vectors.js'
import { XML_FUNCTIONS } from './xml.js'
import { XPATHS } from './xpaths.js'

/** The scalar functions by theme, each a file; operators are among them under their signs. */
export const FAMILIES: readonly (readonly [title: string, functions: FunctionTable])[] = [
  ['Comparisons', COMPARISON],
  ['Numbers', { ...ARITHMETIC, ...ROUNDING, ...NUMBERS, ...MATH }],
  ['Bits', BITWISE],
  ['Conditions', CONDITIONAL],
  ['Text', { ...STRINGS, ...TEXTS, ...TEXT_PARTS, ...TEXT_CODES, ...COLLATIONS, ...URLS, ...REGEXPS }],
  ['Digests and encryption', { ...DIGESTS, ...CIPHERS }],
  [
    'Dates and times',
    {
      ...CURRENT_TIME,
      ...DATETIME,
      ...CALENDAR,
      ...TRUNCATION,
      ...EXTRACT,
      ...INTERVALS,
      ...MADE_TIMES,
      ...CLOCK_TIMES,
      ...CLOCK_TEXTS,
      ...TIME_BUCKETS,
      ...EPOCH,
      ...TIME_PATTERNS,
      ...TIME_ZONES,
    },
  ],
  ['Conversions', { ...CONVERSIONS, ...NUMBER_PATTERNS }],
  ['Arrays', { ...ARRAYS, ...ARRAY_ELEMENTS, ...ARRAY_ORDER, ...ARRAY_SETS }],
  ['Vectors', VECTORS],
  ['Maps', { ...MAPS, ...MADE_MAPS }],
  ['Lambdas', { ...HIGHER_ORDER, ...MAP_LAMBDAS }],
  ['Variants', VARIANTS],
  ['JSON, CSV and structs', { ...NESTED, ...JSON_FUNCTIONS, ...JSON_PATHS, ...CSV_FUNCTIONS }],
  ['Avro', AVRO_FUNCTIONS],
  ['Protocol buffers', PROTOBUF_FUNCTIONS],
  ['XML', { ...XML_FUNCTIONS, ...XPATHS }],
  ['Sketches', FREQUENT_ESTIMATES],
  ['By chance, or by the place of a row', RANDOM],
  ['Others', { ...MISCELLANEOUS, ...CURRENT_PLACE, ...INPUT_FILES }],
]

const SCALARS: FunctionTable = Object.assign({}, ...FAMILIES.map(([, functions]) => functions))

/** Functions that stand in FROM alone. */
const TABLES_ONLY: ReadonlySet<string> = new Set(['collations', 'range', 'sql_keywords', ...tableGeneratorNames()])

/** @param path see `UnresolvedCall`. @throws UNRESOLVED_ROUTINE, NOT_A_SCALAR_FUNCTION, UNSUPPORTED_FEATURE */
export function scalarFunction(name: string, origin: Origin | undefined, path?: readonly string[]): FunctionDefinition {
  const isForeign = path?.join('.').toLowerCase() === name
  if (Object.hasOwn(SCALARS, name) && !isForeign) return SCALARS[name]!
  if (TABLES_ONLY.has(name))
    throw new MillraceError('NOT_A_SCALAR_FUNCTION', { functionName: quotedName(name) }, { origin })
  if (SPARK_NAMES.has(name))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the function ${name}` }, { origin })
  const isOther = (known: string): boolean => known !== name && /^[a-z]\w*$/.test(known)
  const words = [...Object.keys(SCALARS), ...Object.keys(AGGREGATES)].filter(isOther)
  const near = closest(name, words, 1)[0]
  throw new MillraceError(
    'UNRESOLVED_ROUTINE',
    {
      routineName: quotedPath(path ?? [name]),
      searchPath: searchPath(),
      suggestion: near === undefined ? '' : ` Did you mean \`${near}\`?`,
    },
    { origin },
  )
}

/** Whether Spark has a function of this name that gives a value. */
export const isFunction = (name: string): boolean =>
  Object.hasOwn(SCALARS, name) || Object.hasOwn(AGGREGATES, name) || SPARK_NAMES.has(name)

/** Whether a name, in lower case, is taken by a function or operator of Spark itself. */
export const isBuiltIn = (name: string): boolean =>
  isFunction(name) || isWindowFunction(name) || TABLES_ONLY.has(name) || generatorCalled(name) !== undefined

/** Whether a function gives something else for each row. */
export const isDrawing = (name: string): boolean => Object.hasOwn(RANDOM, name)

/** Whether a call counts rows: `count(*)`. */
export const countsRows = ({ name, args, distinct }: UnresolvedCall, arg: UnresolvedExpression): boolean =>
  arg.kind === 'star' &&
  args.length === 1 &&
  arg.target.length === 0 &&
  !arg.except &&
  !distinct &&
  isAggregate(name) &&
  AGGREGATES[name]!.countsRows === true

/** How calls of a function are printed, where not as they are written. */
export const printedOf = (name: string): Printed | undefined =>
  (Object.hasOwn(SCALARS, name) ? SCALARS : AGGREGATES)[name]?.printed

export const isAggregate = (name: string): boolean => Object.hasOwn(AGGREGATES, name)

/** The names of all functions there are, in order. */
export const functionNames = (): readonly string[] =>
  [...Object.keys(SCALARS), ...Object.keys(AGGREGATES), ...generatorNames(), ...tableGeneratorNames()].toSorted()

/** How many arguments a function takes, and what is told of it. @throws UNRESOLVED_ROUTINE, UNSUPPORTED_FEATURE */
export const functionDefinition = (name: string): Pick<FunctionDefinition, 'minArgs' | 'maxArgs' | 'help'> =>
  tableGeneratorCalled(name) ?? (isAggregate(name) ? AGGREGATES[name]! : scalarFunction(name, undefined))

/** The names by which the arguments of a function may be given; undefined where none are. Of one that is not built nothing is known. */
export function parametersOf(name: string): FunctionDefinition['parameters'] | 'unknown' {
  const scalarOrAggregate = isAggregate(name)
    ? AGGREGATES[name]
    : Object.hasOwn(SCALARS, name)
      ? SCALARS[name]
      : undefined
  const definition = tableGeneratorCalled(name) ?? scalarOrAggregate
  return definition || isWindowFunction(name) ? definition?.parameters : 'unknown'
}

/** Functions that need a window; aggregates may have one. */
const WINDOW_FUNCTIONS: ReadonlySet<string> = new Set(
  'row_number rank dense_rank percent_rank cume_dist ntile lag lead nth_value'.split(' '),
)
export const isWindowFunction = (name: string): boolean => WINDOW_FUNCTIONS.has(name)
