import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import test from 'ava'

interface LeftBehind {
  endLeftBehind(
    marks: Readonly<Record<string, string>>,
    options: { readonly besides: readonly number[]; readonly graceMs: number },
  ): Promise<readonly string[]>
}
const tool: string = new URL('../../../tools/left-behind.mjs', import.meta.url).href

const withProc = existsSync('/proc/self/environ') ? test : test.skip
withProc(
  'a process that tests leave behind is ended and named, in whatever session it is, and no other one, nor that of another run',
  async (t) => {
    const places = [
      ['a run', 'a file'],
      ['a run', 'a file'],
      ['another run', 'a file'],
      ['a run', 'another file'],
    ]
    const started = places.map(([run, file]) => {
      const child = spawn('sleep', ['600'], {
        detached: true,
        stdio: 'ignore',
        env: { ...process.env, MILLRACE_TEST_FILE: file, OF_RUN: run },
      })
      t.teardown(() => child.kill('SIGKILL'))
      return child
    })
    await Promise.all(started.map((child) => once(child, 'spawn')))
    const [left, kept, ...others] = started
    const ended = once(left!, 'exit')
    const { endLeftBehind } = (await import(tool)) as LeftBehind
    const marks = { OF_RUN: 'a run', MILLRACE_TEST_FILE: 'a file' }
    t.deepEqual(await endLeftBehind(marks, { besides: [kept!.pid!], graceMs: 0 }), [
      `left behind by a file, and ended: process ${left!.pid}, sleep 600`,
    ])
    t.deepEqual(await ended, [null, 'SIGKILL'])
    t.deepEqual(
      [kept, ...others].map((child) => child!.exitCode ?? child!.signalCode),
      [null, null, null],
    )
  },
)
