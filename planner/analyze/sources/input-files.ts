import { MillraceError } from '../../../common/errors/millrace-error.js'
import { fieldOf, literal, reference } from '../../plan/expression/build.js'
import type { Attribute, Call, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { isOfFile } from '../../plan/expression/foldable.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan, LogicalScan } from '../../plan/logical/plan.js'
import { inputsOf, transformPlanUp } from '../../plan/logical/transform.js'
import { type ComputedCall, type Computing, computedBelow } from '../computed-below.js'
import { keepAll } from '../names/visible.js'
import { withColumnsOfScans, withScannedMetadata } from './file-metadata.js'

/**
 * Calls that tell of the file of a row, as `input_file_name`, become columns of the scan that it comes from; rows that come through other tasks are of no file.
 * @throws MULTI_SOURCES_UNSUPPORTED_FOR_EXPRESSION
 */
export function withInputFiles(plan: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  const computing: Computing = {
    isComputed: isOfFile,
    columnOf: (call, id) => Object.freeze({ id, name: call.routine!.label, type: call.type, nullable: false }),
    check: () => undefined,
    attach: (input, calls) => {
      countSources(input, calls[0]!.call)
      return withFileColumns(input, calls, nextId)
    },
    refused: ({ kind }, { routine }) =>
      new MillraceError('UNSUPPORTED_FEATURE', { feature: `${routine!.label} in a relation of the kind ${kind}` }),
  }
  return transformPlanUp(plan, (node) => computedBelow(node, computing, nextId))
}

/** How many sources of files rows may be of at once; those of a union are of one at a time. */
function countSources(plan: LogicalPlan, call: Call): number {
  if (plan.kind === 'scan') return plan.source.metadata ? 1 : 0
  const counts = inputsOf(plan).map((input) => countSources(input, call))
  if (plan.kind === 'union') return Number(counts.includes(1))
  const count = counts.reduce((sum, one) => sum + one, 0)
  if (count <= 1) return count
  const { origin } = call
  throw new MillraceError('MULTI_SOURCES_UNSUPPORTED_FOR_EXPRESSION', { expr: `"${sqlText(call)}"` }, { origin })
}

function withFileColumns(input: LogicalPlan, calls: readonly ComputedCall[], nextId: () => ExprId): LogicalPlan {
  const columns = calls.map(({ column }) => column)
  const leaf = (plan: LogicalPlan, own: readonly Attribute[]): LogicalPlan => {
    const [below, toldOf] = plan.kind === 'scan' && plan.source.metadata ? ofScan(plan, nextId) : [plan, ofNoFile]
    const added = calls.map(({ call }, i): NamedExpression => {
      const { id, name } = own[i]!
      return Object.freeze({ id, name, expression: toldOf(call) })
    })
    return Object.freeze({ kind: 'project', input: below, projections: [...keepAll(outputOf(plan)), ...added] })
  }
  return withColumnsOfScans(input, columns, leaf, nextId)
}

/** A scan that tells of files, and where in its columns it does. */
function ofScan(scan: LogicalScan, nextId: () => ExprId): readonly [LogicalPlan, (call: Call) => Expression] {
  const { ofFunctions } = scan.source.metadata!
  const known = scan.output.find(({ name }) => name === ofFunctions.name)
  const file: Attribute = known ?? Object.freeze({ ...ofFunctions, id: nextId() })
  const fields = ofFunctions.type.kind === 'struct' ? ofFunctions.type.fields : []
  const ordinalOf = (call: Call): number => fields.findIndex(({ name }) => name === call.routine!.name)
  return [
    known ? scan : withScannedMetadata(scan, file),
    (call) => fieldOf(reference(file), fields, ordinalOf(call), call.origin),
  ]
}

const ofNoFile = ({ type, origin }: Call): Expression => literal(type, type.kind === 'string' ? '' : -1n, origin)
