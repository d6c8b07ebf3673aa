import { join } from 'node:path'
import { type Session, udf } from '../../api/index.js'

/** A job whose answer is known before, or the condition that it ends with. */
export interface Job {
  readonly due: string
  run(session: Session, folder: string): Promise<string>
}

const sumBelow = (count: number): number => (count * (count - 1)) / 2
const ROWS = 200_000
const GROUPS = 997
const TEXT = 'a text that is long enough to fill the memory '

const answered = async (session: Session, query: string): Promise<string> => {
  const rows = await session.sql(query).collect()
  return rows.map((row) => Object.values(row).join()).join('; ')
}

/** In the order in which they are run, again and again. */
export const JOBS: Readonly<Record<string, Job>> = {
  groups: {
    due: [GROUPS, ROWS, sumBelow(ROWS), sumBelow(GROUPS)].join(),
    run: (session) =>
      answered(
        session,
        `select count(*), sum(n), sum(s), sum(k) from (select id % ${GROUPS} k, count(*) n, sum(id) s from range(0, ${ROWS}, 1, 8) group by id % ${GROUPS})`,
      ),
  },
  joined: {
    due: [ROWS / 4, 4 * sumBelow(ROWS / 4), TEXT.length + 1].join(),
    run: (session) =>
      answered(
        session,
        `select count(*), sum(a.id), min(length(t)) from (select id, concat('${TEXT}', id) t from range(0, ${ROWS}, 1, 6)) a join range(0, ${2 * ROWS}, 4, 6) b on a.id = b.id`,
      ),
  },
  sorted: {
    due: [ROWS, 4 * sumBelow(ROWS / 4 + 1), TEXT.length + 1].join(),
    run: (session) =>
      answered(
        session,
        `select count(*), sum(p), min(length(t)) from (select concat('${TEXT}', id) t, row_number() over (partition by id % 4 order by id % 1000, concat('${TEXT}', id)) p from range(0, ${ROWS}, 1, 4))`,
      ),
  },
  cached: {
    due: [ROWS, sumBelow(ROWS), ROWS].join(),
    run: async (session) => {
      // Only the first run of a session computes it, and those that come after partitions were lost.
      if (!(await session.catalog.tableExists('kept')))
        session.range(0, ROWS, 1, 4).selectExpr('id', `concat('${TEXT}', id) t`).cache().createOrReplaceTempView('kept')
      const [sums, distinct] = await Promise.all([
        answered(session, 'select count(*), sum(id) from kept'),
        answered(session, 'select count(distinct t) from kept'),
      ])
      return `${sums},${distinct}`
    },
  },
  written: {
    due: [ROWS, sumBelow(ROWS)].join(),
    run: async (session, folder) => {
      const path = join(folder, 'written')
      await session.range(0, ROWS, 1, 4).write.mode('overwrite').parquet(path)
      return await answered(session, `select count(*), sum(id) from parquet.\`${path}\``)
    },
  },
  called: {
    due: String(2 * sumBelow(ROWS / 10)),
    run: async (session) => {
      const twice = udf((x: bigint) => x * 2n, 'bigint')
      const rows = await session
        .range(0, ROWS / 10, 1, 4)
        .select(twice('id').as('x'))
        .selectExpr('sum(x) s')
        .collect()
      return String(Object.values(rows[0]!)[0])
    },
  },
}

/** How long a task that never ends is left alone. */
const ENDLESS_MS = 500

/** What is only run when it is asked for: code of the user that does what none should. */
export const MISDEEDS: Readonly<Record<string, Job>> = {
  endless: {
    due: 'OPERATION_CANCELED',
    run: async (session) => {
      const never = udf((x: bigint) => {
        for (;;) if (x < 0n) return x
      }, 'bigint')
      setTimeout(() => session.interruptAll(), ENDLESS_MS)
      const rows = await session.range(0, 8, 1, 4).select(never('id').as('x')).collect()
      return `${rows.length} rows`
    },
  },
  hungry: {
    due: 'TASK_RETRIES_EXHAUSTED',
    run: async (session) => {
      const eats = udf((x: bigint) => {
        const eaten: number[][] = []
        for (;;) eaten.push(Array.from({ length: 10_000 }, (_, i) => i + Number(x)))
      }, 'bigint')
      const rows = await session.range(0, 1, 1, 1).select(eats('id').as('x')).collect()
      return `${rows.length} rows`
    },
  },
}
export type Misdeed = 'endless' | 'hungry'
