import { readFileSync } from 'node:fs'
import test from 'ava'
import {
  collationCalled,
  collationLevels,
  collationNames,
  isBuilt,
  suggestedCollations,
} from '../../columnar/collation.js'
import { collatedString, INT, STRING, sameType, sqlTypeName, typeName } from '../../columnar/types.js'
import { editDistance } from '../../common/closest.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { position } from '../../executor/routines/collated-texts.js'
import { keyOf, levelsOf } from '../../executor/routines/collation-key.js'
import { childrenOf } from '../../planner/plan/expression/transform.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import { mapExpressions, transformPlanUp } from '../../planner/plan/logical/transform.js'
import { analyzed } from '../support/analysis.js'

const NO_KERNELS = { tellsTime: () => false }

function conditionOf(sql: string): string {
  try {
    analyzed(sql)
    return 'none'
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    return error.condition
  }
}

test('collations are called in any case, with what stands behind the language in any order, each part once', (t) => {
  for (const [written, name] of [
    ['utf8_lcase', 'UTF8_LCASE'],
    ['unicode_rtrim_ai_ci', 'UNICODE_CI_AI_RTRIM'],
    ['DE_at', undefined],
    ['de_AUT_cs_as', 'de_AUT'],
    ['en_usa_ci', 'en_USA_CI'],
    ['utf8_binary_ci', undefined],
    ['de_ci_ci', undefined],
    ['de_ci_cs', undefined],
    ['', undefined],
  ] as const)
    t.is(collationCalled(written)?.name, name, written)
  for (const name of collationNames()) t.is(collationCalled(name)?.name, name)
  t.is(collationNames().length, 1164)
  t.is(collationNames().filter((name) => isBuilt(collationCalled(name)!)).length, 4 + 74 * 8)
})

test('names that are none are answered with those that Spark proposes', (t) => {
  for (const [written, ...proposals] of [
    ['foo', 'fo', 'blo', 'bo'],
    ['UTF8_LCAS', 'UTF8_LCASE'],
    ['utf8_binary_ci', 'fa_AFG_CI'],
    ['en_ci_ci', 'en_CI'],
    ['c', 'ca', 'cs', 'cy'],
  ] as const)
    t.deepEqual(suggestedCollations(written, editDistance), proposals, written)
})

test('a collation is part of its type, but for that of bytes, which all texts have', (t) => {
  t.is(typeName(collatedString('de_CI')), 'string collate de_CI')
  t.is(sqlTypeName(collatedString('de_CI')), 'STRING COLLATE de_CI')
  t.false(sameType(STRING, collatedString('de_CI')))
  t.true(sameType(STRING, collatedString('UTF8_BINARY')))
  t.is(typeName(collatedString('UTF8_BINARY')), 'string collate UTF8_BINARY')
})

test('what is not built for collations is refused by name', (t) => {
  for (const sql of [
    "'a' collate ja",
    "'a' collate el_ci",
    "map_from_arrays(array('a' collate unicode), array(1))",
    "str_to_map('a' collate unicode)",
    "cast('a' as char(3) collate unicode)",
  ])
    t.is(conditionOf(`select ${sql}`), 'UNSUPPORTED_FEATURE', sql)
  for (const sql of ["map('a' collate unicode, 1)", "cast(map('a', 1) as map<string collate unicode, int>)"])
    t.is(conditionOf(`select ${sql}`), 'UNSUPPORTED_FEATURE.COLLATIONS_IN_MAP_KEYS', sql)
  const correlated = '(select max(c) from (select count(*) c from range(2) group by id having id < length(x)))'
  t.is(conditionOf(`select ${correlated} from values ('a' collate unicode) as t(x)`), 'UNSUPPORTED_FEATURE')
  t.is(conditionOf(`select ${correlated} from values ('a') as t(x)`), 'none')
  for (const call of ['mode(x)', 'max(struct(x))', 'histogram_numeric(x, 2)', 'count_min_sketch(x, 0.1d, 0.9d, 1)'])
    t.is(conditionOf(`select ${call} from values ('a' collate unicode) as t(x)`), 'UNSUPPORTED_FEATURE', call)
})

