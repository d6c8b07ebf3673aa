import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url))

const start = (...args: string[]) => {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    output.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.err += chunk
  })
  return { child, output, exit: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]> }
}

test('millrace broker says where it listens and that it is for development, and ends cleanly on Ctrl-C', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
  const { child, output, exit } = start('broker', '--port', '0', '--dir', directory)
  while (!output.out.includes('\n')) await once(child.stdout, 'data')
  t.regex(output.out, /development broker.*listens on 127\.0\.0\.1:\d+/)
  child.kill('SIGINT')
  t.deepEqual(await exit, [0, null])
  await rm(directory, { recursive: true })
})

test('a port in use fails with one line and status 1, bad usage with status 2', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
  const first = start('broker', '--port', '0', '--dir', directory)
  while (!first.output.out.includes('\n')) await once(first.child.stdout, 'data')
  const port = /:(\d+),/.exec(first.output.out)![1]!
  const second = start('broker', '--port', port, '--dir', join(directory, 'second'))
  t.is((await second.exit)[0], 1)
  t.regex(second.output.err, /^\[ADDRESS_IN_USE\] Cannot listen on 127\.0\.0\.1:\d+.*\n$/)
  first.child.kill('SIGTERM')
  t.is((await first.exit)[0], 0)
  for (const args of [['broker', '--port', 'x'], ['nonsense'], ['broker', '--nope']]) {
    const bad = start(...args)
    t.is((await bad.exit)[0], 2, args.join(' '))
    t.regex(bad.output.err, /^error: .*/)
  }
  await rm(directory, { recursive: true })
})
