import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { printed, runCli, startCli } from '../support/cli.js'

test('millrace broker says where it listens and that it is for development, and ends cleanly on Ctrl-C', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
  const broker = startCli(['broker', '--port', '0', '--dir', directory])
  await printed(broker, '\n')
  t.regex(broker.output.text, /development broker.*listens on 127\.0\.0\.1:\d+/)
  broker.child.kill('SIGINT')
  t.deepEqual(await broker.closed, [0, null])
  await rm(directory, { recursive: true })
})

test('a port in use fails with one line and status 1, bad usage with status 2', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
  const first = startCli(['broker', '--port', '0', '--dir', directory])
  await printed(first, '\n')
  const port = /:(\d+),/.exec(first.output.text)![1]!
  const second = await runCli(['broker', '--port', port, '--dir', join(directory, 'second')])
  t.is(second.code, 1)
  t.regex(second.err, /^\[CANNOT_LISTEN\] Cannot listen on 127\.0\.0\.1:\d+.*\n$/)
  t.false(existsSync(join(directory, 'second')), 'a broker that cannot listen makes no directory')
  first.child.kill('SIGTERM')
  t.is((await first.closed)[0], 0)
  const again = startCli(['broker', '--port', port, '--dir', directory])
  await printed(again, `:${port},`)
  again.child.kill('SIGTERM')
  t.is((await again.closed)[0], 0)
  for (const args of [['broker', '--port', 'x'], ['nonsense'], ['broker', '--nope']]) {
    const bad = await runCli(args)
    t.is(bad.code, 2, args.join(' '))
    t.regex(bad.err, /^error: .*/)
  }
  await rm(directory, { recursive: true })
})
