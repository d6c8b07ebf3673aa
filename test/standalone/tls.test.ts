import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { environmentWithoutSecret } from '../../common/cluster-secret.js'
import { certified, newAuthority } from '../support/certificates.js'
import { printed, runCli, type StartedCli, startCli } from '../support/cli.js'
import { SECRET } from '../support/standalone.js'

const directory = mkdtempSync(join(tmpdir(), 'millrace-tls-'))
test.after.always(() => rmSync(directory, { recursive: true, force: true }))

/** Folders of certificates: of this cluster, of another one, and one that has expired. */
const OURS = join(directory, 'ours', 'machine')
const FOREIGN = join(directory, 'foreign', 'machine')
const EXPIRED = join(directory, 'expired')
test.before(async () => {
  for (const name of ['ours', 'foreign']) await runCli(['certs', '--dir', join(directory, name), 'machine'])
  mkdirSync(EXPIRED)
  const old = certified(directory, newAuthority(directory, 'old'), 'expired', 'IP:127.0.0.1', { expired: true })
  writeFileSync(join(EXPIRED, 'ca.pem'), readFileSync(join(OURS, 'ca.pem')))
  writeFileSync(join(EXPIRED, 'cert.pem'), readFileSync(old.certificate))
  writeFileSync(join(EXPIRED, 'key.pem'), readFileSync(old.key))
})

const env = (folder?: string): Record<string, string> => ({
  MILLRACE_SECRET: SECRET,
  ...(folder === undefined ? {} : { MILLRACE_TLS_DIR: folder }),
})

const ran = async (args: readonly string[], environment: Record<string, string>) => {
  const started = startCli(args, environment)
  started.child.stdin.end()
  const [code] = await started.closed
  return { code, out: started.output.text, err: started.output.err }
}

const start = async (t: ExecutionContext, args: readonly string[], folder?: string): Promise<StartedCli> => {
  const started = startCli(args, env(folder))
  t.teardown(async () => {
    started.child.kill('SIGTERM')
    await started.closed
  })
  await printed(started, '\n')
  return started
}

const masterIn = async (t: ExecutionContext, host: string, folder: string): Promise<string> => {
  const dir = mkdtempSync(join(directory, 'master-'))
  const started = await start(t, ['master', '--host', host, '--port', '0', '--dir', dir], folder)
  return /millrace:\/\/\S+:\d+/.exec(started.output.text)![0]
}

test('a cluster with certificates runs queries, its executors exchange blocks, and strangers are refused by one condition', async (t) => {
  t.timeout(180_000)
  const master = await masterIn(t, '127.0.0.1', OURS)
  await start(t, ['worker', '--master', master, '--tls-dir', OURS, '--cores', '2', '--memory', '512m'])
  const sizes = ['--config', 'executor.cores=1', '--config', 'executor.memory=128m']
  const files = { trustStore: 'ca.pem', certChain: 'cert.pem', privateKey: 'key.pem' }
  const settings = Object.entries(files).flatMap(([name, file]) => [
    '--config',
    `spark.ssl.rpc.${name}=${join(OURS, file)}`,
  ])
  const sql = 'select count(*), sum(n) from (select id % 1000 k, count(*) n from range(100000) group by 1)'
  const found = await ran(['sql', '--master', master, ...sizes, ...settings, '--format', 'csv', '-c', sql], env())
  t.is(found.err, '')
  t.regex(found.out, /\n1000,100000\n$/)
  const refused: readonly (readonly [string | undefined, RegExp])[] = [
    [undefined, /^\[TLS_MISMATCH\] .*the other does[^\n]*\n$/],
    [FOREIGN, /^\[CERTIFICATE_REFUSED\] [^\n]*\n$/],
    [EXPIRED, /^\[INVALID_CONF_VALUE\] .*expired on[^\n]*\n$/],
  ]
  for (const [folder, line] of refused) {
    for (const args of [
      ['status', '--master', master],
      ['worker', '--master', master],
      ['sql', '--master', master, '-c', 'select 1'],
      ['executor', '--driver', master.replace('millrace://', '')],
    ]) {
      const { code, err } = await ran(args, env(folder))
      t.is(code, 1, args[0])
      t.regex(err, line, args[0])
    }
  }
  const status = await ran(['status', '--master', master, '--json'], env(OURS))
  t.is(JSON.parse(status.out).workers.length, 1)
})

test('a master whose certificate is of another host is refused by those who come to it', async (t) => {
  const master = await masterIn(t, '127.0.0.2', OURS)
  const { code, err } = await ran(['status', '--master', master], env(OURS))
  t.is(code, 1)
  t.regex(err, /^\[CERTIFICATE_REFUSED\] [^\n]*127\.0\.0\.2[^\n]*\n$/)
})

test('executors of a local cluster speak TLS where the environment has certificates', async (t) => {
  const sql = 'select sum(n) from (select id % 10 k, count(*) n from range(1000) group by 1)'
  const args = ['sql', '--master', 'local-cluster[2,1,128]', '--format', 'csv', '-c', sql]
  const { out, err } = await ran(args, { MILLRACE_TLS_DIR: OURS })
  t.is(err, '')
  t.regex(out, /\n1000\n$/)
  const key = join(directory, 'mixed')
  mkdirSync(key)
  for (const file of ['ca.pem', 'cert.pem']) writeFileSync(join(key, file), readFileSync(join(OURS, file)))
  writeFileSync(join(key, 'key.pem'), readFileSync(join(FOREIGN, 'key.pem')))
  const mixed = await ran(args, { MILLRACE_TLS_DIR: key })
  t.regex(mixed.err, /^\[INVALID_CONF_VALUE\] .*not that of the certificate/)
})

test('executors get neither the secret of the cluster nor the folder of its keys by the environment', (t) => {
  const environment = { MILLRACE_SECRET: 's', MILLRACE_SECRET_FILE: 'f', MILLRACE_TLS_DIR: 'd', PATH: 'p' }
  t.deepEqual(environmentWithoutSecret(environment), { PATH: 'p' })
})

test('nothing that a driver, executors or a status print holds a secret or a key, whatever fails', async (t) => {
  t.timeout(120_000)
  const environment = { MILLRACE_SECRET: SECRET, MILLRACE_TLS_DIR: OURS }
  const master = await masterIn(t, '127.0.0.1', OURS)
  const statements = [
    'set',
    'explain extended select id % 3 k, count(*) from range(100) group by 1',
    'select id % 3 k, count(*) from range(100) group by 1',
    'select assert_true(id < 5) from range(100)',
  ]
  const args = (at: string, sql: string) => [
    'sql',
    '--master',
    at,
    '--config',
    'log.level=trace',
    '--verbose',
    '-c',
    sql,
  ]
  const outputs = [await ran(['status', '--master', master, '--json'], environment)]
  for (const sql of statements) outputs.push(await ran(args('local-cluster[1,1,128]', sql), environment))
  const none = ['--config', 'executor.wait=1s']
  outputs.push(await ran([...args(master, 'select 1'), ...none], environment))
  t.deepEqual(
    outputs.map(({ code }) => code),
    [0, 0, 0, 0, 1, 1],
  )
  const all = outputs.map(({ out, err }) => `${out}${err}`).join('')
  t.true(all.length > 2_000)
  const key = readFileSync(join(OURS, 'key.pem'), 'utf8').split('\n')[1]!
  for (const secret of [SECRET, 'PRIVATE KEY', key]) t.false(all.includes(secret))
})
