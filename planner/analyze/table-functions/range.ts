import { BIGINT, INT, quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Attribute, Expression } from '../../plan/expression/expression.js'
import { isFoldable } from '../../plan/expression/foldable.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { constantInteger, type WholeType } from '../constants/constant-integer.js'
import { resolveExpression } from '../expressions.js'
import { hasAggregate } from '../grouping/of-group.js'
import type { Scope } from '../names/scope.js'
import { isNumeric } from '../types/common-types.js'
import { isSubquery, someNode } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'
import type { TableFunction } from './definition.js'

interface Parameter {
  readonly name: string
  readonly type: WholeType
  readonly ordinal: string
}

const START: Parameter = { name: 'start', type: BIGINT as WholeType, ordinal: 'first' }
const END: Parameter = { name: 'end', type: BIGINT as WholeType, ordinal: 'second' }
const STEP: Parameter = { name: 'step', type: BIGINT as WholeType, ordinal: 'third' }
const PARTITIONS: Parameter = { name: 'numSlices', type: INT as WholeType, ordinal: '4th' }

/** More tasks than this are of no use to anybody, and each costs the driver something. */
const MOST_PARTITIONS = 10_000n

/** `range(end)`, `range(start, end[, step[, partitions]])`: numbers in a column `id`. */
export const range: TableFunction = {
  arities: [1, 2, 3, 4],
  build: (call) => {
    const parameters = call.args.length === 1 ? [END] : [START, END, STEP, PARTITIONS]
    const [first, second, step = 1n, partitions] = call.args.map((arg, i) => argument(arg, parameters[i]!, call.outer))
    const [start, end] = second === undefined ? [0n, first!] : [first!, second]
    if (step === 0n) {
      const parameters = { funcName: '`range`', cause: 'the step must not be 0' }
      throw new MillraceError('FAILED_FUNCTION_CALL', parameters, { origin: call.origin })
    }
    if (partitions !== undefined && (partitions < 1n || partitions > MOST_PARTITIONS)) {
      const feature = `range() in ${partitions} partitions; there may be 1 to ${MOST_PARTITIONS}`
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: call.origin })
    }
    const id: Attribute = Object.freeze({ id: call.nextId(), name: 'id', type: BIGINT, nullable: false })
    const tasks = partitions === undefined ? {} : { partitions: Number(partitions) }
    return Object.freeze({ kind: 'range', start, end, step, ...tasks, output: [id] as const })
  },
}

/** @throws NON_FOLDABLE_ARGUMENT, UNEXPECTED_INPUT_TYPE, CAST_OVERFLOW, CAST_INVALID_INPUT */
function argument(e: UnresolvedExpression, parameter: Parameter, outer: Scope | undefined): bigint {
  const notConstant = (): MillraceError =>
    new MillraceError(
      'NON_FOLDABLE_ARGUMENT',
      {
        funcName: '`range`',
        paramName: `\`${parameter.name}\``,
        paramType: quotedTypeName(parameter.type),
      },
      { origin: e.origin },
    )
  if (e.kind === 'star') {
    const parameters = { elem: `'${unresolvedText(e)}'`, prettyName: 'UnresolvedTableValuedFunction' }
    throw new MillraceError('INVALID_USAGE_OF_STAR_OR_REGEX', parameters, { origin: e.origin })
  }
  if (hasAggregate(e) || someNode(e, isSubquery)) throw notConstant()
  const value: Expression = resolveExpression(e, { scope: { attributes: [], outer }, clause: 'SELECT' })
  if (!isFoldable(value)) throw notConstant()
  const isNumber = isNumeric(value.type) || value.type.kind === 'string'
  const number = isNumber ? constantInteger(value, parameter.type, e.origin) : undefined
  if (number === undefined) {
    throw new MillraceError(
      'UNEXPECTED_INPUT_TYPE',
      {
        paramIndex: parameter.ordinal,
        functionName: '`range`',
        requiredType: quotedTypeName(parameter.type),
        inputSql: `"${unresolvedText(e)}"`,
        inputType: quotedTypeName(value.type),
      },
      { origin: e.origin },
    )
  }
  return number
}
