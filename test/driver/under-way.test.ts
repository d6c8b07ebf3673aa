import test from 'ava'
import { createLogger } from '../../common/log.js'
import { UnderWay } from '../../driver/under-way.js'

const logger = createLogger('driver', 'silent')
const waitedFor = { abandon: () => undefined }

test('the end of what is under way is waited for, also when it fails', async (t) => {
  const work = new UnderWay()
  const order: string[] = []
  let finish!: () => void
  const first = work.during(
    waitedFor,
    new Promise<void>((resolve) => (finish = resolve)).then(() => order.push('work')),
  )
  const ended = work.ended({ logger }).then(() => order.push('ended'))
  await new Promise(setImmediate)
  t.deepEqual(order, [])
  finish()
  await Promise.all([first, ended])
  t.deepEqual(order, ['work', 'ended'])
  await t.throwsAsync(work.during(waitedFor, Promise.reject(new Error('no'))), { message: 'no' })
  // Who began it hears why it failed, and what is under way beside it is waited for all the same.
  let fail!: (error: Error) => void
  const failing = work.during(waitedFor, new Promise<void>((_, reject) => (fail = reject)))
  const last = work.during(
    waitedFor,
    new Promise<void>((resolve) => (finish = resolve)).then(() => order.push('last')),
  )
  const all = work.ended({ logger }).then(() => order.push('all'))
  fail(new Error('not this one'))
  await t.throwsAsync(failing, { message: 'not this one' })
  finish()
  await Promise.all([last, all])
  t.deepEqual(order, ['work', 'ended', 'last', 'all'])
})

test('what does not end is abandoned when its time is over, and what has ended is not', async (t) => {
  const work = new UnderWay()
  const abandoned: string[] = []
  await work.during({ abandon: () => abandoned.push('ended') }, Promise.resolve())
  void work.during({ abandon: () => abandoned.push('endless') }, new Promise(() => undefined))
  await work.ended({ logger, closePatienceMs: 1 })
  t.deepEqual(abandoned, ['endless'])
})
