import {
  BINARY,
  BOOLEAN,
  type DataType,
  INT,
  STRING,
  type StructType,
  struct,
  typeName,
} from '../../../columnar/types.js'
import { call, fieldOf, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { countOf, isCounted, itemsFound, MOST_SLOTS, mismatch } from './aggregates/frequent-parts.js'
import { buildCase } from './conditional.js'
import {
  between,
  type CallSite,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { raising } from './raising.js'

/* What is asked of sketches of the most frequent values (aggregates/frequent-sketches.ts). */

/** How Spark prints a number of items that is not told. */
export const NOT_TOLD = '-1'

const EXPECTED = 'struct<sketch:binary,maxItemsTracked:int,itemDataType:any,itemDataTypeDDL:string>'

/** What a field of the struct has to be. */
const FIELDS: readonly (readonly [place: string, told: string, isRight: (type: DataType) => boolean])[] = [
  ['first', 'binary', ({ kind }) => kind === 'binary'],
  ['second', 'int', ({ kind }) => kind === 'int'],
  ['third', 'a supported data type', isCounted],
  ['fourth', 'string', ({ kind }) => kind === 'string'],
]

/** The type of a sketch that is kept. @throws DATATYPE_MISMATCH.* */
export function sketchParts(sketch: Expression, site: CallSite): StructType {
  const type = sketch.type.kind === 'void' ? struct([]) : sketch.type
  if (type.kind !== 'struct') throw unexpectedType(sketch, '"STRUCT"', 0, site)
  if (type.fields.length !== FIELDS.length)
    throw mismatch(`State must be a struct with 4 fields. Expected struct: ${EXPECTED}. Got: ${typeName(type)}`, site)
  for (const [i, [place, told, isRight]] of FIELDS.entries()) {
    const { type: given } = type.fields[i]!
    if (isRight(given)) continue
    throw mismatch(`State struct must have the ${place} field to be ${told}. Got: ${typeName(given)}`, site)
  }
  return type
}

/** The bytes of a sketch, which may come from anywhere. */
export const checkedSketch = (bytes: Expression, site: CallSite): Expression =>
  kernelCall('frequentSketch', BINARY, [bytes], site, {
    errors: [
      {
        condition: 'FAILED_FUNCTION_CALL',
        parameters: {
          funcName: `\`${site.name}\``,
          cause: 'the bytes are no sketch that approx_top_k_accumulate made',
        },
      },
    ],
  })

const estimate: FunctionDefinition = between(1, 2, ([sketch, items], site) => {
  const { fields } = sketchParts(sketch!, site)
  const k = countOf(items, site)
  const [bytes, tracked] = [0, 1].map((i) => fieldOf(sketch!, fields, i))
  const received = kernelCall('frequentReceived', BINARY, [checkedSketch(bytes!, site)], site)
  const found = itemsFound(received, k, literal(INT, MOST_SLOTS), fields[2]!.type, site)
  const isTooFew = call('lt', BOOLEAN, [tracked!, literal(INT, k)])
  const shown = { maxItemsTracked: castTo(tracked!, STRING) }
  const condition = 'APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K'
  const refused = raising(condition, { parameters: { k: String(k) }, shown }, found.type, site)
  return buildCase([{ when: isTooFew, value: refused }], found, site)
})

export const FREQUENT_ESTIMATES: FunctionTable = {
  approx_top_k_estimate: helped(
    '(sketch[, k])',
    'The `k` values that are there most often by a sketch that `approx_top_k_accumulate` made, 5 unless told, with about how often.',
    [['approx_top_k_estimate(approx_top_k_accumulate(a), 1) from values (1), (2), (2) as t(a)', '[{2, 2}]']],
    estimate,
    { printed: { defaults: { count: 2, last: ['5'] } } },
  ),
}
