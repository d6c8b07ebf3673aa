import test from 'ava'
import { outputOf } from '../../planner/plan/logical/output.js'
import { analyzed, catalogOf } from '../support/analysis.js'

/* How Spark names columns after calls that it prints otherwise than they are written. */

const catalog = catalogOf({})

const PRINTED: readonly (readonly [call: string, printed: string])[] = [
  ["lpad(X'41', 3)", "lpad(X'41', 3, X'00')"],
  ["rpad(X'41', 3)", "rpad(X'41', 3, X'00')"],
  ["rpad(X'41', 3, X'42')", "rpad(X'41', 3, X'42')"],
  ["lpad('a', 3)", 'lpad(a, 3,  )'],
  ["lpad('a', 3, X'41')", "lpad(a, 3, X'41')"],
  ['lpad(null, 3)', 'lpad(NULL, 3,  )'],
  ["try_make_timestamp(2020, 1, 2, 3, 4, 5.5, 'UTC')", 'try_make_timestamp(2020, 1, 2, 3, 4, 5.5)'],
  ["make_timestamp(2020, 1, 2, 3, 4, 5.5, 'UTC')", 'make_timestamp(2020, 1, 2, 3, 4, 5.5, UTC)'],
  [
    "try_make_timestamp(date'2020-01-02', time'10:00:00', 'UTC')",
    "try_make_timestamp(DATE '2020-01-02', TIME '10:00:00', UTC)",
  ],
  ["to_varchar(X'41', 'UTF-8')", "to_varchar(X'41', UTF-8)"],
  ["to_varchar(X'41', 'hex')", "to_varchar(X'41')"],
  ["to_char(X'41', 'UTF-8')", "decode(X'41', UTF-8)"],
  ["to_char(X'41', 'HEX')", "hex(X'41')"],
  ["string_agg('a')", 'string_agg(a, NULL)'],
  ["string_agg('a') within group (order by 'a')", 'listagg(a, NULL) WITHIN GROUP (ORDER BY a ASC NULLS FIRST)'],
  ["string_agg('a', ',') within group (order by 'a' desc)", 'listagg(a, ,) WITHIN GROUP (ORDER BY a DESC NULLS LAST)'],
]

for (const [call, printed] of PRINTED)
  test(`${call} is called ${printed}`, (t) => {
    const output = outputOf(analyzed(`select ${call}`, catalog))
    t.is(output[0]!.name, printed)
  })
