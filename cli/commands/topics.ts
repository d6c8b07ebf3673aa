import { type Command, InvalidArgumentError } from 'commander'
import type { TopicAdmin } from '../../connectors/kafka/admin/topic-admin.js'
import { writeText } from '../output/write-result.js'
import { positiveOf, type TopicArgument, topicOf } from './arguments.js'
import { settingOf } from './session-options.js'

interface ClusterArguments {
  readonly bootstrapServer: string
  readonly option?: Readonly<Record<string, string>>
}

interface CreateArguments extends ClusterArguments {
  readonly replicationFactor?: number
  readonly ifNotExists?: true
}

/** `millrace topics`: makes, lists, describes and deletes topics of a Kafka cluster or of the embedded broker. */
export function withTopics(topics: Command): void {
  topics.description('topics of a Kafka cluster, or of millrace broker: list, create, describe, delete')
  withCluster(topics.command('list').description('print the names of all topics')).action((options: ClusterArguments) =>
    withAdmin(options, async (admin) => print(await admin.list())),
  )
  withCluster(topics.command('create').description('create topics').argument('<name:partitions...>'))
    .option(
      '--replication-factor <count>',
      'copies of each partition; by default as many as the cluster says',
      positiveOf,
    )
    .option('--if-not-exists', 'leave a topic that exists as it is')
    .action((names: readonly string[], options: CreateArguments) => {
      const wanted = names.flatMap((name) => topicOf(name))
      return withAdmin(options, (admin) => create(admin, wanted, options))
    })
  withCluster(topics.command('describe').description('print the partitions of topics').argument('<name...>')).action(
    (names: readonly string[], options: ClusterArguments) =>
      withAdmin(options, async (admin) => {
        for (const name of names) await print(await descriptionOf(admin, name))
      }),
  )
  withCluster(
    topics.command('delete').description('delete topics with all their records').argument('<name...>'),
  ).action((names: readonly string[], options: ClusterArguments) =>
    withAdmin(options, async (admin) => {
      for (const name of names) await admin.delete(name)
    }),
  )
}

const withCluster = (command: Command): Command =>
  command
    .option('--bootstrap-server <host:port>', 'where the cluster is', '127.0.0.1:9092')
    .option(
      '--option <key=value>',
      'a further option of the Kafka source, such as kafka.security.protocol',
      kafkaOptionOf,
    )

function kafkaOptionOf(...given: Parameters<typeof settingOf>): ReturnType<typeof settingOf> {
  if (/^\s*kafka\.bootstrap\.servers\s*=/i.test(given[0])) throw new InvalidArgumentError('use --bootstrap-server')
  return settingOf(...given)
}

async function withAdmin(options: ClusterArguments, body: (admin: TopicAdmin) => Promise<void>): Promise<void> {
  const { connectTopicAdmin } = await import('../../connectors/kafka/admin/topic-admin.js')
  const admin = await connectTopicAdmin({ ...options.option, 'kafka.bootstrap.servers': options.bootstrapServer })
  await body(admin).finally(() => admin.close())
}

async function create(admin: TopicAdmin, wanted: readonly TopicArgument[], options: CreateArguments): Promise<void> {
  const existing = options.ifNotExists ? await admin.list() : []
  const { replicationFactor } = options
  for (const topic of wanted.filter(({ name }) => !existing.includes(name)))
    await admin.create({ ...topic, ...(replicationFactor === undefined ? {} : { replicationFactor }) })
}

async function descriptionOf(admin: TopicAdmin, name: string): Promise<readonly string[]> {
  const partitions = await admin.describe(name)
  return partitions.map(
    ({ partition, leader, replicas, firstOffset, endOffset }) =>
      `${name}\tpartition ${partition}\toffsets ${firstOffset} to ${endOffset}\tleader ${leader}\treplicas ${replicas.join(',')}`,
  )
}

const print = (lines: readonly string[]): Promise<void> =>
  writeText(lines.map((line) => `${line}\n`).join(''), process.stdout)
