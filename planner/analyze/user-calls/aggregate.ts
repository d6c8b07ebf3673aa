import { isCollated } from '../../../columnar/text-types.js'
import { BINARY, BOOLEAN, field, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Call, Expression, Shortening } from '../../plan/expression/expression.js'
import type { AggregateUserFunction } from '../../plan/unresolved/sql-function.js'
import type { AggregateDefinition, AggregateSite } from '../functions/aggregates/definition.js'
import { column, either } from '../functions/aggregates/fold.js'
import { collectedList } from '../functions/aggregates/lists.js'
import { kernelCall } from '../functions/definition.js'
import { userCall } from './resolve.js'

/**
 * An aggregate of the program is the list of its rows, of which a function of the user makes the result. An element is a row, or the state of several: before lists go
 * on to other tasks each is made one with a single state (`planner/physical/operators/shortened-states.ts`).
 */
export function userAggregate({ name, function: user, returns }: AggregateUserFunction): AggregateDefinition {
  return {
    minArgs: user.least,
    maxArgs: user.most ?? Number.POSITIVE_INFINITY,
    build(args, given) {
      refuseCollated(args, given)
      // What is made of the list is not told under the name of the aggregate.
      const site = { ...given, name: 'collected' }
      // What is no more than one already stays as it is: where most groups have one row, to call a function for each would cost more than all else.
      const isLonger = kernelCall('listIsLonger', BOOLEAN, [column(0, BINARY)], site)
      const shortened = (all: Call): Shortening => ({
        call: userCall({ ...user, returns, form: 'shortened' }, name, all.type, [either(isLonger, all)], site.origin),
        bytes: call('coalesce', BINARY, [
          kernelCall('listOfOne', BINARY, [column(0, all.type, true)], site),
          column(1, BINARY),
        ]),
      })
      const list = collectedList(elementOf(user.id, args), site, undefined, shortened)
      return userCall({ ...user, returns, form: 'finished' }, name, returns, [list], site.origin)
    },
  }
}

/** The name of the state tells lists of different aggregates apart, which are not merged. */
function elementOf(id: string, args: readonly Expression[]): Expression {
  const fields = args.map(({ type, nullable }, i) => field(`${i}`, type, nullable))
  // A state has no values of arguments.
  const optional = fields.map((one) => ({ ...one, nullable: true }))
  return call('named_struct', struct([field(id, BINARY), ...optional]), [literal(BINARY, null), ...args])
}

function refuseCollated(args: readonly Expression[], { call: written, name, origin }: AggregateSite): void {
  if (written.distinct !== true || !args.some(({ type }) => isCollated(type))) return
  const feature = `DISTINCT texts of a collation as arguments of ${name}`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
}
