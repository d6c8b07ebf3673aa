import { INT, STRING } from '../../../columnar/types.js'
import { unexpectedType } from '../types/coercion.js'
import {
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
  operands,
} from './definition.js'

/** Of a text alone: numbers are none here. */
const arrayLength: FunctionDefinition = exactly(1, ([json], site) => {
  if (json!.type.kind !== 'string' && json!.type.kind !== 'void') throw unexpectedType(json!, '"STRING"', 0, site)
  return kernelCall('jsonArrayLength', INT, operands([STRING], [json!], [], site), site, { givesNull: true })
})

/** Variants are no texts here. */
const pathIn: FunctionDefinition = exactly(2, (args, site) => {
  const variant = args.findIndex(({ type }) => type.kind === 'variant')
  if (variant >= 0) throw unexpectedType(args[variant]!, '"STRING"', variant, site)
  return kernelCall('jsonPath', STRING, operands([STRING, STRING], args, [], site), site, { givesNull: true })
})

export const JSON_PATHS: FunctionTable = collated('plain', {
  get_json_object: helped(
    '(json, path)',
    "What a path finds in JSON text: `$`, then `.name` or `['name']` of objects, `[0]` and `[*]` of arrays. NULL when it finds nothing.",
    [
      ["get_json_object('{\"a\": [1, 2]}', '$.a[1]')", '2'],
      ['get_json_object(\'{"a": [{"b": 1}, {"b": 2}]}\', \'$.a[*].b\')', '[1,2]'],
    ],
    pathIn,
  ),
  json_array_length: helped(
    '(json)',
    'How many elements the array of JSON text has; NULL when it is none.',
    [["json_array_length('[1,2,[3,4]]')", '3']],
    arrayLength,
  ),
})
