import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { JAVA_RECORDS, javaRecord } from '../support/kafka-batches.js'
import { kafkaCommand, kafkaTool } from '../support/kafka-java.js'
import { withJava } from '../support/real-kafka.js'

withJava(
  'the Java client creates topics of the embedded broker, produces, lists offsets and reads on in its group after a restart (needs MILLRACE_TEST_KAFKA and Java)',
  async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-java-'))
    const options = { directory, port: 0, autoCreateTopics: false }
    let broker = await startBroker(options)
    const servers = broker.bootstrapServers
    const at = ['--bootstrap-server', servers]
    const topics = (...args: readonly string[]): Promise<string> => kafkaCommand('TopicCommand', ...at, ...args)
    const lines = Array.from({ length: JAVA_RECORDS }, (_, i) => {
      const { key, value } = javaRecord(i)
      return `made\t${key}\t${value}`
    })
    try {
      await topics('--create', '--topic', 'made', '--partitions', '3', '--replication-factor', '1')
      t.regex(await topics('--describe', '--topic', 'made'), /Topic: made.*PartitionCount: 3.*ReplicationFactor: 1/)
      await kafkaTool('produce', servers, String(JAVA_RECORDS), 'made=lz4')
      const offsets = await kafkaCommand('GetOffsetShell', ...at, '--topic', 'made')
      t.deepEqual(offsets.trim().split('\n').toSorted(), [`made:0:${JAVA_RECORDS}`, 'made:1:0', 'made:2:0'])
      const group = async (): Promise<readonly string[]> =>
        (await kafkaTool('group', servers, String(JAVA_RECORDS), 'readers=made')).trimEnd().split('\n')
      t.deepEqual(await group(), lines)
      await broker.close()
      broker = await startBroker({ ...options, port: Number(servers.split(':')[1]) })
      await kafkaTool('produce', servers, String(JAVA_RECORDS), 'made=gzip')
      t.deepEqual(await group(), lines, 'only what came after the commit')
      const described = await kafkaCommand(
        'consumer.group.ConsumerGroupCommand',
        ...at,
        '--describe',
        '--group',
        'readers',
      )
      t.regex(described, new RegExp(`readers +made +0 +${2 * JAVA_RECORDS} +${2 * JAVA_RECORDS} +0 `))
      await topics('--delete', '--topic', 'made')
      t.is((await topics('--list')).trim(), '')
    } finally {
      await broker.close()
      await rm(directory, { recursive: true, force: true })
    }
  },
)

withJava(
  'the Java client copies a topic of the embedded broker in a transaction with the offsets of its group (needs MILLRACE_TEST_KAFKA and Java)',
  async (t) => {
    t.timeout(300_000)
    const directory = await mkdtemp(join(tmpdir(), 'millrace-java-'))
    const broker = await startBroker({ directory, port: 0, defaultPartitions: 1 })
    const servers = broker.bootstrapServers
    try {
      await kafkaTool('produce', servers, String(JAVA_RECORDS), 'from=none')
      await kafkaTool('transact', servers, String(JAVA_RECORDS), 'from=to')
      const lines = (await kafkaTool('committed', servers, String(JAVA_RECORDS), 'to')).trimEnd().split('\n')
      t.deepEqual(
        lines,
        Array.from({ length: JAVA_RECORDS }, (_, i) => {
          const { key, value } = javaRecord(i)
          return `to\t${key}\t${value}`
        }),
      )
      const all = (await kafkaTool('consume', servers, String(JAVA_RECORDS + 1), 'to')).trimEnd().split('\n')
      t.deepEqual(all, ['to\tnull\tgiven up', ...lines])
      const described = await kafkaCommand(
        'consumer.group.ConsumerGroupCommand',
        '--bootstrap-server',
        servers,
        '--describe',
        '--group',
        'from',
      )
      t.regex(described, new RegExp(`from +from +0 +${JAVA_RECORDS} +${JAVA_RECORDS} +0 `))
    } finally {
      await broker.close()
      await rm(directory, { recursive: true, force: true })
    }
  },
)
