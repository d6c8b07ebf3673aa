import type { WindowCall, WindowFrame } from '../../../../planner/plan/expression/expression.js'
import { canonicalText } from '../../../../planner/plan/expression/same.js'
import type { PhysicalWindow } from '../../../../planner/plan/physical/window.js'
import type { CompilerContext } from '../../../compiler/expression/context.js'
import { inPieces, weightInLine } from '../../../compiler/expression/weight.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { FunctionReference, Local } from '../../../compiler/wasm/types.js'
import { WINDOW_FIRST_END } from '../../../kernels/interface/table.js'
import { loadSlot } from '../consumer.js'
import type { TablePlace } from '../table-place.js'
import { CarriedState } from './carried-state.js'
import { FrameBounds } from './frame-bounds.js'
import { forEach, type PartitionSite, rowAt, type WindowCode } from './partition-site.js'
import { usesFrame } from './result-kind.js'
import type { RowFinder, RowFinders } from './row-finder.js'
import type { SharedResults } from './shared-results.js'
import { codeOf } from './window-code.js'
import type { WindowRows } from './window-rows.js'

/** How much code a function over a window is, its arguments not counted (see `weightOf`). */
const CALL_WEIGHT = 60

/** Functions that are computed in one go over the rows of a partition; those over frames have the same one. */
export interface Pass {
  readonly frame: WindowFrame | undefined
  readonly calls: readonly WindowCall[]
  readonly codes: readonly WindowCode[]
}

const arraysOf = ({ codes }: Pass): number => codes.reduce((sum, { arrays }) => sum + arrays, 0)

/** How many members of arrays a row has: passes are run one after the other. */
export const membersOf = (passes: readonly Pass[]): number =>
  passes.reduce((most, pass) => Math.max(most, arraysOf(pass)), 0)

/** Whether rows can be passed on before the partition ends: no function asks for others than those it has met, or for how many there are. */
export const isRunning = (passes: readonly Pass[]): boolean =>
  passes.every(({ codes }) => codes.every(({ carried }) => carried))

/** What the code of a window is made for. */
export interface WindowSite {
  readonly context: CompilerContext
  readonly plan: PhysicalWindow
  readonly table: number
  readonly rows: WindowRows
  readonly finders: RowFinders
  readonly passes: readonly Pass[]
  /** Of rows that may be on disk. */
  readonly shared: SharedResults | undefined
}

/**
 * Emits the function of a window: (first, end) → status. It computes the results of the rows with the numbers from `first` up to `end`, which are
 * whole partitions, or parts of them where it `isRunning`: for each one after the other it calls a function for each frame.
 */
export function emitPartitions(site: WindowSite, name: string): void {
  const { context, table, rows, finders } = site
  const functions = site.passes.map((pass) => emitPass(site, pass))
  const f = context.module.function(['i32', 'i32'], ['i32'], name)
  const [begin, end] = f.parameters as readonly [Local, Local]
  finders.begin()
  const finder = finders.in(f)
  const first = f.get(begin).setNew('i32')
  const next = f.get(first).i32(1).op('i32.add').setNew('i32')
  // The first partition may be long, and no other begins before this.
  const known = loadSlot(context, f, table + WINDOW_FIRST_END)
  f.get(next).get(known).get(next).get(known).op('i32.gt_s').select().set(next)
  f.block((done) => {
    f.loop((again) => {
      goOnWhile(f, next, end, () => {
        rows.pushPartitionBegins(f, finder.push(next).setNew('i32')).op('i32.eqz')
      })
      for (const pass of functions) {
        const status = f.get(first).get(next).call(pass).setNew('i32')
        f.get(status).if(() => f.get(status).return())
      }
      f.get(next).get(end).op('i32.ge_s').brIf(done)
      f.get(next).set(first)
      f.get(next).i32(1).op('i32.add').set(next)
      f.br(again)
    })
  })
  f.i32(0)
}

/**
 * Functions over the same frame together, in pieces of a bounded size. Those that look at no frame go along with the first one: each pass
 * over a partition that is on disk reads and writes all of it.
 */
