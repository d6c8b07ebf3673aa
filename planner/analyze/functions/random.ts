import { array, BIGINT, type DataType, DOUBLE, INT, quotedTypeName, STRING } from '../../../columnar/types.js'
import { anySeed } from '../../../common/any-seed.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call, cast, literal, routineCall } from '../../plan/expression/build.js'
import type { Call, Expression } from '../../plan/expression/expression.js'
import { isFoldable } from '../../plan/expression/foldable.js'
import { constantInteger, type WholeType } from '../constants/constant-integer.js'
import { type AnalysisSession, analysisSession } from '../session.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { isIntegral, isNumeric } from '../types/common-types.js'
import { arrayOf } from './array-operands.js'
import {
  between,
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'

/** What the rows of a task get in turn from a kernel, which keeps a state at its first argument (`executor/kernels/interface/draw.ts`). */
const drawn = (kernel: string, type: DataType, seed: bigint, site: CallSite, length?: Expression): Call => {
  const args = [literal(BIGINT, seed), ...(length ? [length] : [])]
  return routineCall({ by: 'draw', name: kernel, label: site.name }, type, args, site.origin)
}

const seedsOf = new WeakMap<AnalysisSession, Map<Origin, bigint>>()

/** A seed for a call that tells none: the same wherever a query meets the call, as in a CTE that is read twice, and another one in the next query. */
function seedAt({ origin }: CallSite): bigint {
  if (!origin) return anySeed()
  const session = analysisSession()
  const seeds = seedsOf.get(session) ?? new Map<Origin, bigint>()
  seedsOf.set(session, seeds)
  const seed = seeds.get(origin) ?? anySeed()
  seeds.set(origin, seed)
  return seed
}

const SEED_TYPES = '("INT" or "BIGINT")'

/** The seed that is told as an argument; any other one where it is not, and 0 for NULL. */
function seedOf(
  seed: Expression | undefined,
  position: number,
  site: CallSite,
  unfoldable: (e: Expression) => MillraceError,
): bigint {
  if (seed === undefined) return seedAt(site)
  const { kind } = seed.type
  if (kind !== 'int' && kind !== 'bigint' && kind !== 'void') throw unexpectedType(seed, SEED_TYPES, position, site)
  if (!isFoldable(seed)) throw unfoldable(seed)
  return constantInteger(seed, BIGINT as WholeType, site.origin) ?? 0n
}

const number = (kernel: string): FunctionDefinition =>
  between(0, 1, ([seed], site) => {
    const unfoldable = (): MillraceError => {
      const parameters = { seedExpr: site.argumentSql?.(0) ?? '', exprWithSeed: site.sql }
      return new MillraceError('SEED_EXPRESSION_IS_UNFOLDABLE', parameters, { origin: site.origin })
    }
    return drawn(kernel, DOUBLE, seedOf(seed, 0, site, unfoldable), site)
  })

function notConstant(inputName: string, inputType: string, position: number, site: CallSite): MillraceError {
  const inputExpr = site.argumentSql?.(position) ?? ''
  const parameters = { inputName: quotedName(inputName), inputType, inputExpr, sqlExpr: site.sql }
  return new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
}

const WHOLE_ORDER = ['tinyint', 'smallint', 'int', 'bigint']

/** The type of numbers between two bounds. */
function rangeType(a: DataType, b: DataType): DataType {
  if (a.kind === 'void' || b.kind === 'void') return DOUBLE
  const [isA, isB] = [isIntegral(a), isIntegral(b)]
  if (isA && isB) return WHOLE_ORDER.indexOf(a.kind) >= WHOLE_ORDER.indexOf(b.kind) ? a : b
  const floating = ['double', 'float'].flatMap((kind) => [a, b].filter((type) => type.kind === kind))[0]
  if (floating) return floating
  if (a.kind !== 'decimal' || b.kind !== 'decimal') return isA ? b : a
  const isWider = a.precision - a.scale >= b.precision - b.scale && a.scale >= b.scale
  return isWider ? a : b
}

const uniform: FunctionDefinition = between(2, 3, (args, site) => {
  const [low, high, seed] = args
  for (const [i, bound] of [low!, high!].entries()) {
    if (!isNumeric(bound.type) && bound.type.kind !== 'void') throw unexpectedType(bound, '"NUMERIC"', i, site)
  }
  const names = ['min', 'max', 'seed']
  const type = rangeType(low!.type, high!.type)
  const refuse = (i: number): MillraceError => notConstant(names[i]!, 'integer or floating-point', i, site)
  const start = seedOf(seed, 2, site, () => refuse(2))
  for (const [i, bound] of [low!, high!].entries()) if (!isFoldable(bound)) throw refuse(i)
  if (low!.type.kind === 'void' || high!.type.kind === 'void') return literal(type, null, site.origin)
  const options = { origin: site.origin }
  const [from, to] = [castTo(low!, DOUBLE), castTo(high!, DOUBLE)]
  const width = call('subtract', DOUBLE, [to, from], options)
  const part = call('multiply', DOUBLE, [width, drawn('drawDouble', DOUBLE, start, site)], options)
  const value = call('add', DOUBLE, [from, part], options)
  return type.kind === 'double' ? value : cast(value, type, 'ansi', site.origin)
})

const text: FunctionDefinition = between(1, 2, ([length, seed], site) => {
  const { type } = length!
  const isNumber = isNumeric(type) || type.kind === 'string' || type.kind === 'void'
  if (!isNumber) throw unexpectedType(length!, quotedTypeName(INT), 0, site)
  const start = seedOf(seed, 1, site, () => notConstant('seed', 'integer', 1, site))
  if (!isFoldable(length!)) throw notConstant('length', 'integer', 0, site)
  const size = Number(constantInteger(length!, INT as WholeType, site.origin) ?? 0n)
  if (size >= 0) return drawn('drawText', STRING, start, site, literal(INT, size))
  const parameters = { parameter: '`length`', functionName: quotedName(site.name), length: String(size) }
  throw new MillraceError('INVALID_PARAMETER_VALUE.LENGTH', parameters, { origin: site.origin })
})

/** The seed of an order, which is a literal. @throws INVALID_PARAMETER_VALUE.LONG */
function seedOfOrder(seed: Expression | undefined, site: CallSite): bigint {
  if (!seed || seed.type.kind === 'void') return seedAt(site)
  if (seed.kind === 'literal' && isIntegral(seed.type)) return BigInt(seed.value as number | bigint)
  const parameters = { functionName: '`shuffle`', parameter: '`seed`', invalidValue: site.argumentSql?.(1) ?? '' }
  throw new MillraceError('INVALID_PARAMETER_VALUE.LONG', parameters, { origin: site.origin })
}

const shuffle: FunctionDefinition = between(1, 2, (args, site) => {
  const type = arrayOf(args, 0, site)
  const size = call('coalesce', INT, [call('size', INT, [args[0]!]), literal(INT, 0)])
  const order = drawn('drawOrder', array(INT, false), seedOfOrder(args[1], site), site, size)
  return kernelCall('packedInOrder', type, [castTo(args[0]!, type), order], site, { types: [0] })
})

/** Without a seed, as what is drawn depends on the row alone. */
const ofRow = (kernel: string, type: DataType): FunctionDefinition =>
  exactly(0, (_, site) => drawn(kernel, type, 0n, site))

const RAND = helped(
  '([seed])',
  'Numbers drawn evenly from 0 up to 1, one for each row; those of a seed are the same each time for the same rows of a task. They are drawn for all rows, also for those for which a CASE needs none.',
  [['rand(0)', '0.7604953758285915']],
  number('drawDouble'),
)

export const RANDOM: FunctionTable = {
  monotonically_increasing_id: helped(
    '()',
    'Numbers that grow from row to row and differ in all tasks.',
    [['monotonically_increasing_id()', '0']],
    ofRow('drawRow', BIGINT),
    { collations: 'values' },
  ),
  rand: RAND,
  random: { ...RAND, printed: { as: 'rand' } },
  randn: helped(
    '([seed])',
    'Numbers drawn by the standard normal distribution.',
    [['randn(0)', '1.6034991609278433']],
    number('drawGaussian'),
  ),
  randstr: helped(
    '(length[, seed])',
    'Texts of so many digits and letters, drawn by chance.',
    [['randstr(5, 0)', 'ceV0P']],
    text,
  ),
  shuffle: helped(
    '(array[, seed])',
    'The elements in an order drawn by chance for each row.',
    [['shuffle(array(1, 20, 3, 5), 42)', '[5, 3, 20, 1]']],
    shuffle,
    { collations: 'values', printed: { shown: 1 } },
  ),
  spark_partition_id: helped(
    '()',
    'The number of the task that has the row, from 0.',
    [['spark_partition_id()', '0']],
    ofRow('drawTask', INT),
    { printed: { as: 'SPARK_PARTITION_ID' } },
  ),
  uniform: helped(
    '(low, high[, seed])',
    'Numbers drawn evenly between two bounds, of their type.',
    [['uniform(10, 20, 0)', '17']],
    uniform,
  ),
  uuid: helped(
    '()',
    'A UUID drawn by chance for each row.',
    [['length(uuid())', '36']],
    exactly(0, (_, site) => drawn('drawUuid', STRING, seedAt(site), site)),
  ),
}
