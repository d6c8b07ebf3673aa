import { mock } from 'node:test'
import { Metadata, type ServerInterceptingCallInterface, type ServerMethodDefinition, status } from '@grpc/grpc-js'
import test from 'ava'
import { requestDeadline } from '../../proto/rpc/request-deadline.js'
import { CONTROL_SERVICE, DATA_SERVICE } from '../../proto/rpc/services.js'

type Definition = ServerMethodDefinition<Buffer, Buffer>
type Listener = Parameters<ServerInterceptingCallInterface['start']>[0]
type Event = 'message' | 'end' | 'cancel'

const WAIT_MS = 1_000

/** With which codes a call is ended when this happens in its time, and nothing else. */
const endsWith = (definition: Definition, event?: Event): readonly unknown[] => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const ended: unknown[] = []
    let heard: Listener | undefined
    const call = {
      start: (listener: Listener) => {
        heard = listener
      },
      sendStatus: ({ code }: { code: number }) => ended.push(code),
    } as unknown as ServerInterceptingCallInterface
    const nothing = (): void => undefined
    const idle = {
      onReceiveMetadata: nothing,
      onReceiveMessage: nothing,
      onReceiveHalfClose: nothing,
      onCancel: nothing,
    }
    requestDeadline(WAIT_MS)(definition, call).start(idle)
    heard!.onReceiveMetadata(new Metadata())
    mock.timers.tick(WAIT_MS - 1)
    if (event === 'message') heard!.onReceiveMessage(Buffer.alloc(0))
    else if (event === 'end') heard!.onReceiveHalfClose()
    else if (event === 'cancel') heard!.onCancel()
    mock.timers.tick(WAIT_MS)
    return ended
  } finally {
    mock.timers.reset()
  }
}

test.serial('a stream has a while for its first message, and a call of one request for all of it', (t) => {
  const { DEADLINE_EXCEEDED: late } = status
  const stream = CONTROL_SERVICE.connect as Definition
  const single = DATA_SERVICE.fetch as Definition
  t.deepEqual([endsWith(stream), endsWith(single)], [[late], [late]])
  t.deepEqual([endsWith(stream, 'message'), endsWith(single, 'message')], [[], [late]])
  t.deepEqual([endsWith(stream, 'end'), endsWith(single, 'end')], [[], []])
  t.deepEqual([endsWith(stream, 'cancel'), endsWith(single, 'cancel')], [[], []], 'a call that is over is not ended')
})
