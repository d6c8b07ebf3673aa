import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type {
  AggregateCall,
  Attribute,
  Expression,
  NamedExpression,
  SortOrder,
  WindowCall,
} from '../plan/expression/expression.js'
import { fromLeavesUp, numberVariables } from '../plan/expression/transform.js'
import { mapAggregate, mapNamed, mapOrder, mapWindowCall } from '../plan/logical/transform.js'

/** Replaces references by id with positions in the input. @throws INTERNAL_ERROR when a column is not there */
export class Binder {
  readonly #input: readonly Attribute[]
  readonly #ordinals: ReadonlyMap<number, number>

  constructor(input: readonly Attribute[]) {
    this.#input = input
    this.#ordinals = new Map(input.map((a, i) => [a.id, i]))
  }

  expression = (e: Expression): Expression => this.#bound(numberVariables(e))

  readonly #bound = fromLeavesUp((node) => {
    if (node.kind !== 'attribute') return node
    return boundTo(this.#input, this.ordinal(node.id, node.name), node.origin)
  })

  ordinal(id: number, name: string): number {
    const ordinal = this.#ordinals.get(id)
    if (ordinal !== undefined) return ordinal
    const columns = this.#input.map((a) => `${a.name}#${a.id}`).join(', ')
    throw new MillraceError('INTERNAL_ERROR', { message: `column ${name}#${id} is not among [${columns}]` })
  }

  named = (named: NamedExpression): NamedExpression => mapNamed(named, this.expression)
  aggregate = (call: AggregateCall): AggregateCall => mapAggregate(call, this.expression)
  windowCall = (call: WindowCall): WindowCall => mapWindowCall(call, this.expression)
  order = (order: SortOrder): SortOrder => mapOrder(order, this.expression)
}

/** A position of an input as an expression. */
export function boundTo(input: readonly Attribute[], ordinal: number, origin?: Origin): Expression {
  const { name, type, nullable } = input[ordinal]!
  return Object.freeze({ kind: 'bound', ordinal, name, type, nullable, ...(origin ? { origin } : {}) })
}
