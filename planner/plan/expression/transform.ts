import { onceEach } from '../../../common/once-each.js'
import type { Case, Expression, ExprId } from './expression.js'

/** The operands of an expression, in the order in which they are evaluated. */
export function childrenOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'literal':
    case 'attribute':
    case 'bound':
    case 'variable':
      return NONE
    case 'lambda':
      return [e.body]
    case 'call':
      return e.args
    case 'cast':
    case 'in':
    case 'getField':
      return [e.child]
    case 'case':
      return [...e.branches.flatMap(({ when, value }) => [when, value]), ...(e.otherwise ? [e.otherwise] : [])]
  }
}

const NONE: readonly Expression[] = []

/** The expression with its operands replaced; the same object when none changed. */
function mapChildren(e: Expression, map: (child: Expression) => Expression): Expression {
  switch (e.kind) {
    case 'literal':
    case 'attribute':
    case 'bound':
    case 'variable':
      return e
    case 'lambda': {
      const body = map(e.body)
      return body === e.body ? e : Object.freeze({ ...e, body, type: body.type, nullable: body.nullable })
    }
    case 'call': {
      const args = mapAll(e.args, map)
      return args === e.args ? e : Object.freeze({ ...e, args })
    }
    case 'cast':
    case 'in':
    case 'getField': {
      const child = map(e.child)
      return child === e.child ? e : Object.freeze({ ...e, child })
    }
    case 'case':
      return mapCase(e, map)
  }
}

function mapCase(e: Case, map: (child: Expression) => Expression): Expression {
  const branches = e.branches.map((branch) => {
    const [when, value] = [map(branch.when), map(branch.value)]
    return when === branch.when && value === branch.value ? branch : Object.freeze({ when, value })
  })
  const otherwise = e.otherwise && map(e.otherwise)
  const same = otherwise === e.otherwise && branches.every((branch, i) => branch === e.branches[i])
  return same ? e : Object.freeze({ ...e, branches, ...(otherwise ? { otherwise } : {}) })
}

/** A list with every member replaced; the same array when none changed. */
export function mapAll<T>(values: readonly T[], map: (value: T) => T): readonly T[] {
  let mapped: T[] | undefined
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const changed = map(value)
    if (changed !== value) mapped ??= values.slice(0, i)
    mapped?.push(changed)
  }
  return mapped ? Object.freeze(mapped) : values
}

/** Replaces from the leaves up: `rule` sees each expression after its operands were replaced. */
export const transformUp = (e: Expression, rule: (e: Expression) => Expression): Expression => fromLeavesUp(rule)(e)

/** The same for many expressions. */
export function fromLeavesUp(rule: (e: Expression) => Expression): (e: Expression) => Expression {
  const visit = (e: Expression): Expression => rule(mapChildren(e, visit))
  return visit
}

/** Replaces from the top down: `rule` sees each expression before its operands. */
export function transformDown(e: Expression, rule: (e: Expression) => Expression): Expression {
  const visit = (one: Expression): Expression => mapChildren(rule(one), visit)
  return visit(e)
}

/** Whether a node of the expression satisfies the predicate. */
export function someNode(e: Expression, predicate: (e: Expression) => boolean): boolean {
  if (predicate(e)) return true
  for (const child of childrenOf(e)) if (someNode(child, predicate)) return true
  return false
}

/** Asked of every expression that is bound. */
const hasLambda = (e: Expression): boolean => e.kind === 'lambda' || childrenOf(e).some(hasLambda)

/** The expression with the parameters of its lambdas numbered by how many there are around them, so that no lambda hides those of another. */
export const numberVariables = (e: Expression): Expression => (hasLambda(e) ? numberedWithin(e, new Map()) : e)

function numberedWithin(e: Expression, around: ReadonlyMap<number, number>): Expression {
  if (e.kind === 'variable') {
    const level = around.get(e.level)
    return level === undefined || level === e.level ? e : Object.freeze({ ...e, level })
  }
  if (e.kind !== 'lambda') return mapChildren(e, (child) => numberedWithin(child, around))
  const first = around.size
  const inside = new Map(around)
  const parameters = e.parameters.map((parameter, i) => {
    inside.set(parameter.level, first + i)
    return Object.freeze({ ...parameter, level: first + i })
  })
  return Object.freeze({ ...e, parameters, body: numberedWithin(e.body, inside) })
}

/** How many nodes an expression has, those that are shared counted each time. */
export const nodeCount: (e: Expression) => number = onceEach((e) =>
  childrenOf(e).reduce((sum, child) => sum + nodeCount(child), e.kind === 'in' ? 1 + e.list.length : 1),
)

/** The ids of the columns an expression reads. */
export function referencesOf(e: Expression, into: Set<ExprId> = new Set()): ReadonlySet<ExprId> {
  if (e.kind === 'attribute') into.add(e.id)
  for (const child of childrenOf(e)) referencesOf(child, into)
  return into
}
