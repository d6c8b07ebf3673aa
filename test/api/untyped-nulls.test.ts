import test from 'ava'
import { Session } from '../../api/index.js'
import { raised } from '../support/raised.js'

const session = await Session.builder().master('local[1]').getOrCreate()
test.after.always(() => session.stop())

/** NULLs without a type that are computed, and as they are within structs. */
const UNTYPED = ['if(id = 1, null, null)', 'coalesce(nullif(null, id), null)', "named_struct('a', null, 'b', id).a"]
const CALLS = [
  'shuffle(v)',
  'size(v)',
  'sort_array(v)',
  'array_max(v)',
  'reverse(v)',
  'upper(v)',
  'v + 1',
  'map_keys(v)',
  'to_json(v)',
]

for (const call of CALLS)
  test.serial(`${call} of a column without a type is NULL, however it is computed`, async (t) => {
    for (const untyped of UNTYPED)
      t.deepEqual(
        await session.sql(`select ${call} r from (select id, ${untyped} v from range(2))`).collect(),
        [{ r: null }, { r: null }],
        untyped,
      )
  })

test.serial('whether a value is NULL whose computation raises is only known once it has raised', async (t) => {
  for (const query of ["select isnull(raise_error('no'))", "select id from range(2) where raise_error('no') is null"])
    await raised(t, session.sql(query).collect(), 'USER_RAISED_EXCEPTION')
})