export function passesOf(calls: readonly WindowCall[], table: TablePlace): readonly Pass[] {
  const first = calls.find(({ fn }) => usesFrame(fn))
  const firstKey = first ? frameKey(first.frame) : ''
  const byFrame = new Map<string, WindowCall[]>()
  for (const call of calls) {
    const key = usesFrame(call.fn) ? frameKey(call.frame) : firstKey
    const known = byFrame.get(key)
    if (known) known.push(call)
    else byFrame.set(key, [call])
  }
  return [...byFrame.values()].flatMap((together) => {
    return inPieces(together, weightOfCall).map((piece) => ({
      frame: piece.find(({ fn }) => usesFrame(fn))?.frame,
      calls: piece,
      codes: piece.map((call) => codeOf(call, table)),
    }))
  })
}

function frameKey({ unit, lower, upper }: WindowFrame): string {
  const bound = (b: WindowFrame['lower']): unknown => (b.kind === 'value' ? canonicalText(b.value) : b)
  return JSON.stringify([unit, bound(lower), bound(upper)])
}

const weightOfCall = ({ args, filter }: WindowCall): number =>
  [...args, ...(filter ? [filter] : [])].reduce((sum, e) => sum + weightInLine(e), CALL_WEIGHT)

function emitPass({ context, plan, rows, finders, passes, shared }: WindowSite, pass: Pass): FunctionReference {
  const { frame, calls, codes } = pass
  const f = context.module.function(['i32', 'i32'], ['i32'])
  const [first, end] = f.parameters as readonly [Local, Local]
  finders.begin()
  const site = partitionSite(context, f, rows, finders.in(f))
  for (const code of codes) code.begin(site)
  const carried = isRunning(passes) ? new CarriedState(site, codes) : undefined
  carried?.load()
  const bounds = frame && new FrameBounds(site, frame, plan.orderBy)
  const needsEndOfPeers = bounds?.usesPeers === true || calls.some(({ fn }) => fn === 'cume_dist')
  forEach(f, first, shared?.endOf(f, pass, first, end) ?? end, (index) => {
    f.get(index).set(site.index)
    site.finder.push(index, true).set(site.row)
    if (needsEndOfPeers) findPeers(site)
    else notePeers(site)
    bounds?.advance()
    if (bounds) moveFrame(site, bounds, codes)
    for (const code of codes) code.result(site, bounds?.lower ?? first, bounds?.upper ?? end)
  })
  carried?.save()
  f.i32(0)
  return f.reference
}

function partitionSite(
  context: CompilerContext,
  f: FunctionBuilder,
  rows: WindowRows,
  finder: RowFinder,
): PartitionSite {
  const [first, end] = f.parameters as readonly [Local, Local]
  const from = (): Local => f.get(first).setNew('i32')
  let arrays = 0
  return {
    context,
    f,
    rows,
    finder,
    first,
    end,
    before: f.i32(0).setNew('i32'),
    index: f.local('i32'),
    row: f.local('i32'),
    peers: { first: from(), end: from(), number: f.i32(0).setNew('i32') },
    left: from(),
    entered: from(),
    array: () => arrays++,
  }
}

/** Finds the rows that are equal to the current one by the order, when it is the first of them. */
function findPeers(site: PartitionSite): void {
  const { f, rows, index, end, peers } = site
  f.get(index).get(peers.end).op('i32.eq')
  f.if(() => {
    f.get(index).set(peers.first)
    f.get(peers.number).i32(1).op('i32.add').set(peers.number)
    f.get(index).i32(1).op('i32.add').set(peers.end)
    goOnWhile(f, peers.end, end, () => {
      rows.pushPeersBegin(f, rowAt(site, peers.end)).op('i32.eqz')
    })
  })
}

/** The same without their end: no row behind the current one is read. */
function notePeers({ f, rows, row, index, peers }: PartitionSite): void {
  rows.pushPeersBegin(f, row)
  f.if(() => {
    f.get(index).set(peers.first)
    f.get(peers.number).i32(1).op('i32.add').set(peers.number)
  })
}

/** Takes away the rows before the frame, then adds those up to its end. What was never added is not taken away. */
function moveFrame(site: PartitionSite, { lower, upper }: FrameBounds, codes: readonly WindowCode[]): void {
  const { f, rows, left, entered } = site
  const scopeOf = (index: Local) => rows.scopeAt(f, rowAt(site, index))
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
