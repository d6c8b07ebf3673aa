import test from 'ava'
import type { MillraceError } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

test('to() finds columns and fields by name and casts them, as Spark does', (t) =>
  withSession('local[1]', async (session) => {
    const data = session.sql(
      `select 1 A, 'x' b, named_struct('p', 1, 'q', 'y') s, array(1, null) l, cast(null as int) n, cast(2.7 as double) f,
       named_struct('p', cast(null as int)) t, if(true, null, named_struct('p', 1)) u`,
    )
    const taken = async (schema: string) => Object.values((await data.to(schema as string).collect())[0]!)
    t.deepEqual(await taken('b string, a bigint'), ['x', 1n])
    t.deepEqual(await taken('a string, zz int'), ['1', null])
    t.deepEqual(await taken('a int not null'), [1])
    t.deepEqual(await taken('s struct<q: string, p: bigint>, u struct<z: int, p: int>'), [{ q: 'y', p: 1n }, null])
    t.deepEqual(await taken('s struct<q: string, z: int>'), [{ q: 'y', z: null }])
    t.deepEqual(await taken('l array<string>'), [['1', null]])
    t.deepEqual(await taken('f int, a double'), [2, 1])
    t.deepEqual(await data.to('F decimal(3, 1)').dtypes(), [['F', 'decimal(3,1)']])
    const refused = async (schema: string) => {
      const { condition, parameters } = (await t.throwsAsync<MillraceError>(() => taken(schema)))!
      return [condition, parameters.name ?? parameters.objectName ?? parameters.fieldName]
    }
    t.deepEqual(await refused('zz int not null'), ['UNRESOLVED_COLUMN.WITH_SUGGESTION', '`zz`'])
    t.deepEqual(await refused('s struct<z: int not null>'), ['UNRESOLVED_FIELD.WITH_SUGGESTION', '`z`'])
    t.deepEqual(await refused('n int not null'), ['NULLABLE_COLUMN_OR_FIELD', '`n`'])
    t.deepEqual(await refused('t struct<p: int not null>'), ['NULLABLE_COLUMN_OR_FIELD', '`t`.`p`'])
    for (const [schema, name] of [
      ['b int', '`b`'],
      ['a struct<x: int>', '`A`'],
      ['a timestamp', '`A`'],
      ['a boolean', '`A`'],
      ['s string', '`s`'],
    ] as const)
      t.deepEqual(await refused(schema), ['INVALID_COLUMN_OR_FIELD_DATA_TYPE', name])
    const twice = session.sql('select 1 a, 2 A')
    t.deepEqual(await twice.to('zz int').collect(), [{ zz: null }])
    t.is(
      (await t.throwsAsync<MillraceError>(() => twice.to('a int').collect()))!.condition,
      'AMBIGUOUS_COLUMN_OR_FIELD',
    )
  }))
