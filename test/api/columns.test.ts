import test from 'ava'
import { type Column, col, lit } from '../../api/index.js'
import { withSharedSession } from '../support/shared-sessions.js'

const ROW = "select named_struct('a', 1, 'b', named_struct('c', 2, 'd', 'x')) s, 5 n"

test('withField adds fields to structs, and puts others in their place, within structs too', (t) =>
  withSharedSession('local[1]', async (session) => {
    const row = session.sql(ROW)
    const got = async (column: Column): Promise<unknown> => (await row.select(column.as('s')).collect())[0]!['s']
    const inner = { c: 2, d: 'x' }
    t.deepEqual(await got(col('s').withField('z', lit(9))), { a: 1, b: inner, z: 9 })
    t.deepEqual(await got(col('s').withField('b.c', lit('q'))), { a: 1, b: { c: 'q', d: 'x' } })
    t.deepEqual(await got(col('s').withField('b.new', col('n'))), { a: 1, b: { ...inner, new: 5 } })
    t.deepEqual(await got(col('s').withField('A', lit('q'))), { A: 'q', b: inner })
    t.deepEqual(await got(col('s').withField('`a.b`', lit(1))), { a: 1, b: inner, 'a.b': 1 })
    t.deepEqual(await got(col('s').withField('p', lit(1)).withField('q', col('s.a'))), { a: 1, b: inner, p: 1, q: 1 })
    await t.throwsAsync(got(col('n').withField('z', lit(9))), { message: /requires the "STRUCT" type/ })
    await t.throwsAsync(got(col('s').withField('zz.new', lit(9))), { message: /FIELD_NOT_FOUND/ })
  }))

test('dropFields leaves fields out, but not all of them', (t) =>
  withSharedSession('local[1]', async (session) => {
    const row = session.sql(ROW)
    const got = async (column: Column): Promise<unknown> => (await row.select(column.as('s')).collect())[0]!['s']
    t.deepEqual(await got(col('s').dropFields('a')), { b: { c: 2, d: 'x' } })
    t.deepEqual(await got(col('s').dropFields('b.c', 'A')), { b: { d: 'x' } })
    t.deepEqual(await got(col('s').dropFields('zz')), { a: 1, b: { c: 2, d: 'x' } })
    await t.throwsAsync(got(col('s').dropFields('a', 'b')), { message: /CANNOT_DROP_ALL_FIELDS/ })
    await t.throwsAsync(got(col('s').dropFields('b.c', 'b.d')), { message: /CANNOT_DROP_ALL_FIELDS/ })
  }))

test('a struct that is NULL stays so when its fields change', (t) =>
  withSharedSession('local[1]', async (session) => {
    const rows = session.sql('select cast(null as struct<a: int, b: int>) s')
    const [row] = await rows
      .select(col('s').withField('z', lit(9)).as('more'), col('s').dropFields('a').as('less'))
      .collect()
    t.deepEqual(row, { more: null, less: null })
  }))

test('changed structs are called as Spark calls them', async (t) =>
  withSharedSession('local[1]', async (session) => {
    const row = session.sql(ROW)
    const names = await row
      .select(
        col('s').withField('z', lit(9)),
        col('s').withField('b.new', col('n')),
        col('s').dropFields('a'),
        col('s').withField('b', lit('q')).withField('c', lit(1)),
      )
      .columns()
    t.deepEqual(names, [
      'update_fields(s, WithField(9))',
      'update_fields(s, WithField(update_fields(s.b, WithField(n))))',
      'update_fields(s, dropfield())',
      'update_fields(s, WithField(q), WithField(1))',
    ])
  }))

test('bits, patterns, parts of texts and NaN by methods of columns', (t) =>
  withSharedSession('local[1]', async (session) => {
    const rows = session.sql("select 3 x, 'Abc' s, double('NaN') d")
    const picked = rows.select(
      col('x').bitwiseAND(2),
      col('x').bitwiseOR(4),
      col('x').bitwiseXOR(lit(1)),
      col('s').ilike('a%'),
      col('s').rlike('^A.c$'),
      col('s').substr(lit(2), lit(1)),
      col('d').isNaN(),
      col('x').name('y'),
      col('x').transform((column) => column.plus(1)),
    )
    t.deepEqual(await picked.columns(), [
      '(x & 2)',
      '(x | 4)',
      '(x ^ 1)',
      'ilike(s, a%)',
      'RLIKE(s, ^A.c$)',
      'substr(s, 2, 1)',
      'isnan(d)',
      'y',
      '(x + 1)',
    ])
    t.deepEqual(Object.values((await picked.collect())[0]!), [2, 7, 2, true, true, 'b', true, 3, 4])
  }))
