import { BINARY } from '../../../../columnar/types.js'
import { helped } from '../definition.js'
import { schemaText, variantOperand, variantSchema } from '../variants.js'
import { type AggregateTable, oneArgument } from './definition.js'
import { column } from './fold.js'
import { changed, kept } from './sketches.js'

const STATE = column(0, BINARY)
const OTHER = column(1, BINARY)

export const VARIANT_AGGREGATES: AggregateTable = {
  schema_of_variant_agg: helped(
    '(variant)',
    'The type that all of the variants have, as `schema_of_variant` tells it.',
    [
      [
        'schema_of_variant_agg(parse_json(j)) from values (\'{"a":1}\'), (\'{"b":["x"]}\') as t(j)',
        'OBJECT<a: BIGINT, b: ARRAY<STRING>>',
      ],
    ],
    oneArgument(([value], site) => {
      const merged = changed('variantSchemaMerged', [OTHER], site)
      const result = schemaText(STATE, site)
      return kept({ added: merged, merged, result }, variantSchema(variantOperand(value!, site), site), site)
    }),
  ),
}
