import { shapeOf } from '../../../columnar/shape.js'
import type { DataType } from '../../../columnar/types.js'
import type { Expression } from '../../../planner/plan/expression/expression.js'
import type { LeafAddress } from '../../compiler/batch-access.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { limitConstant, limitOf } from '../../compiler/expression/range-test.js'
import type { OfLiterals } from '../../compiler/late-literals.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Op } from '../../compiler/wasm/opcodes.js'
import type { Constant, Operand } from '../../compiler/wasm/types.js'

/** The columns of a batch as they lie in memory, by ordinal; undefined for one that is computed. */
export type VectorColumns = (ordinal: number) => { readonly type: DataType; readonly leaf: LeafAddress } | undefined

/** Pushes a mask of four lanes, all ones for each of the four rows from `row` on that passes. */
export type EmitMask = (f: FunctionBuilder, row: Operand) => void

/** How many rows a vector test decides at a time. */
export const VECTOR_ROWS = 4

const COMPARISONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const
type Comparison = (typeof COMPARISONS)[number]

const LEAST = -(1n << 63n)
const GREATEST = (1n << 63n) - 1n

type Side =
  | { readonly kind: 'column'; readonly leaf: LeafAddress }
  | { readonly kind: 'constant'; readonly value: Constant }

/** The test of conjuncts that all compare integer columns of one width with each other or with constants; undefined for any other. */
export function vectorTest(
  conjuncts: readonly Expression[],
  columns: VectorColumns,
  context: CompilerContext,
): EmitMask | undefined {
  const tests = conjuncts.map((conjunct) => comparisonTest(conjunct, columns, context))
  if (!tests.every((test) => test !== undefined)) return undefined
  return (f, row) =>
    tests.forEach((test, i) => {
      test(f, row)
      if (i > 0) f.op('v128.and')
    })
}

/** Values of one column, both bounds included, as they follow from literals. */
export interface ColumnRange {
  readonly column: number
  readonly least: OfLiterals<bigint>
  readonly greatest: OfLiterals<bigint>
}

/** Functions of nothing but their arguments, since compiled code keeps them. */
const least: OfLiterals<bigint> = () => LEAST
const greatest: OfLiterals<bigint> = () => GREATEST
const larger =
  (a: OfLiterals<bigint>, b: OfLiterals<bigint>): OfLiterals<bigint> =>
  (read) =>
    a(read) > b(read) ? a(read) : b(read)
const smaller =
  (a: OfLiterals<bigint>, b: OfLiterals<bigint>): OfLiterals<bigint> =>
  (read) =>
    a(read) < b(read) ? a(read) : b(read)

/** The values that pass conjuncts which all compare one and the same integer column with constants; undefined for any other. */
export function rangeTest(
  conjuncts: readonly Expression[],
  columnOf: (ordinal: number) => number | undefined,
): ColumnRange | undefined {
  let range: ColumnRange | undefined
  for (const conjunct of conjuncts) {
    const own = comparisonRange(conjunct, columnOf)
    if (!own || (range && range.column !== own.column)) return undefined
    range = range
      ? { ...own, least: larger(range.least, own.least), greatest: smaller(range.greatest, own.greatest) }
      : own
  }
  return range
}

function comparisonRange(
  conjunct: Expression,
  columnOf: (ordinal: number) => number | undefined,
): ColumnRange | undefined {
  if (conjunct.kind !== 'call' || conjunct.args.length !== 2) return undefined
  const isMirrored = conjunct.args[0]!.kind === 'literal'
  const [a, b] = isMirrored ? [conjunct.args[1]!, conjunct.args[0]!] : [conjunct.args[0]!, conjunct.args[1]!]
  if (a.kind !== 'bound' || b.kind !== 'literal' || vectorWidth(a.type) === undefined) return undefined
  const column = columnOf(a.ordinal)
  const mirrored: Partial<Record<string, Comparison>> = { lt: 'gt', le: 'ge', gt: 'lt', ge: 'le' }
  const fn = isMirrored ? (mirrored[conjunct.fn] ?? conjunct.fn) : conjunct.fn
  const limit = limitOf(b, fn === 'lt' ? -1n : fn === 'gt' ? 1n : 0n)?.of
  if (column === undefined || limit === undefined) return undefined
  switch (fn) {
    case 'eq':
      return { column, least: limit, greatest: limit }
    case 'lt':
    case 'le':
      return { column, least, greatest: limit }
    case 'gt':
    case 'ge':
      return { column, least: limit, greatest }
    default:
      return undefined
  }
}

