import { type DataType, INT, quotedTypeName, sameType, VOID } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import { isFoldable } from '../../plan/expression/foldable.js'
import { constantInteger } from '../constants/constant-integer.js'
import type { CallSite } from '../functions/definition.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import type { Generator } from './definition.js'

/** Each row that a row becomes is a copy in the plan and a branch in the code of each column. */
const MOST_ROWS = 1000n

/** `stack(n, a, b, …)`: the values in n rows, row by row, with NULLs behind the last one. */
export const stack: Generator = {
  help: {
    usage: '(n, value, …)',
    meaning: 'The values as n rows.',
    examples: [['stack(2, 1, 2, 3)', '1, 2\n3, NULL']],
  },
  minArgs: 2,
  maxArgs: Number.POSITIVE_INFINITY,
  build([count, ...values], site) {
    const rows = rowCount(count!, site)
    const width = Math.ceil(values.length / rows)
    const columns = Array.from({ length: width }, (_, column) => {
      const cells = values.filter((_, i) => i % width === column)
      const type = cells.find((cell) => cell.type.kind !== 'void')?.type ?? VOID
      return { name: `col${column}`, type, cells }
    })
    checkTypes(
      columns.map(({ type }) => type),
      values,
      site,
    )
    return {
      kind: 'rows',
      rows,
      columns: columns.map(({ name, type, cells }) => ({ name, cells: cells.map((cell) => castTo(cell, type)) })),
    }
  },
}

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE, DATATYPE_MISMATCH.NON_FOLDABLE_INPUT, DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE */
function rowCount(count: Expression, site: CallSite): number {
  if (count.type.kind !== 'int') throw unexpectedType(count, quotedTypeName(INT), 0, site)
  if (!isFoldable(count)) {
    const parameters = {
      sqlExpr: site.sql,
      inputName: '`n`',
      inputType: '"INT"',
      inputExpr: site.argumentSql?.(0) ?? '',
    }
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
  }
  const rows = constantInteger(count, INT as DataType & { readonly kind: 'int' }, site.origin)
  if (rows === undefined || rows <= 0n) {
    const range = { exprName: '`n`', valueRange: '(0, 2147483647]', currentValue: String(rows ?? 'null') }
    throw new MillraceError(
      'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE',
      { sqlExpr: site.sql, ...range },
      { origin: site.origin },
    )
  }
  if (rows > MOST_ROWS) {
    const feature = `stack() of ${rows} rows; there may be ${MOST_ROWS}`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
  }
  return Number(rows)
}

/** @throws DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES */
function checkTypes(types: readonly DataType[], values: readonly Expression[], site: CallSite): void {
  const isOdd = (value: Expression, i: number): boolean =>
    value.type.kind !== 'void' && !sameType(value.type, types[i % types.length]!)
  const odd = values.findIndex(isOdd)
  if (odd < 0) return
  const column = odd % types.length
  const parameters = {
    sqlExpr: site.sql,
    columnIndex: column,
    leftParamIndex: column + 1,
    leftType: quotedTypeName(types[column]!),
    rightParamIndex: odd + 1,
    rightType: quotedTypeName(values[odd]!.type),
  }
  throw new MillraceError('DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES', parameters, { origin: site.origin })
}
