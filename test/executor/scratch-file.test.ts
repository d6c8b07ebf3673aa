import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { ScratchFile } from '../../executor/spill/scratch-file.js'

test('what was put on disk comes back, however it was cut, and the file has no name', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-scratch-'))
  const file = new ScratchFile(directory)
  try {
    const first = file.append(Uint8Array.of(1, 2, 3), Uint8Array.of(), Uint8Array.of(4))
    const second = file.append(Uint8Array.of(5))
    t.is(file.size, 5)
    t.deepEqual(await readdir(directory), [])
    const bytes = new Uint8Array(4)
    file.read(first, bytes)
    t.deepEqual([...bytes], [1, 2, 3, 4])
    const one = new Uint8Array(1)
    file.read(second, one)
    t.deepEqual([...one], [5])
    t.throws(() => file.read({ ...second, checksum: second.checksum ^ 1 }, one), { message: /BLOCK_CORRUPT/ })
    t.throws(() => file.read({ ...second, offset: 5 }, one), { message: /BLOCK_CORRUPT.*cut short/ })
  } finally {
    file.close()
    await rm(directory, { recursive: true })
  }
})

test('a directory that is not there fails with a condition that names it', (t) => {
  const file = new ScratchFile('/nowhere/at/all')
  t.throws(() => file.append(Uint8Array.of(1)), { message: /FAILED_WRITE_FILE.*\/nowhere\/at\/all/ })
  file.close()
})
