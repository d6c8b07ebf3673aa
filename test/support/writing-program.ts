/** A program for tests: writes Parquet for minutes, as its arguments (master, directory) say. It does not mind signals. */

import { readdir } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { Session } from '../../api/index.js'

const [master, directory] = process.argv.slice(2) as [string, string]
const session = await Session.builder().master(master).config('log.level', 'error').getOrCreate()
const written = session.range(10_000_000_000n).write.parquet(directory)
const isWriting = async (): Promise<boolean> =>
  (await readdir(directory, { recursive: true }).catch(() => [])).some((name) => name.endsWith('.parquet'))
while (!(await isWriting())) await setTimeout(20)
process.stdout.write('writing\n')
await written
