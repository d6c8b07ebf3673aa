import { getEventListeners, once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { decodeBlock, encodeBlock } from '../../proto/block-codec.js'
import { MAX_BLOCK_BYTES } from '../../proto/rpc/limits.js'
import { Patience } from '../../proto/rpc/patience.js'
import { until } from '../support/fake-cluster.js'
import { blockOf, valuesOf } from '../support/fake-task.js'
import { fetched, request, type Serve, withServer } from './support.js'

const failing = (error: unknown): Serve =>
  async function* () {
    yield blockOf([1n])
    throw error
  }

test('a condition raised while blocks are served reaches the reader with its name, parameters and cause', async (t) => {
  const cause = new MillraceError('FAILED_WRITE_FILE', { path: '/x', reason: 'full' })
  const error = new MillraceError('BLOCK_CORRUPT', { place: 'é', reason: 'odd' }, { cause })
  await withServer(failing(error), async ({ address }, clients) => {
    const met = await t.throwsAsync(fetched(clients, address))
    t.like(met, { condition: 'BLOCK_CORRUPT', parameters: { place: 'é', reason: 'odd' } })
    t.like(met?.cause, { condition: 'FAILED_WRITE_FILE', parameters: { path: '/x', reason: 'full' } })
  })
})

test('a condition with parameters too large for a status stays that condition', async (t) => {
  const huge = 'x'.repeat(10 * 1024 ** 2)
  const cause = new MillraceError('FAILED_WRITE_FILE', Object.fromEntries([...'abcdefghij'].map((key) => [key, huge])))
  await withServer(
    failing(new MillraceError('BLOCK_CORRUPT', { place: huge, reason: 'odd' }, { cause })),
    async ({ address }, clients) => {
      const met = await t.throwsAsync(fetched(clients, address))
      t.like(met, { condition: 'BLOCK_CORRUPT', parameters: { reason: 'odd' } })
    },
  )
})

test('an error that is none of ours is told as INTERNAL_ERROR with its message', async (t) => {
  await withServer(failing(new TypeError('a bug')), async ({ address }, clients) => {
    t.like(await t.throwsAsync(fetched(clients, address)), {
      condition: 'INTERNAL_ERROR',
      parameters: { message: 'a bug' },
    })
  })
})

test('nobody there, a broken connection and a long silence can be tried again', async (t) => {
  let address = ''
  await withServer(failing(0), async (server) => {
    address = server.address
  })
  const hang: Serve = async function* (signal) {
    yield blockOf([1n])
    await once(signal, 'abort')
  }
  await withServer(hang, async (server, clients) => {
    const unreachable = await t.throwsAsync(fetched(clients, address))
    t.like(unreachable, { condition: 'BLOCKS_UNAVAILABLE', retry: 'retry', parameters: { address } })
    t.like(await t.throwsAsync(fetched(clients, server.address, 60)), { condition: 'BLOCKS_UNAVAILABLE' })
    const broken = fetched(clients, server.address)
    const met = t.throwsAsync(broken)
    await until(() => server.strangers === 0)
    await server.close(0)
    t.like(await met, { condition: 'BLOCKS_UNAVAILABLE' })
  })
})

test('a fetch that is cancelled ends with OPERATION_CANCELED, on both sides', async (t) => {
  let served = false
  const hang: Serve = async function* (signal) {
    yield blockOf([1n])
    await once(signal, 'abort')
    served = true
  }
  await withServer(hang, async ({ address }, clients) => {
    const abort = new AbortController()
    const read = async (): Promise<void> => {
      for await (const _ of clients.fetch(address, request, abort.signal)) abort.abort()
    }
    t.like(await t.throwsAsync(read()), { condition: 'OPERATION_CANCELED' })
    await until(() => served)
  })
})

test('a frame with any bit changed, or cut short anywhere, is BLOCK_CORRUPT or the same block', (t) => {
  const block = blockOf([1n, -2n, 3n])
  const bytes = encodeBlock(block)
  t.deepEqual(valuesOf(decodeBlock(bytes, 'here')), [1n, -2n, 3n])
  const isSame = ({ rows, bytes: own }: Block): boolean => rows === block.rows && Buffer.from(own).equals(block.bytes)
  const attempt = (damaged: Uint8Array): void => {
    try {
      t.true(isSame(decodeBlock(damaged, 'here')))
    } catch (error) {
      t.like(error, { condition: 'BLOCK_CORRUPT', parameters: { place: 'here' } })
    }
  }
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = Uint8Array.from(bytes)
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    attempt(damaged)
  }
  for (let length = 0; length < bytes.length; length++) attempt(bytes.subarray(0, length))
})