test('names of columns show the collation of literals, but where functions take their texts as they are', (t) => {
  const nameOf = (expression: string): string | undefined =>
    outputOf(analyzed(`select ${expression} from values ('x' collate utf8_lcase) as t(c)`))[0]?.name
  for (const call of ["instr(c, 'a')", "replace(c, 'a', 'b')", "(c = 'a')", "levenshtein(c, 'a')"])
    t.is(nameOf(call), call.replaceAll(/'[ab]'/g, '$& collate UTF8_LCASE'))
  for (const call of ["regexp_count(c, 'a')", "regexp_extract(c, 'a', 0)", "nvl(c, 'a')"])
    t.is(nameOf(call), call.replaceAll("'", ''))
})

test('a plan compares and groups keys of texts that have collations, and shows the texts', (t) => {
  const plan = analyzed(
    "select x from values ('a' collate utf8_lcase), ('A' collate utf8_lcase) as t(x) where x <> 'b' group by x",
  )
  t.deepEqual(
    outputOf(plan).map(({ name, type }) => [name, typeName(type)]),
    [['x', 'string collate UTF8_LCASE']],
  )
  let compared = 0
  transformPlanUp(plan, (node) => {
    if (node.kind === 'aggregate') for (const { expression } of node.keys) t.is(typeName(expression.type), 'string')
    mapExpressions(node, (e) => {
      if (e.kind === 'call' && e.fn === 'ne') {
        compared++
        for (const operand of childrenOf(e)) t.is(typeName(operand.type), 'string')
      }
      return e
    })
    return node
  })
  t.is(compared, 1)
})

test('keys of random texts are in the order in which Spark has them', (t) => {
  const { texts, ranks } = JSON.parse(readFileSync('test/data/spark/collations.json', 'utf8')) as {
    readonly texts: readonly string[]
    readonly ranks: Readonly<Record<string, readonly number[]>>
  }
  for (const [name, expected] of Object.entries(ranks)) {
    const collation = collationCalled(name)!
    if (collation.by !== 'icu') continue
    const levels = levelsOf(collationLevels(collation))
    const keys = texts.map((text) => Buffer.from(keyOf(text, levels)).toString('latin1'))
    const places = new Map([...new Set(keys)].toSorted((a, b) => (a < b ? -1 : 1)).map((key, place) => [key, place]))
    t.deepEqual(
      keys.map((key) => places.get(key)),
      expected,
      name,
    )
  }
})

test('a mark belongs to the letter before it over one that is put on elsewhere, as ICU has it', (t) => {
  const key = (text: string): string => Buffer.from(keyOf(text, levelsOf('root'))).toString('hex')
  t.is(key('и\u0323\u0306'), key('й\u0323'))
  t.is(key('и\u0323\u0306'), key('и\u0306\u0323'))
  t.true(key('и\u0301\u0306') < key('й\u0301'))
  t.true(key('и\u0323\u0306') > key('и\u0323'))
})

test('a part begins with what counts by itself, and ends before no mark of its last letter', (t) => {
  const place = (text: string, part: string): unknown =>
    position([text, part, 1, 'root_CI'], { arguments: [], result: INT }, NO_KERNELS)
  // Spark's answers.
  t.is(place('a\u00adb', 'B'), 3)
  t.is(place('xA\u0308y', 'Y'), 4)
  t.is(place('xA\u0308y', 'a'), 0)
  t.is(place('xA\u0308y', 'ä'), 2)
})

test('no collation heeds and ignores the same thing, or says one twice', (t) => {
  for (const name of ['UNICODE_CI_CS', 'UNICODE_AI_AS', 'UNICODE_CI_CI', 'UTF8_LCASE_CI'])
    t.is(collationCalled(name), undefined, name)
  t.is(collationCalled('unicode_rtrim_ai_cs')?.name, 'UNICODE_AI_RTRIM')
})
