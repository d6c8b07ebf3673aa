import type { SortOrder, WindowCall, WindowFrame } from '../../../../planner/plan/expression/expression.js'
import { canonicalText } from '../../../../planner/plan/expression/same.js'
import type { PhysicalWindow } from '../../../../planner/plan/physical/window.js'
import type { CompilerContext } from '../../../compiler/expression/context.js'
import { inPieces, weightInLine } from '../../../compiler/expression/weight.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { FunctionReference, Local } from '../../../compiler/wasm/types.js'
import { TABLE_STRING_STORE } from '../../../kernels/interface/table.js'
import { FrameBounds } from './frame-bounds.js'
import { forEach, MEMBER_BYTES, type PartitionSite, type WindowCode } from './partition-site.js'
import { usesFrame } from './result-kind.js'
import { codeOf } from './window-code.js'
import type { WindowRows } from './window-rows.js'

/** How much code a function over a window is, its arguments not counted (see `weightOf`). */
const CALL_WEIGHT = 60

/** Functions that are computed in one go over the rows of a partition; those over frames have the same one. */
interface Pass {
  readonly frame: WindowFrame | undefined
  readonly calls: readonly WindowCall[]
}

/**
 * Emits the function of a window: (first, end) → status. It computes the results of the rows with the numbers from `first` up to `end`, which are
 * whole partitions: for each one after the other it calls a function for each frame.
 */
export function emitPartitions(
  context: CompilerContext,
  plan: PhysicalWindow,
  table: number,
  rows: WindowRows,
  name: string,
): void {
  const passes = passesOf(plan.calls).map((pass) => emitPass(context, plan.orderBy, table, rows, pass))
  const arrays = passes.reduce((most, pass) => Math.max(most, pass.arrays), 0)
  const f = context.module.function(['i32', 'i32'], ['i32'], name)
  const [begin, end] = f.parameters as readonly [Local, Local]
  const directory = rows.directory(f)
  const first = f.get(begin).setNew('i32')
  f.block((done) => {
    f.loop((again) => {
      f.get(first).get(end).op('i32.ge_s').brIf(done)
      const next = f.get(first).i32(1).op('i32.add').setNew('i32')
      goOnWhile(f, next, end, () => {
        const row = rows.pushRow(f, directory, next).setNew('i32')
        rows.pushPartitionBegins(f, row).op('i32.eqz')
      })
      const scratch = f.i32(0).setNew('i32')
      if (arrays > 0) {
        f.get(next)
          .get(first)
          .op('i32.sub')
          .i32(1)
          .op('i32.add')
          .i32(arrays * MEMBER_BYTES)
          .op('i32.mul')
        rows.scratch(f, f.setNew('i32')).set(scratch)
      }
      for (const pass of passes) {
        const status = f.get(first).get(next).get(scratch).call(pass.reference).setNew('i32')
        f.get(status).if(() => f.get(status).return())
      }
      f.get(next).set(first).br(again)
    })
  })
  f.i32(0)
}

/** Functions over the same frame together, in pieces of a bounded size. */
function passesOf(calls: readonly WindowCall[]): readonly Pass[] {
  const byFrame = new Map<string, WindowCall[]>()
  for (const call of calls) {
    const key = usesFrame(call.fn) ? frameKey(call.frame) : ''
    const known = byFrame.get(key)
    if (known) known.push(call)
    else byFrame.set(key, [call])
  }
  return [...byFrame.values()].flatMap((together) => {
    const frame = usesFrame(together[0]!.fn) ? together[0]!.frame : undefined
    return inPieces(together, weightOfCall).map((piece) => ({ frame, calls: piece }))
  })
}

function frameKey({ unit, lower, upper }: WindowFrame): string {
  const bound = (b: WindowFrame['lower']): unknown => (b.kind === 'value' ? canonicalText(b.value) : b)
  return JSON.stringify([unit, bound(lower), bound(upper)])
}

const weightOfCall = ({ args, filter }: WindowCall): number =>
  [...args, ...(filter ? [filter] : [])].reduce((sum, e) => sum + weightInLine(e), CALL_WEIGHT)

interface EmittedPass {
  readonly reference: FunctionReference
  readonly arrays: number
}

