import { plainRecordOf } from '../../columnar/records/records.js'
import type { DataType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { BatchColumn } from '../../connectors/api.js'
import type { UserAggregator, UserCallee } from '../../planner/plan/expression/user-function.js'
import { Area } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { finishing, shortening } from './aggregator.js'
import { type ArgumentColumn, type BatchLoop, batchLoop, type ResultColumn } from './batch-loop.js'
import { type ArrayKind, columnCode, isBytes } from './column-code.js'
import { failed, invalidResult, type Signature } from './failure.js'
import { givingRows } from './given-rows.js'
import { type LoadedFunction, loadAggregator, loadFunction } from './load-function.js'
import { bytesColumn, textColumn, writeBytes, writeTexts } from './texts.js'

/** A call as the operator knows it: everything but which columns it gets. */
export interface UserCall {
  readonly user: UserCallee
  readonly label: string
  readonly arguments: readonly DataType[]
  readonly result: DataType
}

/** A call with the function that it calls. */
export interface ReadyCall extends UserCall {
  readonly fn: LoadedFunction
}

export async function readyCall(call: UserCall): Promise<ReadyCall> {
  return { ...call, fn: await calledFunction(call) }
}

async function calledFunction({ user }: UserCall): Promise<LoadedFunction> {
  switch (user.form) {
    case 'shortened':
      return shortening(await loadAggregator(user), user.takes)
    case 'finished':
      return finishing(await loadAggregator(user), user.takes)
    case 'rows':
      return givingRows(await loadFunction(user))
    case 'vectors':
    case undefined:
      return loadFunction(user)
  }
}

const loops = new WeakMap<LoadedFunction, Map<string, BatchLoop>>()

/** The loop of a call, which calls of the same function with the same types share. */
function loopOf({ fn, arguments: args, result }: ReadyCall): BatchLoop {
  const known = loops.get(fn) ?? new Map<string, BatchLoop>()
  loops.set(fn, known)
  const key = [...args, result].map(({ kind }) => kind).join()
  const loop = known.get(key) ?? batchLoop(fn, args, result)
  known.set(key, loop)
  return loop
}

const isOfLists = (user: UserCallee): user is UserAggregator => user.form === 'shortened' || user.form === 'finished'

export function signatureOf({ user, label: name, arguments: args, result }: UserCall): Signature {
  if (!isOfLists(user)) return { name, arguments: args, result }
  return { name, arguments: user.takes, result: user.returns }
}

/** Runs what calls a function of the user. @throws FAILED_EXECUTE_UDF for what it throws */
export function calling<T>(call: UserCall, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw MillraceError.is(error) ? error : failed(signatureOf(call), error)
  }
}

const ARRAYS = {
  Int8Array,
  Int16Array,
  Int32Array,
  BigInt64Array,
  Float32Array,
  Float64Array,
  Uint8Array,
} as const satisfies Record<ArrayKind, unknown>

/** Where the results of a call lie, from batch to batch. */
export class ResultAreas {
  readonly data: Area
  readonly validity: Area
  readonly bytes: Area

  constructor(memory: LinearMemory) {
    this.data = new Area(memory)
    this.validity = new Area(memory)
    this.bytes = new Area(memory)
  }

  release(): void {
    for (const area of [this.data, this.validity, this.bytes]) area.release()
  }
}

/** The results of a call for the rows of a batch, whose values lie in linear memory. @throws FAILED_EXECUTE_UDF, INVALID_UDF_RESULT */
export function evaluateDirectly(
  memory: LinearMemory,
  call: ReadyCall,
  columns: readonly BatchColumn[],
  rows: number,
  areas: ResultAreas,
): BatchColumn {
  const { result } = call
  const code = columnCode(result)
  // All memory is there before arrays are made over it, which do not outlive that it grows.
  const data = areas.data.atLeast(rows * 8)
  const validity = areas.validity.atLeast(rows)
  const { buffer } = memory.linear
  const given = new Uint8Array(buffer, validity, rows).fill(1)
  const bytes: (string | Uint8Array)[] = []
  const values = code ? new ARRAYS[code.array](buffer, data, rows) : bytes
  const args = call.arguments.map((type, i) => argumentColumn(memory, call, type, columns[i]!, rows))
  const out: ResultColumn = { values, validity: given }
  const otherwise = (value: unknown): unknown => storedResult(call, value)
  const hasNulls = calling(call, () => loopOf(call)(rows, args, out, otherwise))
  if (!code) {
    bytes.length = rows
    if (result.kind === 'binary') writeBytes(memory, bytes as Uint8Array[], areas.bytes, data)
    else writeTexts(memory, bytes as string[], areas.bytes, data)
  }
  return { data, validity: hasNulls ? validity : 0 }
}

function argumentColumn(
  memory: LinearMemory,
  { user }: ReadyCall,
  type: DataType,
  column: BatchColumn,
  rows: number,
): ArgumentColumn {
  const { buffer } = memory.linear
  const validity = column.validity === 0 ? undefined : new Uint8Array(buffer, column.validity, rows)
  const code = columnCode(type)
  if (code) return { values: new ARRAYS[code.array](buffer, column.data, rows), validity }
  // Functions of the user may keep what they get; lists are read by our own code.
  const values =
    type.kind === 'binary' ? bytesColumn(memory, column, rows, isOfLists(user)) : textColumn(memory, column, rows)
  return { values, validity }
}

/** What is stored of a value that is of the type in another form, as an int given as a bigint. @throws INVALID_UDF_RESULT */
function storedResult(call: ReadyCall, value: unknown): unknown {
  const { result } = call
  const encoded = isBytes(result) ? undefined : plainRecordOf(result as never).encodeUser(value, result as never)
  if (encoded === undefined) throw invalidResult(signatureOf(call), value)
  return result.kind === 'bigint' ? encoded : Number(encoded)
}