test('a byte that changes on the way is found by the reader', async (t) => {
  const marker = Buffer.alloc(64 * 1024, 7)
  const serve: Serve = async function* () {
    yield { rows: 1, bytes: marker }
  }
  await withServer(serve, async ({ address }, clients) => {
    const proxy = createServer((socket) => {
      const behind = connect(Number(address.split(':')[1]), '127.0.0.1')
      socket.pipe(behind)
      behind.on('data', (data: Buffer) => {
        const at = data.indexOf(marker.subarray(0, 1000))
        if (at >= 0) data[at + 500] = 8
        socket.write(data)
      })
      for (const end of [socket, behind])
        end.on('error', () => undefined).on('close', () => [socket, behind].map((s) => s.destroy()))
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    try {
      t.is((await fetched(clients, address))[0]!.bytes.length, marker.length)
      const through = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
      t.like(await t.throwsAsync(fetched(clients, through)), {
        condition: 'BLOCK_CORRUPT',
        parameters: { place: through },
      })
    } finally {
      clients.close()
      proxy.close()
    }
  })
})

test('a connection that breaks before the first block is made again', async (t) => {
  let served = 0
  const serve: Serve = async function* () {
    served++
    yield blockOf([1n])
    yield blockOf([2n])
  }
  await withServer(serve, async ({ address }, clients) => {
    let connections = 0
    const proxy = createServer((socket) => {
      if (connections++ < 2) return socket.destroy()
      const behind = connect(Number(address.split(':')[1]), '127.0.0.1')
      socket.pipe(behind).pipe(socket)
      for (const end of [socket, behind])
        end.on('error', () => undefined).on('close', () => [socket, behind].map((s) => s.destroy()))
      return undefined
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const through = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
    try {
      t.deepEqual((await fetched(clients, through)).map(valuesOf), [[1n], [2n]])
      t.is(served, 1)
      // gRPC may make one more by itself, when the time for that comes first.
      t.true(connections >= 3, `${connections} connections`)
    } finally {
      clients.close()
      proxy.close()
    }
  })
})

test('a connection that breaks behind the first block is not made again, which would give that block twice', async (t) => {
  const serve: Serve = async function* (signal) {
    yield blockOf([1n])
    await once(signal, 'abort')
  }
  await withServer(serve, async ({ address }, clients) => {
    const sockets: Socket[] = []
    const proxy = createServer((socket) => {
      const behind = connect(Number(address.split(':')[1]), '127.0.0.1')
      socket.pipe(behind).pipe(socket)
      sockets.push(socket)
      for (const end of [socket, behind])
        end.on('error', () => undefined).on('close', () => [socket, behind].map((s) => s.destroy()))
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const through = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const values: (readonly bigint[])[] = []
    const read = async (): Promise<void> => {
      for await (const block of clients.fetch(through, request, new AbortController().signal)) {
        values.push(valuesOf(block))
        for (const socket of sockets) socket.destroy()
      }
    }
    try {
      t.like(await t.throwsAsync(read()), { condition: 'BLOCKS_UNAVAILABLE' })
      t.deepEqual(values, [[1n]])
      t.is(sockets.length, 1)
    } finally {
      clients.close()
      proxy.close()
    }
  })
})

test.serial(
  'the other side is waited for only while no block is taken in, and each block begins the wait anew',
  async (t) => {
    const { begin, end, close } = Patience.prototype
    const calls: string[] = []
    t.teardown(() => Object.assign(Patience.prototype, { begin, end, close }))
    const noted = (name: string, call: (this: Patience) => void) =>
      function (this: Patience): void {
        calls.push(name)
        call.call(this)
      }
    const serve: Serve = async function* () {
      yield blockOf([1n])
      yield blockOf([2n])
    }
    await withServer(serve, async ({ address }, clients) => {
      Object.assign(Patience.prototype, {
        begin: noted('begin', begin),
        end: noted('end', end),
        close: noted('close', close),
      })
      const { signal } = new AbortController()
      for await (const _ of clients.fetch(address, request, signal)) calls.push('taken')
      t.deepEqual(getEventListeners(signal, 'abort'), [], 'a signal that lives longer is listened to no more')
    })
    const ofBlock = ['end', 'taken', 'begin']
    t.deepEqual(calls, ['begin', ...ofBlock, ...ofBlock, 'close'])
  },
)

test('a block larger than can be sent is a condition that says so', async (t) => {
  const huge = { rows: 1, bytes: { length: MAX_BLOCK_BYTES + 1 } as Uint8Array }
  const serve: Serve = async function* () {
    yield huge
  }
  await withServer(serve, async ({ address }, clients) => {
    t.like(await t.throwsAsync(fetched(clients, address)), {
      condition: 'BLOCK_TOO_LARGE',
      parameters: { limit: String(MAX_BLOCK_BYTES) },
    })
  })
})
