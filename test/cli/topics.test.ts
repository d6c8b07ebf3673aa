import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { printed, runCli, startCli } from '../support/cli.js'

test('topics are created, listed, described and deleted from the command line, and refused with one line', async (t) => {
  t.timeout(120_000)
  const directory = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
  const broker = startCli(['broker', '--port', '0', '--dir', directory, '--topic', 'made:2', '--topic', 'plain'])
  await printed(broker, '\n')
  const server = /listens on (\S+:\d+)/.exec(broker.output.text)![1]!
  const topics = async (command: string, ...args: readonly string[]) => {
    const { code, output, err } = await runTopics(command, server, args)
    return [code, output, err]
  }
  t.deepEqual(await topics('list'), [0, 'made\nplain\n', ''])
  t.deepEqual(await topics('create', 'events:3', 'other'), [0, '', ''])
  t.deepEqual(await topics('describe', 'made'), [
    0,
    [0, 1].map((p) => `made\tpartition ${p}\toffsets 0 to 0\tleader 1\treplicas 1\n`).join(''),
    '',
  ])
  t.is((await runTopics('describe', server, ['events'])).output.split('\n').length - 1, 3)
  t.is((await runTopics('describe', server, ['other'])).output.split('\n').length - 1, 4, 'as many as is the default')
  t.deepEqual(await topics('create', 'events:3'), [
    1,
    '',
    '[KAFKA_TOPIC_ALREADY_EXISTS] The Kafka topic events already exists. SQLSTATE: 42710\n',
  ])
  t.deepEqual(await topics('create', 'events:3', '--if-not-exists'), [0, '', ''])
  t.regex(
    String((await topics('create', 'bad name'))[2]),
    /^\[KAFKA_REQUEST_REFUSED\] .*create the topic bad name.*\n$/,
  )
  t.regex(
    String((await topics('create', 'copied', '--replication-factor', '3'))[2]),
    /^\[KAFKA_REQUEST_REFUSED\].*replication.*\n$/i,
  )
  t.deepEqual(await topics('delete', 'events', 'made'), [0, '', ''])
  t.deepEqual(await topics('list'), [0, 'other\nplain\n', ''])
  t.deepEqual(await topics('delete', 'events'), [
    1,
    '',
    '[UNKNOWN_TOPIC_OR_PARTITION] The Kafka topic or partition events does not exist. SQLSTATE: 42K03\n',
  ])
  for (const args of [['create', 'a:b'], ['create', 'a:1:2'], ['create'], ['list', '--option', 'x'], ['nothing']]) {
    const { code, err } = await runCli(['topics', ...args])
    t.is(code, 2, args.join(' '))
    t.regex(err, /^error: .*\n/, args.join(' '))
  }
  const servers = await runCli(['topics', 'list', '--option', 'kafka.bootstrap.servers=other:1'])
  t.deepEqual([servers.code, servers.err.includes('use --bootstrap-server')], [2, true], 'two places for the cluster')
  const [code, , err] = await topics('list', '--option', 'subscribe=events')
  t.is(code, 1, 'an option of queries does nothing here')
  t.regex(String(err), /^\[INVALID_OPTION\].*subscribe.*there is no such option/)
  broker.child.kill('SIGTERM')
  await broker.closed
  t.regex((await runTopics('list', server, [])).err, /^\[KAFKA_UNAVAILABLE\] Kafka at .*\n$/)
  await rm(directory, { recursive: true })
})

async function runTopics(command: string, server: string, args: readonly string[]) {
  const { code, text, err } = await runCli(['topics', command, ...args, '--bootstrap-server', server])
  return { code, output: text, err }
}
