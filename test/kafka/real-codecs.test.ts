import { col } from '../../api/index.js'
import { JAVA_RECORDS, javaRecord } from '../support/kafka-batches.js'
import { kafkaTool } from '../support/kafka-java.js'
import { newTopic, SERVER, serverOptions, withJava } from '../support/real-kafka.js'
import { withSession } from '../support/sessions.js'

withJava(
  'what the Java client wrote with every codec is read, and what we write with every codec the Java client reads (needs MILLRACE_TEST_KAFKA and Java)',
  async (t) => {
    const read = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
    const written = ['none', 'gzip', 'snappy', 'lz4']
    const inputs = await Promise.all(read.map(() => newTopic(1)))
    const outputs = await Promise.all(written.map(() => newTopic(2)))
    const copies = 20
    const count = JAVA_RECORDS * copies
    await kafkaTool('produce', SERVER!, String(count), ...inputs.map((topic, i) => `${topic}=${read[i]}`))
    const expected = Array.from({ length: count }, (_, i) => javaRecord(i))
    const line = (topic: string, { key, value }: ReturnType<typeof javaRecord>): string => `${topic}\t${key}\t${value}`
    await withSession('local[2]', async (session) => {
      for (const topic of inputs) {
        const table = session.read
          .format('kafka')
          .options(serverOptions({ subscribe: topic }))
          .load()
        const rows = await table
          .select(col('key').cast('string').as('key'), col('value').cast('string').as('value'))
          .orderBy('offset')
          .collect()
        t.deepEqual(rows as unknown[], expected, topic)
      }
      const table = session.read
        .format('kafka')
        .options(serverOptions({ subscribe: inputs[4]! }))
        .load()
        .select('key', 'value')
      for (const [i, topic] of outputs.entries()) {
        const more = serverOptions({ topic, 'kafka.compression.type': written[i]! })
        await table.write.mode('append').format('kafka').options(more).save()
      }
    })
    const lines = (await kafkaTool('consume', SERVER!, String(count), ...outputs)).trimEnd().split('\n')
    t.deepEqual(lines.toSorted(), outputs.flatMap((topic) => expected.map((record) => line(topic, record))).toSorted())
  },
)
