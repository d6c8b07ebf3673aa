import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const PROGRAM = fileURLToPath(new URL('../support/full-disk-program.js', import.meta.url))
/** Blocks of 512 bytes that a file may have. */
const LARGEST_FILE = 2000
const FORMATS = ['parquet', 'arrow', 'avro', 'text', 'csv', 'json']

test('a disk that fills while a file is written, of whichever format, is one condition; what was there is as it was, and nothing else is', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-full-'))
  try {
    const shell = `ulimit -f ${LARGEST_FILE} && exec "${process.execPath}" "${PROGRAM}" "${folder}" ${FORMATS.join(' ')}`
    const { stdout, stderr } = spawnSync('sh', ['-c', shell], { encoding: 'utf8' })
    const failed = 'TASK_RETRIES_EXHAUSTED FAILED_WRITE_FILE 1 file, 10 rows, left: '
    t.deepEqual(
      stdout.replace(/\n$/, '').split('\n'),
      FORMATS.map((format) => `${format} ${failed}`),
      stderr,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
