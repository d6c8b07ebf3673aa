import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const SCRIPT = fileURLToPath(new URL('../support/closing-process.js', import.meta.url))
const EXECUTOR = fileURLToPath(new URL('../../executor/main.js', import.meta.url))

for (const mode of ['local', 'local-unclosed', 'cluster']) {
  test(`nothing keeps a process alive when its work is done: ${mode}`, async (t) => {
    const child = spawn(process.execPath, [SCRIPT, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (bytes) => {
      text += bytes
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    t.is(text, '249500,250000\nclosed\n')
    t.is(code, 0)
  })
}

test('an executor whose driver ends before it could be reached ends too, long before it would give up', async (t) => {
  t.timeout(120_000)
  // Takes connections and never says anything.
  const driver = createServer().listen(0, '127.0.0.1')
  await once(driver, 'listening')
  const { port } = driver.address() as AddressInfo
  const config = {
    executorId: 'early',
    driverAddress: `127.0.0.1:${port}`,
    secret: 'secret',
    slots: 1,
    memoryBytes: 2 ** 26,
    host: '127.0.0.1',
    port: 0,
    heartbeatIntervalMs: 1000,
    connectTimeoutMs: 600_000,
    modules: { taskModule: 'unused' },
  }
  const executor = spawn(process.execPath, [EXECUTOR], { stdio: ['pipe', 'ignore', 'inherit'] })
  try {
    executor.stdin.write(`${JSON.stringify(config)}\n`)
    await once(driver, 'connection')
    executor.stdin.end()
    t.deepEqual(await once(executor, 'close'), [0, null])
  } finally {
    executor.kill('SIGKILL')
    driver.close()
  }
})
