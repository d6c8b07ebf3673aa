import type { DataFrame, Session } from '../../api/index.js'

declare const session: Session
declare const rows: DataFrame
declare const text: string
declare const texts: Record<string, string>

// Known names, in any case, and text that is not literal.
session.read.format('kafka').option('subscribe', 'a').option('kafka.bootstrap.servers', 'x:1').options(texts).load()
session.read.format('Parquet').option('MERGESCHEMA', true).load()
session.read.option('parquet.page.verify-checksum.enabled', false).parquet('x')
session.read.option('subscribe', 'a').format('kafka').option('maxOffsetsPerTrigger', 10n).load()
session.read.format(text).option(text, 1).option('anything', 2).options({ x: 1 }).load()
session.read.format('csv').option('header', true).load()
rows.write.mode('ErrorIfExists').mode(text).format('parquet').option('compression', 'zstd')
rows.write.format('csv').option('quoteAll', true).text('x')
rows.write.format('kafka').options({ topic: 'a', 'kafka.compression.type': 'lz4', ...texts })
rows.writeStream.format('console').option('numRows', 5).option('checkpointLocation', 'x').outputMode('Update')
rows.writeStream.format('memory').queryName('q').outputMode(text).trigger({ once: true })
rows.writeStream
  .option('topic', 'a')
  .option('checkpointLocation', 'x')
  .foreachBatch(() => undefined)

// @ts-expect-error there is no format kafak
session.read.format('kafak')
// @ts-expect-error there is no such option of kafka
session.read.format('kafka').option('subscibe', 'a')
// @ts-expect-error there is no such option of kafka
session.read.format('kafka').options({ subscibe: 'a' })
// @ts-expect-error parquet has not this option
session.read.format('parquet').option('subscribe', 'a')
// @ts-expect-error the schema keeps the format
session.readStream.format('kafka').schema('a int').option('mergeSchema', true)
// @ts-expect-error no format has this option
session.read.option('sbscribe', 'a')
// @ts-expect-error streams only are shown on the console
session.read.format('console')
// @ts-expect-error there is no mode upsert
rows.write.mode('upsert')
// @ts-expect-error there is no format parket
rows.write.format('parket')
// @ts-expect-error this is read, not written
rows.write.format('parquet').option('mergeSchema', true)
// @ts-expect-error this is read, not written
rows.write.format('csv').option('inferSchema', true)
// @ts-expect-error there is no such option
rows.write.options({ compresion: 'zstd' })
// @ts-expect-error there is no mode apend
rows.writeStream.outputMode('apend')
// @ts-expect-error there is no format memry
rows.writeStream.format('memry')
// @ts-expect-error there is no such option
rows.writeStream.format('parquet').option('checkpointlocaton', 'x')
// @ts-expect-error the console has no topic
rows.writeStream.format('console').option('topic', 'x')
