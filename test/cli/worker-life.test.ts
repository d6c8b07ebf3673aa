import test from 'ava'
import { stayUntilToEnd } from '../../cli/commands/worker-life.js'
import type { EndingSignal } from '../../common/ending-signals.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'

const NEVER = new Promise<never>(() => undefined)

test('the first signal ends a worker whose executors are going because somebody asked for that', async (t) => {
  let stop!: (signal: EndingSignal) => void
  const stopped = new Promise<EndingSignal>((resolve) => {
    stop = resolve
  })
  const asked: number[] = []
  const decommission = (timeoutMs: number): Promise<void> => {
    asked.push(timeoutMs)
    stop('SIGINT')
    return NEVER
  }
  t.timeout(20_000)
  await stayUntilToEnd(
    { givenUp: NEVER as Promise<MillraceError>, isToLeave: Promise.resolve(), decommission },
    stopped,
    7,
  )
  t.deepEqual(asked, [7])
})

test('executors of a worker go by SIGTERM, and end by Ctrl-C', async (t) => {
  const asked: number[] = []
  const decommission = async (timeoutMs: number): Promise<void> => void asked.push(timeoutMs)
  const worker = { givenUp: NEVER as Promise<MillraceError>, isToLeave: NEVER as Promise<void>, decommission }
  await stayUntilToEnd(worker, Promise.resolve('SIGINT'), 7)
  t.deepEqual(asked, [])
  await stayUntilToEnd(worker, Promise.resolve('SIGTERM'), 7)
  t.deepEqual(asked, [7])
})
