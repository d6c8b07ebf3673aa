import type { PhysicalStreamJoin } from '../../../planner/plan/physical/stateful.js'
import { CHAINED_ROW_EXPIRES } from '../../kernels/interface/rows.js'
import { JoinSide } from '../codegen/join-side.js'
import { StreamJoin } from '../codegen/stream-join.js'
import { addressesOf } from './kept-layout.js'
import { expired, keptPlaces, keptRows, opened, saved } from './kept-operator.js'
import type { ExecutableOperator } from './operator.js'

const SIDES = [0, 1] as const

/** Of both sides rows are kept until none can come any more that matches them. Then those go on that an outer join found no match for. */
export const streamJoin: ExecutableOperator<PhysicalStreamJoin> = {
  produce(compiler, plan, next) {
    const { constants } = compiler.context
    const times = compiler.eventTimes.view(plan.state.operatorId, constants)
    const places = [keptPlaces(compiler, plan.state), keptPlaces(compiler, plan.state.others![0]!)] as const
    const sideOf = (i: 0 | 1): JoinSide => new JoinSide(compiler.context, plan, i, places[i].state, places[i].late)
    const join = new StreamJoin(compiler.context, plan, [sideOf(0), sideOf(1)], times.late)
    const kept = SIDES.map((i) => {
      const { width, refs, mark, marks, restoring } = join.sides[i]
      const layout = {
        ...{ ...places[i], width, refs, mark },
        isChained: true,
        times: plan.sides[i].expiry ? times : undefined,
        leaving: { expires: plan.sides[i].expiry ? CHAINED_ROW_EXPIRES : undefined },
      }
      return keptRows(compiler, layout, {
        marks,
        restore: restoring,
        load: (row, isWhole) => join.sides[i].stored(row, isWhole),
      })
    })
    for (const rows of kept) compiler.step(opened(rows))
    for (const i of SIDES) compiler.input(plan, i, join.taking(i, next))
    for (const i of SIDES) {
      const { consumer, source } = join.unmatched(i, next)
      const output = join.sides[i].isPreserved ? compiler.pipeline(addressesOf(source), consumer) : undefined
      compiler.step(expired(kept[i]!, output))
    }
    for (const rows of kept) compiler.step(saved(rows))
  },
}
