/**
 * The driver under chaos: runs the jobs, one after the other and again, and the misdeeds that its input names, until that says `end` or ends. It prints
 * what came of each: `right NAME`, `wrong NAME ANSWER` or `failed NAME CONDITION …`.
 */
import { createInterface } from 'node:readline'
import { MillraceError, Session } from '../../api/index.js'
import { JOBS, type Job, MISDEEDS } from './jobs.js'

const [master, host, folder] = process.argv.slice(2) as [string, string, string]
const say = (line: string): void => void process.stdout.write(`${line.replaceAll('\n', ' ')}\n`)

const conditionOf = (error: unknown): string => (MillraceError.is(error) ? error.condition : 'UNKNOWN')

const outcome = (session: Session, name: string, { run, due }: Job): Promise<string> =>
  run(session, folder).then(
    (answer) => (answer === due ? `right ${name}` : `wrong ${name} ${answer}, due is ${due}`),
    (error: Error) => {
      const condition = conditionOf(error)
      return condition === due ? `right ${name}` : `failed ${name} ${condition} ${error.message}`
    },
  )

let isOver = false
const wanted: string[] = []
const input = createInterface({ input: process.stdin })
input.on('line', (line) => {
  if (line === 'end') input.close()
  else wanted.push(line)
})
input.on('close', () => {
  isOver = true
})
const session = await Session.builder()
  .master(master)
  .config('app.name', 'jobs')
  .config('driver.host', host)
  .config('executor.instances', 2)
  .config('executor.cores', 1)
  .config('executor.memory', '24m')
  .config('executor.heartbeatInterval', '500ms')
  .config('executor.timeout', '5s')
  .config('autoBroadcastJoinThreshold', -1)
  .config('log.level', 'silent')
  .create()
  .catch((error: Error) => {
    say(`failed start ${conditionOf(error)} ${error.message}`)
    process.exit(3)
  })
say('started')
while (!isOver)
  for (const [name, job] of Object.entries(JOBS)) {
    for (const misdeed of wanted.splice(0)) say(await outcome(session, misdeed, MISDEEDS[misdeed]!))
    if (!isOver) say(await outcome(session, name, job))
  }
await session.stop()
say('stopped')
process.stdin.destroy()
