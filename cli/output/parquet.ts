import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blockValues } from '../../connectors/parquet/writer/block-values.js'
import { ParquetOutputFile } from '../../connectors/parquet/writer/parquet-output-file.js'
import type { OutputFormat } from './output-format.js'

/** One Parquet file. It goes through a temporary one, so that nothing is written of a query that fails. */
export const parquet: OutputFormat = {
  isBinary: true,
  async *render(schema, blocks) {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-parquet-'))
    try {
      const path = join(folder, 'result.parquet')
      const file = await ParquetOutputFile.create(path, schema, 'SNAPPY')
      try {
        for await (const block of blocks)
          await file.write(blockValues(schema, block), 0, block.rows, block.bytes.byteLength)
        await file.finish()
      } catch (error) {
        await file.close()
        throw error
      }
      yield* createReadStream(path) as AsyncIterable<Uint8Array>
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