function emitPass(
  context: CompilerContext,
  orders: readonly SortOrder[],
  table: number,
  rows: WindowRows,
  { frame, calls }: Pass,
): EmittedPass {
  const codes = calls.map((call) => codeOf(call, table + TABLE_STRING_STORE))
  const f = context.module.function(['i32', 'i32', 'i32'], ['i32'])
  const [first, end] = f.parameters as readonly [Local, Local]
  const site = partitionSite(context, f, rows)
  for (const code of codes) code.begin(site)
  const bounds = frame && new FrameBounds(site, frame, orders)
  forEach(f, first, end, (index) => {
    f.get(index).set(site.index)
    rows.pushRow(f, site.directory, index).set(site.row)
    advancePeers(site)
    bounds?.advance()
    if (bounds) moveFrame(site, bounds, codes)
    for (const code of codes) code.result(site, bounds?.lower ?? first, bounds?.upper ?? end)
  })
  f.i32(0)
  return { reference: f.reference, arrays: codes.reduce((sum, code) => sum + code.arrays, 0) }
}

function partitionSite(context: CompilerContext, f: FunctionBuilder, rows: WindowRows): PartitionSite {
  const [first, end, scratch] = f.parameters as readonly [Local, Local, Local]
  const from = (): Local => f.get(first).setNew('i32')
  let arrays = 0
  return {
    context,
    f,
    rows,
    directory: rows.directory(f),
    first,
    end,
    index: f.local('i32'),
    row: f.local('i32'),
    peers: { first: from(), end: from(), number: f.i32(0).setNew('i32') },
    left: from(),
    entered: from(),
    array() {
      f.get(end)
        .get(first)
        .op('i32.sub')
        .i32(1)
        .op('i32.add')
        .i32(arrays++ * MEMBER_BYTES)
        .op('i32.mul')
      return f.get(scratch).op('i32.add').setNew('i32')
    },
  }
}

/** Finds the rows that are equal to the current one by the order, when it is the first of them. */
function advancePeers({ f, rows, directory, index, end, peers }: PartitionSite): void {
  f.get(index).get(peers.end).op('i32.eq')
  f.if(() => {
    f.get(index).set(peers.first)
    f.get(peers.number).i32(1).op('i32.add').set(peers.number)
    f.get(index).i32(1).op('i32.add').set(peers.end)
    goOnWhile(f, peers.end, end, () => {
      const row = rows.pushRow(f, directory, peers.end).setNew('i32')
      rows.pushPeersBegin(f, row).op('i32.eqz')
    })
  })
}

/** Takes away the rows before the frame, then adds those up to its end. What was never added is not taken away. */
function moveFrame(site: PartitionSite, { lower, upper }: FrameBounds, codes: readonly WindowCode[]): void {
  const { f, rows, directory, left, entered } = site
  const scopeOf = (index: Local) => rows.scopeAt(f, rows.pushRow(f, directory, index).setNew('i32'))
  const leaving = codes.filter((code) => code.leave)
  if (leaving.length > 0) {
    f.block((done) => {
      f.loop((again) => {
        f.get(left).get(lower).op('i32.ge_s').brIf(done)
        f.get(left).get(entered).op('i32.ge_s').brIf(done)
        const scope = scopeOf(left)
        for (const code of leaving) code.leave!(site, left, scope)
        f.get(left).i32(1).op('i32.add').set(left).br(again)
      })
    })
  }
  f.get(lower).set(left)
  f.get(left).get(entered).get(left).get(entered).op('i32.gt_s').select().set(entered)
  const entering = codes.filter((code) => code.enter)
  if (entering.length === 0) return
  f.block((done) => {
    f.loop((again) => {
      f.get(entered).get(upper).op('i32.ge_s').brIf(done)
      const scope = scopeOf(entered)
      for (const code of entering) code.enter!(site, entered, scope)
      f.get(entered).i32(1).op('i32.add').set(entered).br(again)
    })
  })
}

/** Goes on from number to number up to an end while a condition holds, which is pushed. */
function goOnWhile(f: FunctionBuilder, index: Local, end: Local, pushCondition: () => void): void {
  f.block((done) => {
    f.loop((again) => {
      f.get(index).get(end).op('i32.ge_s').brIf(done)
      pushCondition()
      f.op('i32.eqz').brIf(done)
      f.get(index).i32(1).op('i32.add').set(index).br(again)
    })
  })
}
