import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import test from 'ava'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { Slot } from '../../executor/pool/slot.js'
import { threadDataOnce } from '../../executor/thread-data.js'
import { FAKE_TASK_MODULE } from '../support/fake-plans.js'

test('a slot whose thread could not be started starts one when what it needs is there', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'slot-test-'))
  const kernels = join(directory, 'kernels.wasm')
  const modules = { taskModule: FAKE_TASK_MODULE, connectorModule: undefined, kernels: pathToFileURL(kernels).href }
  const slot = new Slot(0, threadDataOnce(modules), MemoryPool.shared({ bytes: 1 << 30, slots: 1, storeBytes: 0 }))
  try {
    await t.throwsAsync(slot.start(), { code: 'ENOENT' })
    await slot.replace()
    copyFileSync(fileURLToPath(new URL('../../executor/kernels/kernels.wasm', import.meta.url)), kernels)
    await t.notThrowsAsync(slot.start())
  } finally {
    await slot.replace()
    rmSync(directory, { recursive: true })
  }
})
