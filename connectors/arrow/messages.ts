import type { RecordBatchReader, Schema } from 'apache-arrow'
import { corrupt } from '../../columnar/arrow/flat-metadata.js'
import { END_OF_STREAM } from '../../columnar/arrow/ipc-stream.js'
import { readInto } from '../files/read-range.js'
import { openFile } from '../files/systems/file-systems.js'
import type { ByteRange, FileReader, PlannedFile } from '../files/systems/open-file.js'
import { checkMessage } from './check-message.js'
import { damagedBy } from './damage.js'

/** Some messages of a file, the schema first, as a stream of their own. @throws FAILED_READ_FILE, PATH_NOT_FOUND */
export async function streamOf(
  file: PlannedFile,
  messages: readonly ByteRange[],
  reader: FileReader = {},
): Promise<RecordBatchReader> {
  const { RecordBatchReader } = await import('apache-arrow')
  const open = openFile(file, reader)
  try {
    const coming = open.fetch(messages)
    if (coming) await coming
    const all = new Uint8Array(messages.reduce((sum, { bytes }) => sum + bytes, END_OF_STREAM.length))
    let at = 0
    for (const { position, bytes } of messages) {
      readInto(open, all, at, position, position + bytes)
      const total = checkMessage(all.subarray(at, at + bytes))
      // Behind the schema of a file without rows stands its end.
      if (at > 0 && total !== bytes) throw corrupt('a message has another length than the file tells')
      at += total
    }
    all.set(END_OF_STREAM, at)
    const stream = await RecordBatchReader.from(all.subarray(0, at + END_OF_STREAM.length)).open()
    // The library has none when what stands first is another message.
    if ((stream.schema as Schema | undefined) === undefined) throw corrupt('it does not begin with a schema')
    return stream
  } catch (error) {
    throw damagedBy(file.path, error)
  } finally {
    open.close()
  }
}
