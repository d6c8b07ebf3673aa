import { BINARY, BOOLEAN, type DataType, field, INT, STRING, struct, typeName } from '../../../../columnar/types.js'
import type { ConditionName } from '../../../../common/errors/catalogue.js'
import { call, fieldOf, literal } from '../../../plan/expression/build.js'
import type { Expression, Fold } from '../../../plan/expression/expression.js'
import { castTo } from '../../types/coercion.js'
import { buildCase } from '../conditional.js'
import { helped } from '../definition.js'
import { checkedSketch, NOT_TOLD, sketchParts } from '../frequent-estimates.js'
import { raising } from '../raising.js'
import { STRINGS } from '../string.js'
import type { AggregateDefinition, AggregateSite, AggregateTable } from './definition.js'
import { column, columnsOf, folded, isMissing } from './fold.js'
import { sketchOf } from './frequent-items.js'
import { checkItems, limitedItems, MOST_SLOTS, mostSlots, sketchState } from './frequent-parts.js'
import { changed } from './sketches.js'

/* Sketches of the most frequent values that are kept: a struct of the sketch, how many items it has at most, a NULL of their type, and this type as text. */

/** The struct; `NULL` has the type of the items. */
function kept(
  sketch: Expression,
  tracked: Expression,
  item: DataType,
  ddl: Expression,
  site: AggregateSite,
): Expression {
  const type = struct([
    field('sketch', BINARY, false),
    field('maxItemsTracked', INT, tracked.nullable),
    field('itemDataType', item),
    field('itemDataTypeDDL', STRING, ddl.nullable),
  ])
  return call('named_struct', type, [sketch, tracked, literal(item, null), ddl], { origin: site.origin })
}

const [BEFORE_TYPE, BEHIND_TYPE] = ['item ', ' NOT NULL']

/** Spark writes what has a collation in small letters. */
const ddlOf = (type: DataType): string =>
  type.kind === 'string' ? 'item string not null' : `${BEFORE_TYPE}${typeName(type).toUpperCase()}${BEHIND_TYPE}`

const accumulate: AggregateDefinition = {
  minArgs: 1,
  maxArgs: 2,
  build: ([value, given], site) => {
    const { type } = value!
    checkItems(type, site)
    const tracked = limitedItems(given, 1, site)
    const result = kept(column(0, BINARY), literal(INT, tracked), type, literal(STRING, ddlOf(type)), site)
    return site.of(folded({ ...sketchOf(type, tracked, site), result }, [value!]))
  },
}

/** The type that a text in such a struct tells. */
function toldType(ddl: Expression, site: AggregateSite): Expression {
  const length = call('subtract', INT, [
    STRINGS['length']!.build([ddl], site),
    literal(INT, BEFORE_TYPE.length + BEHIND_TYPE.length),
  ])
  const part = STRINGS['substring']!.build([ddl, literal(INT, BEFORE_TYPE.length + 1), length], site)
  const quote = literal(STRING, '"')
  return call('concat', STRING, [quote, STRINGS['upper']!.build([part], site), quote])
}

/** What all sketches have alike: what is known of those before, unless another one differs. */
function alike(
  own: Expression,
  other: Expression,
  condition: ConditionName,
  shown: Readonly<Record<string, Expression>>,
  site: AggregateSite,
): Expression {
  const differs = call('and', BOOLEAN, [
    call('is_not_null', BOOLEAN, [other]),
    call('not', BOOLEAN, [call('eq_null_safe', BOOLEAN, [own, other])]),
  ])
  const refused = raising(condition, { parameters: {}, shown }, own.type, site)
  return buildCase(
    [
      { when: isMissing(own), value: other },
      { when: differs, value: refused },
    ],
    own,
    site,
  )
}

const STATE = [
  sketchState,
  { name: 'tracked', type: INT, nullable: true },
  { name: 'ddl', type: STRING, nullable: true },
] as const

const combine: AggregateDefinition = {
  minArgs: 1,
  maxArgs: 2,
  build: ([sketch, given], site) => {
    const { fields } = sketchParts(sketch!, site)
    const wanted = given && limitedItems(given, 1, site)
    const most = wanted === undefined ? literal(INT, MOST_SLOTS) : mostSlots(wanted)
    const [state, tracked, ddl] = columnsOf(STATE)
    const others = columnsOf(STATE, STATE.length)
    const sizes = { size1: castTo(tracked!, STRING), size2: castTo(others[1]!, STRING) }
    const types = { type1: toldType(ddl!, site), type2: toldType(others[2]!, site) }
    const changesBy = (kernel: string): readonly Expression[] => [
      changed(kernel, [others[0]!, most], site),
      wanted === undefined
        ? alike(tracked!, others[1]!, 'APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH', sizes, site)
        : literal(INT, wanted),
      alike(ddl!, others[2]!, 'APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH', types, site),
    ]
    const size = wanted === undefined ? tracked! : literal(INT, wanted)
    const fold: Fold = {
      label: site.name,
      state: STATE,
      added: changesBy('frequentCombined'),
      merged: changesBy('frequentMerged'),
      result: kept(state!, size, fields[2]!.type, ddl!, site),
      isOrdered: true,
    }
    const parts = [checkedSketch(fieldOf(sketch!, fields, 0), site), ...[1, 3].map((i) => fieldOf(sketch!, fields, i))]
    return site.of(folded(fold, parts))
  },
}

export const FREQUENT_SKETCHES: AggregateTable = {
  approx_top_k_accumulate: helped(
    '(value[, maxItemsTracked])',
    'A sketch of the values that are there most often, to be kept, combined with others and asked by `approx_top_k_estimate`. Its bytes are not those of Spark.',
    [['approx_top_k_estimate(approx_top_k_accumulate(a), 1) from values (1), (2), (2) as t(a)', '[{2, 2}]']],
    accumulate,
    { printed: { defaults: { count: 2, last: ['10000'] } } },
  ),
  approx_top_k_combine: helped(
    '(sketch[, maxItemsTracked])',
    'The sketch of all values of sketches that `approx_top_k_accumulate` made, which have the same `maxItemsTracked` unless another one is told.',
    [
      [
        'approx_top_k_estimate(approx_top_k_combine(s), 1) from (select approx_top_k_accumulate(a) s from values (1, 1), (1, 2), (2, 2) as t(k, a) group by k)',
        '[{2, 2}]',
      ],
    ],
    combine,
    { printed: { defaults: { count: 2, last: [NOT_TOLD] } } },
  ),
}