function comparisonTest(conjunct: Expression, columns: VectorColumns, context: CompilerContext): EmitMask | undefined {
  if (conjunct.kind !== 'call') return undefined
  const comparison = COMPARISONS.find((fn) => fn === conjunct.fn)
  const width = comparison && vectorWidth(conjunct.args[0]!.type)
  if (comparison === undefined || width === undefined) return undefined
  const sides = conjunct.args.map((arg) => sideOf(arg, columns, context))
  const [a, b] = sides
  if (!a || !b) return undefined
  return (f, row) => {
    if (width === 4) {
      pushLanes(f, a, 4, row, 0)
      pushLanes(f, b, 4, row, 0)
      f.op(comparisonOp('i32x4', comparison))
    } else {
      for (const first of [0, 2]) {
        pushLanes(f, a, 8, row, first)
        pushLanes(f, b, 8, row, first)
        f.op(comparisonOp('i64x2', comparison))
      }
      f.shuffle(LOW_HALVES)
    }
    for (const side of [a, b])
      if (side.kind === 'column' && side.leaf.validity) pushAndValid(f, side.leaf.validity, row)
  }
}

/** The low four bytes of each lane of two vectors of 64-bit masks. */
const LOW_HALVES = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]

const comparisonOp = (lanes: 'i32x4' | 'i64x2', comparison: Comparison): Op =>
  comparison === 'eq' || comparison === 'ne' ? `${lanes}.${comparison}` : `${lanes}.${comparison}_s`

export function vectorWidth(type: DataType): 4 | 8 | undefined {
  // Smaller integers lie in fewer bytes than the values they are computed with.
  if (type.kind === 'boolean' || type.kind === 'tinyint' || type.kind === 'smallint' || type.kind === 'void')
    return undefined
  const shape = shapeOf(type)
  return shape === 'i32' ? 4 : shape === 'i64' ? 8 : undefined
}

function sideOf(expression: Expression, columns: VectorColumns, context: CompilerContext): Side | undefined {
  if (expression.kind === 'bound') {
    const column = columns(expression.ordinal)
    return column && { kind: 'column', leaf: column.leaf }
  }
  if (expression.kind !== 'literal') return undefined
  const limit = limitOf(expression)
  return limit && { kind: 'constant', value: limitConstant(context, limit, shapeOf(expression.type) as 'i32' | 'i64') }
}

function pushLanes(f: FunctionBuilder, side: Side, width: 4 | 8, row: Operand, first: number): void {
  if (side.kind === 'constant') {
    f.get(f.atEntry('v128', () => f.get(side.value).op(width === 4 ? 'i32x4.splat' : 'i64x2.splat')))
    return
  }
  f.get(side.leaf.data)
    .get(row)
    .i32(width === 4 ? 2 : 3)
    .op('i32.shl')
    .op('i32.add')
    .load('v128.load', first * width)
}

/** Four bytes of 1 for a value and 0 for NULL, as a mask that the one on the stack is restricted to. */
function pushAndValid(f: FunctionBuilder, validity: Operand, row: Operand): void {
  f.get(validity).get(row).op('i32.add').load('v128.load32_zero')
  f.op('i16x8.extend_low_i8x16_u').op('i32x4.extend_low_i16x8_u').op('i32x4.neg').op('v128.and')
}
