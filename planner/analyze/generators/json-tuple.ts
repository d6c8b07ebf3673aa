import { field, STRING, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, fieldOf, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { constantOf } from '../constants/constants.js'
import { kernelCall } from '../functions/definition.js'
import type { Generator } from './definition.js'

/** `json_tuple(json, name, …)`: a column of text for each name; NULL where the object has no such field, or the text is no object. */
export const jsonTuple: Generator = {
  help: {
    usage: '(text, field, …)',
    meaning: 'The fields of an object of JSON, as columns.',
    examples: [["json_tuple('{\"a\":1, \"b\":2}', 'a', 'b')", '1, 2']],
  },
  minArgs: 2,
  maxArgs: Number.POSITIVE_INFINITY,
  build(args, site) {
    if (args.some(({ type }) => type.kind !== 'string')) {
      const parameters = { sqlExpr: site.sql, funcName: '`json_tuple`' }
      throw new MillraceError('DATATYPE_MISMATCH.NON_STRING_TYPE', parameters, { origin: site.origin })
    }
    const [json, ...rest] = args as [Expression, ...Expression[]]
    const names = rest.map(constantName)
    const known = [...new Set(names.filter((name) => typeof name === 'string'))]
    const type = struct(known.map((name) => field(name, STRING)))
    const parsed = call('from_json', type, [json], { origin: site.origin, nullable: true })
    // By place: names that differ in case only are fields of their own.
    const cell = (name: string | null | undefined, i: number): Expression => {
      if (name === null) return literal(STRING, null)
      if (name === undefined) return kernelCall('jsonMember', STRING, [json, rest[i]!], site, { givesNull: true })
      return fieldOf(parsed, type.fields, known.indexOf(name))
    }
    return { kind: 'rows', rows: 1, columns: names.map((name, i) => ({ name: `c${i}`, cells: [cell(name, i)] })) }
  },
}

/** A name that is known before the query runs: all of these are read at once. */
const constantName = (name: Expression): string | null | undefined =>
  constantOf(name)?.value as string | null | undefined
