import { existsSync } from 'node:fs'
import test from 'ava'
import { Session } from '../../api/index.js'
import { childrenOf } from '../../examples/support/processes.js'
import { Random } from '../support/random.js'
import { JOBS, type Job } from './jobs.js'
import { damageSpilled } from './leaks.js'

/** One run may pass before a byte of it is changed, most of all where other processes have the processors. */
const MOST_RUNS = 600
const EVERY_MS = 10

/** What has no room in memory lies in files without a name, to which /proc leads. */
const onLinux = existsSync('/proc/self/fd') ? test.serial : test.serial.skip

const ROWS = 600_000

/** What it exchanges is four times what the stores of the executors may hold: most of it lies on disk until the last task has written, however fast tasks are. */
const exchanged: Job = {
  due: [ROWS, (ROWS * (ROWS - 1)) / 2, 56].join(),
  run: async (session) => {
    const rows = `select id, concat(repeat('x', 50), lpad(id, 6, '0')) t from range(0, ${ROWS}, 1, 6)`
    const [row] = await session
      .sql(`select count(*), sum(id), min(length(t)) from (select /*+ repartition(4, id) */ * from (${rows}))`)
      .collect()
    return Object.values(row!).join()
  },
}

for (const [job, what, encryption] of [
  [exchanged, 'what an exchange', 'false'],
  [JOBS['cached']!, 'what a cache', 'false'],
  [JOBS['sorted']!, 'what a sort', 'false'],
  [exchanged, 'what an exchange, encrypted,', 'true'],
  [JOBS['sorted']!, 'what a sort, encrypted,', 'true'],
] as const)
  onLinux(`bytes of ${what} has on disk that change are found, and computed again`, async (t) => {
    t.timeout(240_000)
    const session = await Session.builder()
      .master('local-cluster[2,1,24]')
      .config('log.level', 'silent')
      .config('task.maxFailures', 12)
      .config('io.encryption.enabled', encryption)
      .config('autoBroadcastJoinThreshold', -1)
      .create()
    const executors = childrenOf(process.pid)
    const random = new Random(3)
    const found: string[] = []
    session.addListener({
      onTaskRetried: ({ failure }) => {
        if (failure.message.includes('BLOCK_CORRUPT')) found.push(failure.condition)
      },
    })
    try {
      for (let runs = 0; runs < MOST_RUNS && found.length === 0; runs++) {
        // Until some is found, or no attempt would come through.
        const timer = setInterval(() => {
          if (found.length === 0) damageSpilled(executors, random)
        }, EVERY_MS)
        const answer = await job.run(session, '').finally(() => clearInterval(timer))
        t.is(answer, job.due)
      }
      t.true(found.length > 0, 'no damage was found')
      t.log(`${found.length} found: ${[...new Set(found)].join(', ')}`)
    } finally {
      await session.stop()
    }
  })
