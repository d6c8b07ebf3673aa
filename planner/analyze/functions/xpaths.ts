import { array, BIGINT, BOOLEAN, type DataType, DOUBLE, FLOAT, INT, SMALLINT, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { isFoldable } from '../../plan/expression/foldable.js'
import { unexpectedType } from '../types/coercion.js'
import {
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionHelp,
  type FunctionTable,
  helped,
} from './definition.js'

/** A text, which no other type is made into. */
function textAt(args: readonly Expression[], position: number, site: CallSite): Expression {
  const arg = args[position]!
  if (arg.type.kind === 'void') return literal(STRING, null)
  if (arg.type.kind !== 'string') throw unexpectedType(arg, '"STRING"', position, site)
  return arg
}

const atPath = (routine: string, type: DataType): FunctionDefinition =>
  exactly(2, (args, site) => {
    const xml = textAt(args, 0, site)
    if (!isFoldable(args[1]!)) {
      const inputExpr = site.argumentSql?.(1) ?? ''
      const parameters = { inputName: '`path`', inputType: '"STRING"', inputExpr, sqlExpr: site.sql }
      throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
    }
    const run = { by: 'host', name: routine, label: site.name, givesNull: true, raises: true } as const
    return routineCall(run, type, [xml, textAt(args, 1, site), literal(STRING, site.name)], site.origin)
  })

const USAGE = '(xml, path)'
const number = (routine: string, type: DataType, example: FunctionHelp['examples'][number]): FunctionDefinition =>
  helped(
    USAGE,
    'What an XPath expression, which is a constant, says of XML as a number; of what is no number NaN or 0.',
    [example],
    atPath(routine, type),
  )

const SUM = "'<a><b>1</b><b>2.5</b></a>', 'sum(a/b)'"

export const XPATHS: FunctionTable = {
  xpath: helped(
    USAGE,
    'The values of the nodes that an XPath expression, which is a constant, finds in XML: of texts, attributes and comments; those of elements are NULL. Names without a prefix mean those of any namespace.',
    [["xpath('<a><b>b1</b><b>b2</b></a>', 'a/b/text()')", '[b1, b2]']],
    atPath('xpath.list', array(STRING)),
  ),
  xpath_boolean: helped(
    USAGE,
    'Whether an XPath expression, which is a constant, finds a node in XML, or is true.',
    [["xpath_boolean('<a><b>1</b></a>', 'a/b')", 'true']],
    atPath('xpath.boolean', BOOLEAN),
  ),
  xpath_double: number('xpath.double', DOUBLE, [`xpath_double(${SUM})`, '3.5']),
  xpath_float: number('xpath.double', FLOAT, [`xpath_float(${SUM})`, '3.5']),
  xpath_int: number('xpath.int', INT, [`xpath_int(${SUM})`, '3']),
  xpath_long: number('xpath.bigint', BIGINT, [`xpath_long(${SUM})`, '3']),
  xpath_number: number('xpath.double', DOUBLE, [`xpath_number(${SUM})`, '3.5']),
  xpath_short: number('xpath.short', SMALLINT, [`xpath_short(${SUM})`, '3']),
  xpath_string: helped(
    USAGE,
    'The text of the first node that an XPath expression, which is a constant, finds in XML, or what it says as a text.',
    [["xpath_string('<a><b>b</b><c>cc</c></a>', 'a/c')", 'cc']],
    atPath('xpath.text', STRING),
  ),
}
