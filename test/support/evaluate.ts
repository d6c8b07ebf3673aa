import { leafCount } from '../../columnar/leaves.js'
import type { DataType } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import type { Memory } from '../../connectors/api.js'
import { type LeafAddress, loadColumn, storeColumn } from '../../executor/compiler/batch-access.js'
import { compileExpression } from '../../executor/compiler/expression/compile.js'
import { compileCondition } from '../../executor/compiler/expression/condition.js'
import { CompilerContext } from '../../executor/compiler/expression/context.js'
import { rowSource } from '../../executor/compiler/expression/row-source.js'
import { Scope } from '../../executor/compiler/expression/scope.js'
import { finishProgram, instantiateProgram } from '../../executor/compiler/program.js'
import type { FunctionBuilder } from '../../executor/compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../executor/compiler/wasm/types.js'
import { hostCalls } from '../../executor/kernels/host-calls.js'
import type { Kernels } from '../../executor/kernels/interface/generated.js'
import { instantiateKernels, kernelsModule } from '../../executor/kernels/load-kernels.js'
import { originsIn } from '../../executor/pipelines/codegen/fingerprint.js'
import type { Expression } from '../../planner/plan/expression/expression.js'
import { type Cell, readCell, writeCell } from './cells.js'

/** A column of input: its type, whether it has a validity buffer, and a value a row (as the plan's literals; structs as arrays). */
export interface InputColumn {
  readonly type: DataType
  readonly nullable: boolean
  readonly values: readonly Cell[]
}

const linear = new WebAssembly.Memory({ initial: 16, maximum: 65536 })
/** How often modules that count (work-counted.ts) came to the beginning of a function or of a loop. */
export const counted = { steps: 0 }
const counting = {
  log_execution: () => {
    counted.steps++
  },
}

const kernels = instantiateKernels(kernelsModule(), linear, {
  abort: () => {
    throw new Error('a kernel aborted')
  },
  moreMemory: () => 0,
  ...hostCalls(
    () => new DataView(linear.buffer),
    (bytes) => memory.allocate(bytes),
  ),
  ...counting,
})

export const memory: Memory = {
  share: 1 << 28,
  count: () => ({ bytes: 0, hold: () => {} }),
  get bytes() {
    return new Uint8Array(linear.buffer)
  },
  get view() {
    return new DataView(linear.buffer)
  },
  allocate: (bytes) => kernels.allocate(bytes) >>> 0,
  reallocate: (address, bytes) => kernels.reallocate(address, bytes) >>> 0,
  release: (address) => kernels.release(address),
}
export { kernels, linear }

/** A value, or the condition it raised. */
export type Outcome = { readonly value: Cell } | { readonly error: MillraceError }

/** Evaluates one expression in every row with generated code, row by row, so that an error in one does not hide the others. */
export function evaluate(
  expression: Expression,
  columns: readonly InputColumn[],
  rows: number,
  extensions: Extensions = {},
): readonly Outcome[] {
  const emit: EmitRow = (scope, f, output, row) => storeColumn(f, compileExpression(expression, scope), output, row)
  return withProgram(columns, rows, expression.type, emit, { ...extensions, origins: originsIn(expression) })
}

/** Kernels in place of those of the module, and what the compiler is given from outside. */
export interface Extensions {
  /** The places in the text that errors may be at. */
  readonly origins?: readonly Origin[]
  readonly kernels?: Partial<Kernels>
  /** Makes other code of the bytes of the module: code that counts. */
  readonly rewritten?: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>
}

/** Which rows pass a filter. */
export function evaluateCondition(condition: Expression, columns: readonly InputColumn[], rows: number) {
  const boolean: DataType = { kind: 'boolean' }
  return withProgram(columns, rows, boolean, (scope, f, output, row) => {
    const push = (value: number) => {
      f.get(output[0]!.data).get(row).op('i32.add').i32(value).store('i32.store8')
      f.get(output[0]!.validity!).get(row).op('i32.add').i32(1).store('i32.store8')
    }
    push(0)
    f.block((skip) => {
      compileCondition(condition, scope, skip)
      push(1)
    })
  })
}

