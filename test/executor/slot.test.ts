import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import test from 'ava'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { Slot } from '../../executor/pool/slot.js'
import { threadDataOnce } from '../../executor/thread-data.js'
import { FAKE_MODULES } from '../support/fake-cluster.js'

test('a slot whose thread could not be started starts one when what it needs is there', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'slot-test-'))
  const kernels = join(directory, 'kernels.wasm')
  const modules = { ...FAKE_MODULES, kernels: pathToFileURL(kernels).href }
  const shared = MemoryPool.shared({ bytes: 1 << 30, slots: 1, storeBytes: 0 })
  const slot = new Slot(0, threadDataOnce(modules), shared)
  try {
    await t.throwsAsync(slot.start(), { code: 'ENOENT' })
    await slot.replace()
    copyFileSync(fileURLToPath(new URL('../../executor/kernels/kernels.wasm', import.meta.url)), kernels)
    await t.notThrowsAsync(slot.start())
    shared.pool.hold(0, 1000)
    await slot.replace()
    t.is(shared.pool.heldBy(0), 0, 'what its thread held is free')
    await slot.start()
    const gone = slot.replace()
    await slot.start()
    shared.pool.hold(0, 1000)
    await gone
    t.is(shared.pool.heldBy(0), 1000, 'the next thread begins when the one before is gone')
  } finally {
    await slot.replace()
    rmSync(directory, { recursive: true })
  }
})
