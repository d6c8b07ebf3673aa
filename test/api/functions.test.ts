import test from 'ava'
import { type Column, col, functions as F, lit } from '../../api/index.js'
import { withSharedSession } from '../support/shared-sessions.js'

/** Functions of the API, and what SQL calls the same. */
const SAME: readonly (readonly [Column, string])[] = [
  [F.ascii('s'), 'ascii(s)'],
  [F.char('n'), 'char(n)'],
  [F.lcase('s'), 'lcase(s)'],
  [F.bitLength('s'), 'bit_length(s)'],
  [F.reverse('s'), 'reverse(s)'],
  [F.contains('s', lit('park')), "contains(s, 'park')"],
  [F.startswith('s', 't'), 'startswith(s, t)'],
  [F.endswith('s', lit('QL')), "endswith(s, 'QL')"],
  [F.like('s', lit('Spark/_%'), lit('/')), "s like 'Spark/_%' escape '/'"],
  [F.ilike('s', lit('SPARK%')), "s ilike 'SPARK%'"],
  [F.instr('s', 'k'), "instr(s, 'k')"],
  [F.locate('_', 's', 3), "locate('_', s, 3)"],
  [F.position('t', 's'), 'position(t, s)'],
  [F.position('t', 's', lit(2)), 'position(t, s, 2)'],
  [F.lpad('s', 12, '*'), "lpad(s, 12, '*')"],
  [F.rpad('s', lit(4), lit('*')), "rpad(s, 4, '*')"],
  [F.repeat('t', 2), 'repeat(t, 2)'],
  [F.repeat('t', 'n'), 'repeat(t, n)'],
  [F.right('s', lit(3)), 'right(s, 3)'],
  [F.substr('s', lit(2)), 'substr(s, 2)'],
  [F.substr('s', lit(2), lit(3)), 'substr(s, 2, 3)'],
  [F.substringIndex('s', '_', 1), "substring_index(s, '_', 1)"],
  [F.translate('s', 'Sp', 'sP'), "translate(s, 'Sp', 'sP')"],
  [F.replace('s', 't', lit('-')), "replace(s, t, '-')"],
  [F.replace('s', 't'), 'replace(s, t)'],
  [F.overlay('s', 't', 3), 'overlay(s, t, 3)'],
  [F.overlay('s', 't', 3, lit(1)), 'overlay(s, t, 3, 1)'],
  [F.mask('s', lit('U')), "mask(s, 'U')"],
  [F.bin('n'), 'bin(n)'],
  [F.hex('n'), 'hex(n)'],
  [F.isnan('d'), 'isnan(d)'],
  [F.nanvl('d', lit(1.5)), 'nanvl(d, 1.5D)'],
  [F.negate('n'), '-n'],
  [F.positive('n'), 'positive(n)'],
  [F.pmod(-7, 'n'), 'pmod(-7, n)'],
  [F.tryAdd('n', 'm'), 'try_add(n, m)'],
  [F.trySubtract('n', 'm'), 'try_subtract(n, m)'],
  [F.tryMultiply('m', 'm'), 'try_multiply(m, m)'],
  [F.tryDivide('n', lit(0)), 'try_divide(n, 0)'],
  [F.tryMod('n', lit(0)), 'try_mod(n, 0)'],
  [F.greatest('n', 'm'), 'greatest(n, m)'],
  [F.least('n', 'm', lit(3)), 'least(n, m, 3)'],
  [F.nvl2('nothing', 'n', 'm'), 'nvl2(nothing, n, m)'],
  [F.equalNull('nothing', lit(null)), 'equal_null(nothing, null)'],
  [F.typeof('d'), 'typeof(d)'],
  [F.namedStruct(lit('a'), 'n'), "named_struct('a', n)"],
  [F.datepart('week', 'at'), "datepart('week', at)"],
  [F.extract('year', 'at'), 'extract(year from at)'],
  [F.dateadd('at', 3), 'dateadd(at, 3)'],
  [F.dateDiff('at', lit('2024-01-01')), "date_diff(at, '2024-01-01')"],
  [F.timestampAdd('hour', lit(3), 'at'), 'timestampadd(hour, 3, at)'],
  [F.timestampDiff('day', lit('2024-01-01'), 'at'), "timestampdiff(day, '2024-01-01', at)"],
  [F.currentCatalog(), 'current_catalog()'],
  [F.currentDatabase(), 'current_database()'],
  [F.currentSchema(), 'current_schema()'],
  [F.currentPath(), 'current_path()'],
  [F.currentUser(), 'current_user()'],
  [F.sessionUser(), 'session_user()'],
  [F.user(), 'user()'],
  [F.version(), 'version()'],
]

const ROW = `select 'Spark_SQL' s, 'ark' t, 3 n, ${2 ** 31 - 1} m, double('NaN') d, cast(null as int) nothing, timestamp'2024-02-29 12:00:00' at`

test('functions of the API give what SQL’s of the same name give, also where that is NULL', (t) =>
  withSharedSession('local[1]', async (session) => {
    session.sql(ROW).createOrReplaceTempView('one')
    const [given] = await session
      .table('one')
      .select(...SAME.map(([column], i) => column.as(`c${i}`)))
      .collect()
    const [wanted] = await session
      .sql(`select ${SAME.map(([, sql], i) => `${sql} c${i}`).join(', ')} from one`)
      .collect()
    for (const [i, [, sql]] of SAME.entries()) t.deepEqual(given![`c${i}`], wanted![`c${i}`], sql)
  }))

test('aggregates of different values, and conditions that hold in all rows or one', (t) =>
  withSharedSession('local[1]', async (session) => {
    const rows = session.sql("select * from values (1, 'a'), (2, 'b'), (2, 'b'), (null, null) as t(n, s)")
    const [row] = await rows
      .agg(
        F.sumDistinct('n').as('sum'),
        F.listaggDistinct('s', ',').as('texts'),
        F.stringAggDistinct('s').as('joined'),
        F.boolAnd(col('n').gt(0)).as('all'),
        F.every(col('n').gt(1)).as('every'),
        F.boolOr(col('n').gt(1)).as('any'),
        F.some(col('n').gt(2)).as('some'),
      )
      .collect()
    t.deepEqual(row, { sum: 3n, texts: 'a,b', joined: 'ab', all: true, every: false, any: true, some: false })
  }))

test('generators of the API make rows and columns as those of SQL do', (t) =>
  withSharedSession('local[1]', async (session) => {
    const row = session.sql(`select 1 a, 2 b, '{"x": 1, "y": "z"}' j`)
    t.deepEqual(await row.select(F.stack(lit(2), 'a', 'b')).collect(), [{ col0: 1 }, { col0: 2 }])
    t.deepEqual(await row.select(F.jsonTuple('j', 'x', 'y')).collect(), [{ c0: '1', c1: 'z' }])
  }))

test('orders of columns say where NULLs come', (t) =>
  withSharedSession('local[1]', async (session) => {
    const rows = session.sql('select * from values (1), (null), (2) as t(n)')
    const by = async (order: Column): Promise<unknown[]> => (await rows.orderBy(order).collect()).map(({ n }) => n)
    t.deepEqual(await by(F.ascNullsLast('n')), [1, 2, null])
    t.deepEqual(await by(F.ascNullsFirst('n')), [null, 1, 2])
    t.deepEqual(await by(F.descNullsFirst('n')), [null, 2, 1])
    t.deepEqual(await by(F.descNullsLast('n')), [2, 1, null])
  }))
