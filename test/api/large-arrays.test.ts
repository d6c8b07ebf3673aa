import test from 'ava'
import type { Session } from '../../api/index.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import { withSession } from '../support/sessions.js'

/** Rows that are larger than all of the memory, each array of a million elements an eighth of it or so. */
const MEMORY = '96m'
const LARGE = '(select id k, sequence(1, 1000000 + id) a from range(16))'
/** Ten million elements in all. */
const MANY = '(select id k, transform(sequence(1, 100), x -> x * 7 + id) a from range(100000))'

const rowsOf = async (session: Session, sql: string): Promise<readonly unknown[][]> =>
  (await session.sql(sql).collect()).map((row) => Object.values(row).map(Number))

const withLittleMemory = (body: (session: Session) => Promise<void>): Promise<void> =>
  withSession('local[1]', body, { 'executor.memory': MEMORY })

test.serial('arrays of a million elements are sorted, exchanged and joined in less memory than they take', (t) =>
  withLittleMemory(async (session) => {
    const elements = 16 * 1_000_000 + 120
    const queries = [
      [
        `select count(*), sum(size(a)), max(n) from (select a, row_number() over (order by k desc) n from ${LARGE})`,
        [16, elements, 16],
      ],
      [`select count(*), sum(size(a)) from (select /*+ repartition(4) */ k, a from ${LARGE})`, [16, elements]],
      [`select count(*), sum(size(x.a)) from ${LARGE} x join ${LARGE} y on x.a = y.a`, [16, elements]],
    ] as const
    for (const [sql, expected] of queries) t.deepEqual(await rowsOf(session, sql), [expected], sql)
  }),
)

test.serial('ten million elements are grouped, sorted, joined, windowed and collected in little memory', (t) =>
  withLittleMemory(async (session) => {
    const queries = [
      [`select count(*), sum(n) from (select a, count(*) n from ${MANY} group by a)`, [100_000, 100_000]],
      [
        `select sum(a[3]), max(n) from (select a, row_number() over (order by a desc) n from ${MANY})`,
        [5_002_750_000, 100_000],
      ],
      [`select count(*), sum(x.a[0] + y.a[1]) from ${MANY} x join ${MANY} y on x.a = y.a`, [100_000, 10_002_000_000]],
      [
        `select count(*), sum(size(p)) from (select lag(a) over (partition by k % 10 order by k) p from ${MANY})`,
        [100_000, 9_999_000],
      ],
      [
        'select count(*), sum(size(l)) from (select collect_list(id) l from range(3000000) group by id % 100000)',
        [100_000, 3_000_000],
      ],
    ] as const
    for (const [sql, expected] of queries) t.deepEqual(await rowsOf(session, sql), [expected], sql)
  }),
)

test.serial('what is one value and larger than the memory is refused with one condition', (t) =>
  withLittleMemory(async (session) => {
    const queries = [
      'select size(sequence(1L, 50000000L))',
      "select length(concat(repeat('x', 100000000), id)) from range(3)",
      'select size(collect_list(id)) from range(10000000)',
    ]
    for (const sql of queries) {
      const error = await t.throwsAsync<MillraceError>(rowsOf(session, sql))
      t.is(error?.condition, 'UNABLE_TO_ACQUIRE_MEMORY', sql)
    }
    t.deepEqual(await rowsOf(session, 'select size(sequence(1, 1000000))'), [[1_000_000]])
  }),
)
