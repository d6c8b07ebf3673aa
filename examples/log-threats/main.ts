/**
 * A day of a web server's log, line by line as text: who guesses passwords, who looks for holes, who sends SQL.
 * `node dist/examples/log-threats/main.js [access.log]`; without a file of yours a log is made, with attacks in it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Session } from '../../api/index.js'
import { readRequests, THREATS } from './queries.js'
import { makeLog } from './requests.js'

const REQUESTS = 200_000
const SEED = 7
const MOST_SHOWN = 100

const directory = await mkdtemp(join(tmpdir(), 'millrace-log-'))
const session = await Session.builder().appName('log-threats').getOrCreate()
try {
  let [file] = process.argv.slice(2)
  if (file === undefined) {
    file = join(directory, 'access.log.gz')
    await writeFile(file, gzipSync(`${makeLog(REQUESTS, SEED).lines.join('\n')}\n`))
  }
  const requests = readRequests(session, file)
  requests.createOrReplaceTempView('requests')
  console.log(`${await requests.count()} requests`)
  await session.sql(THREATS).show(MOST_SHOWN, false)
} finally {
  await session.stop()
  await rm(directory, { recursive: true, force: true })
}
