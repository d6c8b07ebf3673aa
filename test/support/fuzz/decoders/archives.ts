import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { unpackArchive } from '../../../../standalone/archive/unpack.js'
import type { Samples } from './samples.js'

const entry = (header: object, content = ''): Buffer => {
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, text, Buffer.from(content)])
}

/** Not compressed: what gzip notices says nothing of the code behind it. */
export const archiveSamples = (): Samples => [
  Buffer.concat([
    entry({ path: 'src/a.js', bytes: 3, isExecutable: false }, 'abc'),
    entry({ path: 'src/b.js', bytes: 0, isExecutable: true }),
    entry({ path: 'c', target: 'src/a.js' }),
  ]),
]

/** Unpacks into a folder that goes. @throws ARCHIVE_REFUSED */
export async function unpackBytes(bytes: Uint8Array): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-archive-'))
  try {
    writeFileSync(join(folder, 'archive'), gzipSync(bytes))
    await unpackArchive(join(folder, 'archive'), join(folder, 'app'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