type EmitRow = (scope: Scope, f: FunctionBuilder, output: readonly LeafAddress[], row: Local) => void

/** The generated function: (table of leaf addresses, from, to) → status. */
export function buildProgram(
  columns: readonly { type: DataType; nullable: boolean }[],
  output: DataType,
  emit: EmitRow,
  { origins = [], rewritten }: Extensions = {},
) {
  const context = new CompilerContext(origins, compileExpression)
  const f = context.module.function(['i32', 'i32', 'i32'], ['i32'], 'run')
  const [table, row, end] = f.parameters as readonly [Local, Local, Local]
  let at = 0
  const addressLeaves = (type: DataType, nullable: boolean): LeafAddress[] =>
    Array.from({ length: leafCount(type) }, (_, index) => {
      f.get(table)
        .load('i32.load', at)
        .get(table)
        .load('i32.load', at + 4)
      const validity = f.setNew('i32')
      const data = f.setNew('i32')
      at += 8
      return { data, validity: nullable || index > 0 ? validity : undefined }
    })
  const inputs = columns.map(({ type, nullable }) => addressLeaves(type, nullable))
  const outputs = addressLeaves(output, true)
  f.block((done) => {
    f.loop((next) => {
      f.get(row).get(end).op('i32.ge_u').brIf(done)
      const load = (ordinal: number, inner: Scope, at: Operand) =>
        loadColumn(inner.f, columns[ordinal]!.type, inputs[ordinal]!, at)
      const scope = new Scope(context, f, rowSource(row, load, 4))
      emit(scope, f, outputs, row)
      f.get(row).i32(1).op('i32.add').set(row).br(next)
    })
  })
  f.i32(0)
  const program = finishProgram(context)
  return rewritten ? { ...program, module: new WebAssembly.Module(rewritten(context.module.toBytes())) } : program
}

function withProgram(
  columns: readonly InputColumn[],
  rows: number,
  type: DataType,
  emit: EmitRow,
  extensions: Extensions = {},
): readonly Outcome[] {
  const program = buildProgram(columns, type, emit, extensions)
  const allocated: number[] = []
  const allocate = (bytes: number) => {
    const address = memory.allocate(Math.max(bytes, 16))
    allocated.push(address)
    memory.bytes.fill(0, address, address + bytes)
    return address
  }
  const leavesFor = (leaves: number) =>
    Array.from({ length: leaves }, () => ({ data: allocate(rows * 16 + 16), validity: allocate(rows + 16) }))
  const inputs = columns.map((column) => leavesFor(leafCount(column.type)))
  const output = leavesFor(leafCount(type))
  columns.forEach((column, i) => {
    for (let row = 0; row < rows; row++) writeCell(memory, allocate, column.type, inputs[i]!, row, column.values[row]!)
  })
  const leaves = [...inputs.flat(), ...output]
  const table = allocate(leaves.length * 8)
  leaves.forEach(({ data, validity }, i) => {
    memory.view.setUint32(table + i * 8, data, true)
    memory.view.setUint32(table + i * 8 + 4, validity, true)
  })
  const instance = instantiateProgram(
    program,
    memory,
    linear,
    { ...kernels, ...extensions.kernels, ...counting },
    { flushBlock: () => {}, findRow: () => {}, returnRows: () => {} },
    [],
    () => extensions.origins ?? [],
  )
  const run = instance.exports['run'] as (table: number, from: number, to: number) => number
  const outcomes = Array.from({ length: rows }, (_, row): Outcome => {
    const status = run(table, row, row + 1)
    if (status !== 0) return { error: instance.error(status) }
    const value = readCell(memory, type, output, row)
    kernels.arenaReset()
    return { value }
  })
  instance.release()
  for (const address of allocated) memory.release(address)
  return outcomes
}

export const isError = (outcome: Outcome): outcome is { readonly error: MillraceError } => 'error' in outcome
