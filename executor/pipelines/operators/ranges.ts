import { INT } from '../../../columnar/types.js'
import type { PhysicalRangeBounds, PhysicalRanged } from '../../../planner/plan/physical/plan.js'
import { scalar } from '../../compiler/expression/value.js'
import { SORT_ENTRY_BYTES } from '../../kernels/interface/rows.js'
import { SORT_COUNT, SORT_ENTRIES } from '../../kernels/interface/table.js'
import { withColumn } from '../codegen/added-column.js'
import { before, pushAddressOf } from '../codegen/consumer.js'
import { SortedRows } from '../codegen/sorted-rows.js'
import type { RowRange, Step, TaskRun } from '../step.js'
import type { ExecutableOperator } from './operator.js'
import { passOn } from './sort.js'

/** Sorts all rows and passes on those that end a range but for the last. Equal ones leave the ranges between them empty. */
export const rangeBounds: ExecutableOperator<PhysicalRangeBounds> = {
  produce(compiler, plan, next) {
    const table = compiler.table()
    const rows = new SortedRows(compiler.context, plan, table)
    compiler.input(plan, 0, rows)
    compiler.step(sorted(table, rows))
    passOn(compiler, table, rows, endsOf(table, plan.partitions), next)
  },
}

const sorted = (table: number, { width, descriptor }: SortedRows): Step['run'] => {
  return (task) => {
    task.memory.kernels.sortFinish(task.addressOf(table), width, task.addressOf(descriptor))
  }
}

const endsOf = (table: number, partitions: number) => (task: TaskRun) => rangeEnds(task, table, partitions)

function* rangeEnds(task: TaskRun, table: number, partitions: number): Generator<RowRange> {
  const count = task.slot(table + SORT_COUNT)
  if (count === 0) return
  for (let range = 1; range < partitions; range++) {
    const last = Math.max(0, Math.ceil((range * count) / partitions) - 1)
    yield [task.slot(table + SORT_ENTRIES) + last * SORT_ENTRY_BYTES, 1]
  }
}

/** Sorts the bounds into a table, made once a thread, and looks up where in it each row would be. */
export const ranged: ExecutableOperator<PhysicalRanged> = {
  produce(compiler, plan, next) {
    const { context } = compiler
    const { inputs, orders, boundOrders } = plan
    const table = compiler.table()
    const bounds = new SortedRows(context, { kind: 'sort', orders: boundOrders, inputs: [inputs[1]] }, table)
    compiler.shared(table, () => {
      compiler.input(plan, 1, bounds)
      compiler.step(sorted(table, bounds))
    })
    const keys = context.constants.reserve(bounds.width)
    const find = before(next, (scope, flow) => {
      const { f } = scope
      const row = pushAddressOf(context, f, keys).setNew('i32')
      bounds.placeKeys(scope, orders, row)
      pushAddressOf(context, f, table).get(row)
      pushAddressOf(context, f, bounds.descriptor).call(context.kernel('entriesBefore'))
      const value = scalar(INT, f.setNew('i32'), undefined)
      next.row(scope.over(withColumn(scope, inputs[0].attributes.length, value)), flow)
    })
    compiler.input(plan, 0, find)
  },
}
