import { type DataType, quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { CallSite } from './definition.js'

export const anotherKey = (type: DataType, key: Expression, { sql, name, origin }: CallSite): MillraceError => {
  const types = { dataType: '"MAP"', leftType: quotedTypeName(type), rightType: quotedTypeName(key.type) }
  const parameters = { sqlExpr: sql, functionName: quotedName(name), ...types }
  return new MillraceError('DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES', parameters, { origin })
}
