/**
 * A program for tests that writes files of every format, small ones and then some that are larger than files may be: it prints how the latter end,
 * and then what is there.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type MillraceError, Session } from '../../api/index.js'

const [folder, ...formats] = process.argv.slice(2) as [string, ...string[]]
const session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
const rows = (count: number) =>
  session
    .range(count)
    .selectExpr("concat('a text that no compression makes small: ', sha2(cast(id as string), 512)) as t")
    .coalesce(1)
for (const format of formats) {
  const path = join(folder, format)
  await rows(10).write.format(format).save(path)
  const outcome = await rows(40_000)
    .write.format(format)
    .mode('append')
    .save(path)
    .then(
      () => 'written',
      (error: MillraceError) => error.message.match(/[A-Z]+(_[A-Z]+)+/g)!.join(' '),
    )
  const names = readdirSync(path, { recursive: true }) as string[]
  const left = names.filter((name) => !/^(part-[^/]*|_SUCCESS|\.part-[^/]*\.crc)$/.test(name))
  const data = names.filter((name) => name.startsWith('part-'))
  const read = await session.read.format(format).schema('t string').load(path).count()
  process.stdout.write(`${format} ${outcome} ${data.length} file, ${read} rows, left: ${left.join(', ')}\n`)
}
await session.stop()
