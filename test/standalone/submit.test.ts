import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { startCli } from '../support/cli.js'
import { folderOf, SECRET, startMaster } from '../support/standalone.js'

const ENV = { MILLRACE_SECRET: SECRET }
const PACKAGE = new URL('../../bundle/api/index.js', import.meta.url).href

/** A folder with a program, and a file that holds the secret. */
const programOf = (t: ExecutionContext, text: string): { readonly program: string; readonly secretFile: string } => {
  const folder = folderOf(t)
  const [program, secretFile] = [join(folder, 'program.mjs'), join(folder, 'secret')]
  writeFileSync(program, text)
  writeFileSync(secretFile, SECRET)
  return { program, secretFile }
}

const SUMS = `import { Session } from '${PACKAGE}'
const session = await Session.builder().getOrCreate()
const [{ s }] = await session.sql('select sum(id) s from range(1000)').collect()
console.log(s, session.conf.get('app.name'), process.argv.slice(2).join(), process.env.MILLRACE_SECRET ?? 'no secret')
await session.stop()
`

test('a program that is submitted in client mode runs here, its session on the cluster with the settings that were given, by the secret or a token', async (t) => {
  t.timeout(120_000)
  const { address } = await startMaster(t)
  const worker = startCli(['worker', '--master', `millrace://${address}`, '--cores', '1', '--memory', '512m'], ENV)
  t.teardown(() => worker.child.kill('SIGKILL'))
  const { program, secretFile } = programOf(t, SUMS)
  const options = ['--executor-memory', '128m', '--conf', 'spark.executor.instances=1', '--name', 'sums']
  const master = ['--master', `millrace://${address}`, '--secret-file', secretFile]
  const submitted = startCli(['submit', ...master, ...options, program, 'a', '--name'])
  t.deepEqual(await submitted.closed, [0, null], submitted.output.err)
  t.is(submitted.output.text, '499500n sums a,--name no secret\n')
  const token = startCli(['token', 'create', '--user', 'anna'], ENV)
  t.deepEqual(await token.closed, [0, null], token.output.err)
  writeFileSync(secretFile, token.output.text)
  const byToken = startCli(['submit', ...master, ...options, program, 'b'])
  t.deepEqual(await byToken.closed, [0, null], byToken.output.err)
  t.is(byToken.output.text, '499500n sums b no secret\n')
})
