import { type Leaf, leafCount, leavesOf } from '../../../columnar/leaves.js'
import type { Schema } from '../../../columnar/types.js'
import type { Expression } from '../../../planner/plan/expression/expression.js'
import type { Partitioning } from '../../../planner/plan/physical/partitioning.js'
import { partitionCount } from '../../../planner/plan/physical/partitioning.js'
import { storeColumn } from '../../compiler/batch-access.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { inFunctions } from '../../compiler/expression/outline.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { ScalarValue, Value } from '../../compiler/expression/value.js'
import { inPieces } from '../../compiler/expression/weight.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import { i32Constant, type Local, type Operand } from '../../compiler/wasm/types.js'
import {
  BUILDER_HEADER_BYTES,
  BUILDER_LIMIT,
  BUILDER_ROWS,
  LEAF_BYTES,
  LEAF_DATA,
  LEAF_VALIDITY,
} from '../../kernels/interface/block-builder.js'
import { builderBytes } from '../../memory/block-builder.js'
import { type Consumer, pushSlot } from './consumer.js'
import { KeyLayout } from './key-layout.js'

/** How much code it is to append a value (see `weightOf`). */
const APPENDING_WEIGHT = 6

/** Appends rows to the builders of blocks at the address in a slot, one for each partition. */
export class OutputSink implements Consumer {
  readonly #context: CompilerContext
  readonly #leaves: readonly Leaf[]
  /** The position of the first leaf of each column. */
  readonly #firstLeaves: readonly number[]
  readonly #slot: number
  readonly #partitioning: Partitioning
  readonly #rowsSlot: number
  #single: Local | undefined
  #rows: Local | undefined

  /** @param slot where in the data area the address of the first builder is; `rowsSlot` where rows are counted (u64) */
  constructor(context: CompilerContext, schema: Schema, partitioning: Partitioning, slot: number, rowsSlot: number) {
    this.#context = context
    this.#leaves = leavesOf(schema)
    let next = 0
    this.#firstLeaves = schema.fields.map(({ type }) => {
      next += leafCount(type)
      return next - leafCount(type)
    })
    this.#partitioning = partitioning
    this.#slot = slot
    this.#rowsSlot = rowsSlot
  }

  begin(f: FunctionBuilder): void {
    this.#single = pushSlot(this.#context, f, this.#slot).setNew('i32')
    this.#rows = f.get(this.#context.constantsBase).load('i64.load', this.#rowsSlot).setNew('i64')
  }

  end(f: FunctionBuilder): void {
    f.get(this.#context.constantsBase).get(this.#rows!).store('i64.store', this.#rowsSlot)
  }

  row(scope: Scope): void {
    const { f } = scope
    const builder = this.#builderOf(scope)
    const row = f.get(builder).load('i32.load', BUILDER_ROWS).setNew('i32')
    const columns = inPieces([...this.#firstLeaves.keys()], (i) => scope.weight(i) + APPENDING_WEIGHT)
    scope.computeShared(columns)
    inFunctions(scope, columns, (inner, carry, piece) => {
      const values = piece.map((i) => inner.column(i))
      const [ownBuilder, ownRow] = [carry(builder), carry(row)]
      piece.forEach((i, at) => {
        this.#append(inner.f, ownBuilder, ownRow, this.#firstLeaves[i]!, values[at]!)
      })
    })
    f.get(this.#rows!).i64(1n).op('i64.add').set(this.#rows!)
    f.get(row).i32(1).op('i32.add').set(row)
    f.get(builder).get(row).store('i32.store', BUILDER_ROWS)
    f.get(row).get(builder).load('i32.load', BUILDER_LIMIT).op('i32.ge_u')
    f.if(() => f.get(builder).call(this.#context.hostFunction('flushBlock')))
  }

  #builderOf(scope: Scope): Local {
    if (partitionCount(this.#partitioning) === 1) return this.#single!
    const { f } = scope
    this.#pushPartition(scope)
    f.i32(builderBytes(this.#leaves)).op('i32.mul').get(this.#single!).op('i32.add')
    return f.setNew('i32')
  }

  #pushPartition(scope: Scope): void {
    const { f } = scope
    const partitioning = this.#partitioning
    switch (partitioning.kind) {
      case 'single':
        f.i32(0)
        return
      case 'hash': {
        const { keys, partitions } = partitioning
        const hash = hashOf(this.#context, scope, keys)
        f.get(hash).i64(32n).op('i64.shr_u').i64(BigInt(partitions)).op('i64.mul').i64(32n).op('i64.shr_u')
        f.op('i32.wrap_i64')
        return
      }
      case 'bucket':
      case 'range':
      case 'inTurn':
      case 'byTask':
        f.get((scope.column(this.#firstLeaves.length) as ScalarValue).value)
    }
  }

  #append(f: FunctionBuilder, builder: Operand, row: Operand, index: number, value: Value): void {
    const leaf = this.#leaves[index]!
    const at = BUILDER_HEADER_BYTES + index * LEAF_BYTES
    if (leaf.nullable) {
      f.get(builder)
        .load('i32.load', at + LEAF_VALIDITY)
        .get(row)
        .op('i32.add')
      f.get(value.isNull ?? i32Constant(0))
        .op('i32.eqz')
        .store('i32.store8')
    }
    switch (value.kind) {
      case 'struct': {
        let next = index + 1
        for (const x of value.fields) {
          this.#append(f, builder, row, next, x)
          next += leafCount(x.type)
        }
        return
      }
      case 'bytes':
        f.get(builder).i32(at).op('i32.add').get(row).get(value.address).get(value.length)
        if (value.isNull) f.i32(0).get(value.isNull).op('i32.eqz').select()
        f.call(this.#context.kernel('appendBytes'))
        return
      default: {
        if (leaf.storage.kind === 'none') return
        f.get(builder).load('i32.load', at + LEAF_DATA)
        const data: Operand = f.setNew('i32')
        storeColumn(f, value, [{ data, validity: undefined }], row)
      }
    }
  }
}

/** The hash of expressions for the current row: by value, whatever may be NULL. */
function hashOf(context: CompilerContext, scope: Scope, keys: readonly Expression[]): Local {
  const layout = new KeyLayout(
    context,
    keys.map(({ type }) => ({ type, nullable: true })),
    0,
  )
  const values = keys.map((key) => compileExpression(key, scope))
  return layout.hash(scope.f, layout.prepare(scope.f, values))
}
