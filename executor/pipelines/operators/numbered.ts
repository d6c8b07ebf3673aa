import { BIGINT, INT } from '../../../columnar/types.js'
import type { RowNumbering } from '../../../planner/plan/physical/partitioning.js'
import type { PhysicalNumbered } from '../../../planner/plan/physical/plan.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { scalar } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'
import { withColumn } from '../codegen/added-column.js'
import type { Consumer } from '../codegen/consumer.js'
import { firstCounter, pushDrawn } from '../codegen/drawn-numbers.js'
import type { Step } from '../step.js'
import type { ExecutableOperator } from './operator.js'

/** Adds a number to each row, made from a counter that the task keeps from batch to batch. */
export const numbered: ExecutableOperator<PhysicalNumbered> = {
  produce(compiler, { by, inputs }, next) {
    const counter = compiler.context.constants.reserve(8)
    compiler.step(beginCounting(counter, by))
    compiler.input({ inputs }, 0, numbering(compiler.context, by, counter, inputs[0].attributes.length, next))
  },
}

const beginCounting =
  (counter: number, by: RowNumbering): Step['run'] =>
  (task) =>
    task.memory.view.setBigUint64(task.addressOf(counter), firstOf(by, task.partition), true)

function firstOf(by: RowNumbering, partition: number): bigint {
  return by.kind === 'drawn' ? firstCounter(0n, partition) : BigInt(partition % by.count)
}

function numbering(
  context: CompilerContext,
  by: RowNumbering,
  counter: number,
  ordinal: number,
  next: Consumer,
): Consumer {
  let current: Local
  return {
    begin: (f) => {
      current = f.get(context.constantsBase).load('i64.load', counter).setNew('i64')
      next.begin(f)
    },
    row: (scope, flow) => {
      const number = numberOf(scope.f, by, current)
      const value = scalar(by.kind === 'drawn' ? BIGINT : INT, number, undefined)
      next.row(scope.over(withColumn(scope, ordinal, value)), flow)
    },
    end: (f) => {
      f.get(context.constantsBase).get(current).store('i64.store', counter)
      next.end(f)
    },
  }
}

/** The number of the next row, in a local of its own. */
function numberOf(f: FunctionBuilder, by: RowNumbering, counter: Local): Local {
  switch (by.kind) {
    case 'drawn':
      pushDrawn(f, counter)
      return f.setNew('i64')
    case 'inTurn': {
      const number = f.get(counter).op('i32.wrap_i64').setNew('i32')
      f.get(counter).i64(1n).op('i64.add').i64(BigInt(by.count)).op('i64.rem_u').set(counter)
      return number
    }
    case 'byTask':
      return f.get(counter).op('i32.wrap_i64').setNew('i32')
  }
}
