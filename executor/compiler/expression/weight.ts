import { shapeOf } from '../../../columnar/shape.js'
import { onceEach } from '../../../common/once-each.js'
import { call } from '../../../planner/plan/expression/build.js'
import type { Call, Expression } from '../../../planner/plan/expression/expression.js'
import { childrenOf } from '../../../planner/plan/expression/transform.js'

/*
 * WebAssembly engines take time and memory for a function that grow faster than the function: with the number of its locals times that of
 * its branches. So code is cut into functions of a bounded size. What a query of usual size needs stays in one function.
 */

/** About how many operations a function may have before it is cut. */
const LARGEST_FUNCTION = 600
/** About how many operations the pieces of a long list have. */
const PIECE = 300

/** What calling another function and taking its result is. */
const CALL_WEIGHT = 6

/** Whether an expression is computed by a function of its own. */
export const isOutlined = (e: Expression): boolean => weightOf(e) > LARGEST_FUNCTION

/** About how many operations an expression is, operands that have a function of their own counted as calls. */
const weightOf: (e: Expression) => number = onceEach((e) =>
  childrenOf(e).reduce((sum, child) => sum + weightInLine(child), ownWeight(e)),
)

/** About how many operations an expression is where it stands. */
export const weightInLine = (e: Expression): number => (isOutlined(e) ? CALL_WEIGHT : weightOf(e))

function ownWeight(e: Expression): number {
  switch (e.kind) {
    case 'literal':
    case 'attribute':
    case 'bound':
    case 'variable':
      return 1
    case 'in':
      return 1 + Math.min(e.list.length, 16)
    case 'case':
      return 2 + 2 * e.branches.length
    case 'call':
    case 'cast':
    case 'getField':
    case 'lambda':
      return shapeOf(e.type) === 'wide' ? 10 : 3
  }
}

/** The members of a list in pieces for a function each; one piece when they are few. The order stays. */
export function inPieces<T>(members: readonly T[], weight: (member: T) => number): readonly (readonly T[])[] {
  const total = members.reduce((sum, member) => sum + weight(member), 0)
  if (total <= LARGEST_FUNCTION) return [members]
  const pieces: T[][] = []
  let filled = PIECE
  for (const member of members) {
    if (filled >= PIECE) {
      pieces.push([])
      filled = 0
    }
    pieces.at(-1)!.push(member)
    filled += weight(member)
  }
  return pieces
}

/**
 * A call of any number of operands that is too large for one function, as one of two calls of half of them each: where `f(a, b, c, d)` is
 * `f(f(a, b), f(c, d))`, operands still evaluated in order.
 */
export function inHalves(e: Call): Call {
  if (!isOutlined(e) || e.args.length <= 2) return e
  const middle = e.args.length >> 1
  const half = (args: readonly Expression[]): Expression =>
    args.length === 1 ? args[0]! : call(e.fn, e.type, args, { origin: e.origin })
  return call(e.fn, e.type, [half(e.args.slice(0, middle)), half(e.args.slice(middle))], { origin: e.origin })
}
