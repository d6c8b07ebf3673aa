import { array, type DataType, INT } from '../../../columnar/types.js'
import { call, fieldOf } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { buildCase } from '../functions/conditional.js'
import { type CallSite, helped } from '../functions/definition.js'
import { unexpectedType } from '../types/coercion.js'
import type { GeneratedElement, GeneratedElements, Generator } from './definition.js'

const one = (parameter: string, build: Generator['build']): Generator => ({
  minArgs: 1,
  maxArgs: 1,
  parameters: [{ name: parameter }],
  build,
})

/** The element of an array that a row is for; there is none where a row without one is kept. */
const element = (elements: Expression, number: Expression, isOuter: boolean): Expression => {
  const type = elements.type as DataType & { readonly kind: 'array' }
  return call('get', type.element, [elements, number], { nullable: isOuter || type.containsNull })
}

/** The arrays that a value consists of, and the columns of their elements. */
function parts(
  value: Expression,
  site: CallSite,
): Pick<GeneratedElements, 'arrays'> & { readonly names: readonly string[] } {
  const { type } = value
  if (type.kind === 'array') return { arrays: [value], names: ['col'] }
  if (type.kind !== 'map') throw unexpectedType(value, '("ARRAY" or "MAP")', 0, site)
  const keys = call('map_keys', array(type.key, false), [value])
  const values = call('map_values', array(type.value, type.valueContainsNull), [value])
  return { arrays: [keys, values], names: ['key', 'value'] }
}

const exploded = (isOuter: boolean, columnsBefore: 'pos' | 'none'): Generator =>
  one('collection', ([value], site) => {
    const { arrays, names } = parts(value!, site)
    return {
      kind: 'elements',
      arrays,
      isOuter,
      columns: (elements, number, outer) => [
        ...(columnsBefore === 'pos'
          ? [{ name: 'pos', expression: outer ? position(elements[0]!, number, site) : number }]
          : []),
        ...names.map((name, i) => ({ name, expression: element(elements[i]!, number, outer) })),
      ],
    }
  })

/** NULL for the row that is kept of an array without elements. */
function position(elements: Expression, number: Expression, site: CallSite): Expression {
  const size = call('size', INT, [elements])
  return buildCase([{ when: call('lt', { kind: 'boolean' }, [number, size]), value: number }], undefined, site)
}

/** The fields of the structs of an array, a column each. */
const inline = (isOuter: boolean): Generator =>
  one('input', ([value], site) => {
    const { type } = value!
    if (type.kind !== 'array' || type.element.kind !== 'struct')
      throw unexpectedType(value!, '"ARRAY<STRUCT>"', 0, site)
    const { fields } = type.element
    return {
      kind: 'elements',
      arrays: [value!],
      isOuter,
      columns: (elements, number, outer) => {
        const struct = element(elements[0]!, number, outer)
        return fields.map(({ name }, i): GeneratedElement => ({ name, expression: fieldOf(struct, fields, i) }))
      },
    }
  })

export const EXPLODE: Readonly<Record<string, Generator>> = {
  explode: helped(
    '(array or map)',
    'A row for each element of an array, or for each key and value of a map.',
    [['explode(array(10, 20))', '10\n20']],
    exploded(false, 'none'),
  ),
  explode_outer: helped(
    '(array or map)',
    'As `explode`, but a row of NULLs where there is no element.',
    [['explode_outer(array(10, 20))', '10\n20']],
    exploded(true, 'none'),
  ),
  posexplode: helped(
    '(array or map)',
    'As `explode`, with the number of the element before it, from 0 on.',
    [['posexplode(array(10, 20))', '0, 10\n1, 20']],
    exploded(false, 'pos'),
  ),
  posexplode_outer: helped(
    '(array or map)',
    'As `posexplode`, but a row of NULLs where there is no element.',
    [['posexplode_outer(array(10, 20))', '0, 10\n1, 20']],
    exploded(true, 'pos'),
  ),
  inline: helped(
    '(array of structs)',
    'A row for each struct of an array, with a column for each field.',
    [["inline(array(struct(1, 'a'), struct(2, 'b')))", '1, a\n2, b']],
    inline(false),
  ),
  inline_outer: helped(
    '(array of structs)',
    'As `inline`, but a row of NULLs where there is no element.',
    [["inline_outer(array(struct(1, 'a'), struct(2, 'b')))", '1, a\n2, b']],
    inline(true),
  ),
}
