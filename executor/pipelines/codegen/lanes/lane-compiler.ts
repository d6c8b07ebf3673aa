import type { Expression, Literal } from '../../../../planner/plan/expression/expression.js'
import { canonicalText } from '../../../../planner/plan/expression/same.js'
import type { LeafAddress } from '../../../compiler/batch-access.js'
import type { CompilerContext } from '../../../compiler/expression/context.js'
import { limitConstant, limitOf } from '../../../compiler/expression/range-test.js'
import type { Operand } from '../../../compiler/wasm/types.js'
import { type VectorColumns, vectorWidth } from '../vector-test.js'
import { hourLanes } from './clock.js'
import { laneFunction } from './lane-functions.js'
import type { EmitLanes, Lanes } from './lanes.js'
import { splat, validLanes } from './lanes.js'

/** Compiles expressions over columns of 32 bits to lanes, for one loop of a function: what is equal is computed once. */
export class LaneCompiler {
  /** Where the columns that expressions read tell of NULLs. */
  readonly validities = new Set<Operand>()

  readonly #columns: VectorColumns
  readonly #context: CompilerContext
  readonly #known = new Map<string, EmitLanes | undefined>()
  readonly #isWhole: boolean

  /** @param isWhole whether no column has a NULL in the rows */
  constructor(columns: VectorColumns, context: CompilerContext, isWhole: boolean) {
    this.#columns = columns
    this.#context = context
    this.#isWhole = isWhole
  }

  /** Undefined for what cannot be computed so. */
  lanesOf(e: Expression): EmitLanes | undefined {
    if (vectorWidth(e.type) !== 4) return undefined
    const key = canonicalText(e)
    if (!this.#known.has(key)) this.#known.set(key, once(this.#emitted(e)))
    return this.#known.get(key)
  }

  #emitted(e: Expression): EmitLanes | undefined {
    if (e.kind === 'literal') return literalLanes(e, this.#context)
    if (e.kind === 'call' && e.fn === 'hour') return this.#hour(e.args[0]!)
    if (e.kind === 'call') return laneFunction(e, (arg) => this.lanesOf(arg), this.#context)
    const leaf = this.#leafOf(e)
    return leaf && columnLanes(leaf)
  }

  #hour(time: Expression): EmitLanes | undefined {
    const leaf = vectorWidth(time.type) === 8 ? this.#leafOf(time) : undefined
    return leaf && ((site) => hourLanes(site, leaf))
  }

  #leafOf(e: Expression): LeafAddress | undefined {
    const leaf = e.kind === 'bound' ? this.#columns(e.ordinal)?.leaf : undefined
    if (!leaf?.validity) return leaf
    this.validities.add(leaf.validity)
    return this.#isWhole ? { ...leaf, validity: undefined } : leaf
  }
}

function once(emit: EmitLanes | undefined): EmitLanes | undefined {
  let lanes: Lanes | undefined
  return (
    emit &&
    ((site) => {
      lanes ??= emit(site)
      return lanes
    })
  )
}

function literalLanes(literal: Literal, context: CompilerContext): EmitLanes | undefined {
  const limit = limitOf(literal)
  return limit && (({ f }) => ({ values: splat(f, limitConstant(context, limit, 'i32')), valid: undefined }))
}

const columnLanes =
  (column: LeafAddress): EmitLanes =>
  (site) => {
    const { f, row } = site
    const values = f.get(column.data).get(row).i32(2).op('i32.shl').op('i32.add').load('v128.load').setNew('v128')
    return { values, valid: validLanes(site, column) }
  }
