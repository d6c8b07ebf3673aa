import { type Field, field, struct } from '../../../columnar/types.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { unexpectedType } from '../coercion.js'
import { constantOf } from '../constants.js'
import { between, type FunctionDefinition, type FunctionTable, helped } from './definition.js'

/** `struct(a, b)`: fields named like the columns, others col1, col2, … */
const structOf: FunctionDefinition = between(1, Number.POSITIVE_INFINITY, (args, site) => {
  const fields = args.map((arg, i): Field => field(site.argumentNames[i] ?? `col${i + 1}`, arg.type, arg.nullable))
  return call('named_struct', struct(fields), args, { origin: site.origin })
})

const namedStruct: FunctionDefinition = between(2, Number.POSITIVE_INFINITY, (args, site) => {
  const fields: Field[] = []
  const values: Expression[] = []
  for (let i = 0; i + 1 < args.length; i += 2) {
    const [written, value] = [args[i]!, args[i + 1]!]
    const name = constantOf(written)?.value
    if (typeof name !== 'string') throw unexpectedType(written, '"STRING" literal', i, site)
    fields.push(field(name, value.type, value.nullable))
    values.push(value)
  }
  return call('named_struct', struct(fields), values, { origin: site.origin })
})

export const NESTED: FunctionTable = {
  struct: helped(
    '(value, …)',
    'A struct of the values, whose fields have the names of the columns, else col1, col2 and so on.',
    [["struct(1, 'a')", '{1, a}']],
    structOf,
  ),
  named_struct: helped(
    '(name, value, …)',
    'A struct of fields with these names.',
    [["named_struct('a', 1, 'b', 2)", '{1, 2}']],
    namedStruct,
  ),
}
