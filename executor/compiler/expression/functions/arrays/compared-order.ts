import { type ArrayType, INT } from '../../../../../columnar/types.js'
import type { Call, Lambda } from '../../../../../planner/plan/expression/expression.js'
import { newArray } from '../../../nested/array-builder.js'
import { applyLambda, computeColumns } from '../../../nested/lambda.js'
import { elementAt, forEachIndex, type OpenArray, openArray } from '../../../nested/vector.js'
import type { FunctionBuilder } from '../../../wasm/function-builder.js'
import type { Local } from '../../../wasm/types.js'
import { asBytes } from '../../bytes-result.js'
import type { Scope } from '../../scope.js'
import { nullOf } from '../../slots.js'
import { isAlwaysNull, partsOf, scalar, type Value, withNull } from '../../value.js'

const INDEX_SHIFT = 2

/** The numbers of the elements of an array in the order that a lambda tells of two of them: runs of twice the length are merged until one is left. */
export function compileComparedOrder(call: Call, scope: Scope): Value {
  const array = scope.value(call.args[0]!)
  if (isAlwaysNull(array)) return nullOf(call.type)
  const { f } = scope
  const lambda = call.args[1] as Lambda
  computeColumns(scope, [lambda])
  const open = openArray(scope, asBytes(array))
  f.get(open.count)
    .i32(INDEX_SHIFT + 1)
    .op('i32.shl')
    .call(scope.kernel('arenaAllocate'))
  const from = f.setNew('i32')
  const to = f.get(from).get(open.count).i32(INDEX_SHIFT).op('i32.shl').op('i32.add').setNew('i32')
  forEachIndex(f, open.count, (index) => {
    pushPlace(f, from, index)
    f.get(index).store('i32.store')
  })
  mergeRuns({ open, lambda, from, to }, scope)
  const builder = newArray(scope, call.type as ArrayType, open.count)
  forEachIndex(f, open.count, (index) => {
    pushPlace(f, from, index)
    builder.append(scope, scalar(INT, f.load('i32.load').setNew('i32'), undefined))
  })
  return withNull(builder.finish(scope), array.isNull)
}

/** The numbers so far, and where they are written as longer runs. */
interface Merge {
  readonly open: OpenArray
  readonly lambda: Lambda
  readonly from: Local
  readonly to: Local
}

const pushPlace = (f: FunctionBuilder, at: Local, index: Local): FunctionBuilder =>
  f.get(at).get(index).i32(INDEX_SHIFT).op('i32.shl').op('i32.add')

function mergeRuns(merge: Merge, scope: Scope): void {
  const { f } = scope
  const { from, to, open } = merge
  const run = f.i32(1).setNew('i32')
  f.block((done) => {
    f.loop((again) => {
      f.get(run).get(open.count).op('i32.ge_u').brIf(done)
      const start = f.i32(0).setNew('i32')
      f.block((merged) => {
        f.loop((further) => {
          f.get(start).get(open.count).op('i32.ge_u').brIf(merged)
          const middle = runEnd(f, start, run, open.count)
          mergePair(merge, start, middle, runEnd(f, middle, run, open.count), scope)
          f.get(start).get(run).i32(1).op('i32.shl').op('i32.add').set(start).br(further)
        })
      })
      f.get(from).get(to).set(from).set(to)
      f.get(run).i32(1).op('i32.shl').set(run).br(again)
    })
  })
}

/** Where a run ends that begins somewhere, or the elements do. */
function runEnd(f: FunctionBuilder, start: Local, run: Local, count: Local): Local {
  const end = f.get(start).get(run).op('i32.add').setNew('i32')
  return f.get(end).get(count).get(end).get(count).op('i32.lt_u').select().setNew('i32')
}

/** Of elements that are equal those of the left run come first. */
function mergePair(merge: Merge, start: Local, middle: Local, end: Local, scope: Scope): void {
  const { f } = scope
  const { from, to } = merge
  const [left, right, at] = [start, middle, start].map((first) => f.get(first).setNew('i32')) as [Local, Local, Local]
  const move = (side: Local): void => {
    pushPlace(f, to, at)
    pushPlace(f, from, side).load('i32.load').store('i32.store')
    f.get(side).i32(1).op('i32.add').set(side)
  }
  f.block((done) => {
    f.loop((again) => {
      f.get(at).get(end).op('i32.ge_u').brIf(done)
      const takesLeft = f.get(right).get(end).op('i32.ge_u').setNew('i32')
      f.get(left).get(middle).op('i32.lt_u').get(right).get(end).op('i32.lt_u').op('i32.and')
      f.if(() => {
        // In the order in which Java asks, so that also a comparator that always says the same gives the same.
        pushComparison(merge, right, left, scope)
        f.i32(0).op('i32.ge_s').set(takesLeft)
      })
      f.get(takesLeft).if(
        () => move(left),
        () => move(right),
      )
      f.get(at).i32(1).op('i32.add').set(at).br(again)
    })
  })
}

function pushComparison({ open, lambda, from }: Merge, first: Local, second: Local, scope: Scope): void {
  const { f } = scope
  const inner = scope.fork()
  const [a, b] = [first, second].map((side) => {
    pushPlace(f, from, side)
    return elementAt(f, open.elements, f.load('i32.load').setNew('i32'))
  })
  f.get(partsOf(applyLambda(lambda, inner, [a!, b!]))[0]!)
}
