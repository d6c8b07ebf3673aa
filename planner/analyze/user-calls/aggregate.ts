import { isCollated } from '../../../columnar/text-types.js'
import { array, BINARY, BOOLEAN, field, INT, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { isInline } from '../../plan/expression/user-function.js'
import type { AggregateUserFunction } from '../../plan/unresolved/sql-function.js'
import type { AggregateDefinition, AggregateSite } from '../functions/aggregates/definition.js'
import { column, either } from '../functions/aggregates/fold.js'
import { userCall } from './resolve.js'

/** Of a longer list a state is made before it goes to other tasks. */
const MOST_ROWS_BYTES = 512

/**
 * An aggregate of the program is the list of its rows, of which a function of the user makes the result. In it are rows, and states of several: before long lists go
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
      const takes = args.map(({ type }) => type)
      const callee = { ...user, returns, takes }
      const all = column(0, BINARY)
      // Few rows stay as they are: they go to other tasks for less than a state, which is written and read again.
      const isLong = call('gt', BOOLEAN, [call('length', INT, [all]), literal(INT, MOST_ROWS_BYTES)])
      const shortened = userCall({ ...callee, form: 'shortened' }, name, BINARY, [either(isLong, all)], site.origin)
      const list = site.of({
        fn: 'collect',
        args: [rowOf(user.id, args)],
        type: BINARY,
        nullable: false,
        shortened: { call: shortened, bytes: call('coalesce', BINARY, [column(0, BINARY, true), column(1, BINARY)]) },
      })
      return userCall({ ...callee, form: 'finished' }, name, returns, [list], site.origin)
    },
  }
}

/** A row among collected ones (`executor/user-code/row-layout.ts`). The name of the state tells lists of different aggregates apart, which are not merged. */
function rowOf(id: string, args: readonly Expression[]): Expression {
  const values = args.map((arg) => (isInline(arg.type) ? arg : call('array', array(arg.type), [arg])))
  const fields = values.map(({ type, nullable }, i) => field(`${i}`, type, nullable))
  return call('named_struct', struct([field(id, BINARY), ...fields]), [literal(BINARY, null), ...values])
}

function refuseCollated(args: readonly Expression[], { call: written, name, origin }: AggregateSite): void {
  if (written.distinct !== true || !args.some(({ type }) => isCollated(type))) return
  const feature = `DISTINCT texts of a collation as arguments of ${name}`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
}
