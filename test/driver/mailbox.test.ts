import test from 'ava'
import { Mailbox } from '../../driver/mailbox.js'

/** A mailbox whose handler does what a message says, and what was handled and went wrong. */
function newMailbox() {
  const handled: string[] = []
  const faults: unknown[] = []
  const mailbox: Mailbox<string> = new Mailbox<string>(
    (message) => {
      handled.push(message)
      if (message === 'close') mailbox.close()
      if (message === 'fail') throw new Error('failed')
      if (message === 'post') mailbox.post('posted')
    },
    (error) => faults.push(error),
  )
  return { mailbox, handled, faults }
}

test('messages are handled in their order, none while another one is, and each although one before it failed', async (t) => {
  const { mailbox, handled, faults } = newMailbox()
  for (const message of ['post', 'fail', 'last']) mailbox.post(message)
  t.deepEqual(handled, [])
  await new Promise(setImmediate)
  t.deepEqual(handled, ['post', 'fail', 'last', 'posted'])
  t.is(faults.length, 1)
})

test('a mailbox that is closed handles nothing more, neither what waits nor what comes', async (t) => {
  const { mailbox, handled } = newMailbox()
  for (const message of ['close', 'waits']) mailbox.post(message)
  await new Promise(setImmediate)
  mailbox.post('comes')
  await new Promise(setImmediate)
  t.deepEqual(handled, ['close'])
})
