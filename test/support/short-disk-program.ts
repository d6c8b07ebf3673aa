import { mkdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Session } from '../../api/index.js'
import { ScratchFile } from '../../executor/spill/scratch-file.js'
import { SpillFile } from '../../executor/spill/spill-file.js'

/**
 * A program for tests whose directory for temporary files is full or away: it prints how queries end, the first and the last of which need no
 * disk, and those between them do.
 */
const LITTLE = 'select count(*) n from numbers'
const MUCH = `select count(*) n, max(length(t) + p) from (select concat('a text that is long enough to fill the memory ', id) t, row_number() over (order by id % 1000) p from numbers)`

const ways: Readonly<Record<string, () => Promise<void>>> = {
  full: () => told([LITTLE, MUCH, LITTLE]),
  gone: () =>
    told([LITTLE, MUCH, MUCH, LITTLE], (query) => {
      if (query === 1) rmdirSync(tmpdir())
      if (query === 2) mkdirSync(tmpdir())
    }),
  killed: async () => {
    new ScratchFile().append(new Uint8Array(1000))
    await (await SpillFile.create()).append(1, new Uint8Array(1000))
    process.stdout.write('written\n')
    process.stdin.resume()
  },
}

async function told(queries: readonly string[], before: (query: number) => void = () => {}): Promise<void> {
  const session = await Session.builder().master('local[2]').config('executor.memory', '24m').getOrCreate()
  session.range(400_000).createOrReplaceTempView('numbers')
  for (const [i, query] of queries.entries()) {
    before(i)
    const outcome = await session
      .sql(query)
      .collect()
      .then(
        ([row]) => String(row!['n']),
        (error: Error) => error.message.match(/[A-Z]+(_[A-Z]+)+/g)!.join(' '),
      )
    process.stdout.write(`${outcome}\n`)
  }
  await session.stop()
}

await ways[process.argv[2]!]!()
