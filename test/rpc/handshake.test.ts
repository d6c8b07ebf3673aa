import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import test, { type ExecutionContext } from 'ava'
import { createLogger } from '../../common/log.js'
import { Channel } from '../../proto/rpc/channel.js'
import type { Credentials, TlsIdentity } from '../../proto/rpc/credentials.js'
import { newHello } from '../../proto/rpc/handshake/frames.js'
import { certified, type Identity, newAuthority } from '../support/certificates.js'
import { until } from '../support/fake-cluster.js'
import { blockOf } from '../support/fake-task.js'
import { Random } from '../support/random.js'
import { fetched, greeted, SECRET, silentSocket, withServer } from './support.js'

const serve = async function* () {
  yield blockOf([1n])
}

const directory = mkdtempSync(join(tmpdir(), 'millrace-handshake-'))
test.after.always(() => rmSync(directory, { recursive: true, force: true }))

const tlsOf = (authority: Identity, own: Identity): TlsIdentity => ({
  authority: readFileSync(authority.certificate, 'utf8'),
  certificate: readFileSync(own.certificate, 'utf8'),
  key: readFileSync(own.key, 'utf8'),
})
const ours = newAuthority(directory, 'ours')
const foreign = newAuthority(directory, 'foreign')
const right = tlsOf(ours, certified(directory, ours, 'right', 'IP:127.0.0.1,IP:::1'))
const elsewhere = tlsOf(ours, certified(directory, ours, 'elsewhere', 'DNS:elsewhere.example,IP:10.9.9.9'))
const stranger = tlsOf(ours, certified(directory, foreign, 'stranger', 'IP:127.0.0.1'))
const expired = tlsOf(ours, certified(directory, ours, 'expired', 'IP:127.0.0.1', { expired: true }))

/** Why a connection to an address does not come about. */
const refusalOf = async (t: ExecutionContext, address: string, credentials: Credentials) => {
  const channel = new Channel(address, credentials, 'data')
  const error = await t.throwsAsync(channel.becomesReady(5_000))
  channel.close()
  return error
}

test('both sides prove that they have the secret, which is not sent', async (t) => {
  const proxied: Buffer[] = []
  await withServer(serve, async ({ address }, clients) => {
    const proxy = createServer((socket) => {
      const behind = connect(Number(address.split(':')[1]), '127.0.0.1')
      socket.on('data', (bytes: Buffer) => proxied.push(bytes) && behind.write(bytes))
      behind.on('data', (bytes: Buffer) => proxied.push(bytes) && socket.write(bytes))
      for (const end of [socket, behind]) end.on('close', () => [socket, behind].map((each) => each.destroy()))
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    t.is((await fetched(clients, `127.0.0.1:${(proxy.address() as AddressInfo).port}`)).length, 1)
    clients.close()
    proxy.close()
    t.like(await refusalOf(t, address, { secret: 'wrong' }), { condition: 'SECRET_MISMATCH', parameters: { address } })
  })
  t.false(Buffer.concat(proxied).includes(SECRET))
})

/** Listens, and answers whatever comes with these bytes. */
const answering = async (t: ExecutionContext, answer: (socket: Socket) => void): Promise<string> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume()
    answer(socket)
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('whoever answers without the secret is refused by the one who connects', async (t) => {
  // It sends back what it hears, or what it made up, as far as it has to prove something.
  const impostor = await answering(t, (socket) => {
    socket.write(newHello())
    socket.write(Buffer.from([0, 32]))
    socket.write(Buffer.alloc(32))
  })
  t.like(await refusalOf(t, impostor, { secret: SECRET }), { condition: 'SECRET_MISMATCH' })
  const mirror = await answering(t, (socket) => {
    socket.write(newHello())
    let heard = Buffer.alloc(0)
    socket.on('data', (bytes: Buffer) => {
      heard = Buffer.concat([heard, bytes])
      if (heard.length >= 77) socket.write(Buffer.concat([Buffer.from([0, 32]), heard.subarray(45, 77)]))
    })
  })
  t.like(await refusalOf(t, mirror, { secret: SECRET }), { condition: 'SECRET_MISMATCH' })
})

test('a proof that was overheard opens nothing', async (t) => {
  let overheard = Buffer.alloc(0)
  const eavesdropper = await answering(t, (socket) => {
    socket.write(newHello())
    socket.on('data', (bytes: Buffer) => {
      overheard = Buffer.concat([overheard, bytes])
      if (overheard.length >= 77) socket.destroy()
    })
  })
  await t.throwsAsync(greeted(eavesdropper, { secret: SECRET }))
  t.is(overheard.length, 77)
  await withServer(serve, async ({ address }) => {
    const { socket, closed, heard } = await silentSocket(address)
    socket.write(overheard)
    await closed
    // Its hello, and a verdict without anything: the secret is another.
    t.deepEqual([...heard().subarray(44)], [1, 0])
  })
})

test('a release without a version in common is refused on both sides, and told which versions there are', async (t) => {
  for (const versions of [
    { oldest: 1, newest: 3 },
    { oldest: 90, newest: 99 },
  ]) {
    const other = await answering(t, (socket) => void socket.write(newHello(versions)))
    t.like(await refusalOf(t, other, { secret: SECRET }), {
      condition: 'PROTOCOL_VERSION_MISMATCH',
      parameters: { address: other, actual: `${versions.oldest} to ${versions.newest}` },
    })
    await withServer(serve, async ({ address }) => {
      const { socket, closed, heard } = await silentSocket(address)
      socket.write(newHello(versions))
      await closed
      t.is(heard().subarray(46).toString(), `${versions.oldest} to ${versions.newest}`)
    })
  }
  // One that knows other versions besides those of this release is a peer.
  await withServer(serve, async ({ address }) => {
    const { socket, heard } = await silentSocket(address)
    socket.write(newHello({ oldest: 1, newest: 99 }))
    await once(socket, 'data')
    t.is(heard().length, 44)
    socket.destroy()
  })
})

test('what speaks another protocol is named, also when it waits for an answer', async (t) => {
  for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', 'SSH-2.0-OpenSSH_9.6\r\n', 'MILLRACF']) {
    const other = await answering(t, (socket) => void socket.write(answer))
    t.like(await refusalOf(t, other, { secret: SECRET }), { condition: 'NOT_A_PEER', parameters: { address: other } })
  }
})

test('with certificates of one authority both sides speak TLS, on IPv6 as well', async (t) => {
  for (const host of ['127.0.0.1', '::1']) {
    await withServer(serve, async ({ address }, clients) => void t.is((await fetched(clients, address)).length, 1), {
      host,
      tls: right,
    })
  }
  await withServer(serve, async ({ address }, clients) => void t.is((await fetched(clients, address)).length, 1), {
    host: '::1',
  })
})

test('a certificate that is foreign, expired, missing or of another host is refused by the side that sees it', async (t) => {
  const cases: readonly (readonly [server: TlsIdentity, client: TlsIdentity, reason: RegExp])[] = [
    [right, stranger, /refuses that of this process: .*(unable to|self.signed)/],
    [right, expired, /refuses that of this process: cert has expired/],
    [stranger, right, /of an authority that this process does not trust \((unable to|self.signed)/],
    [expired, right, /expired/],
    [elsewhere, right, /127\.0\.0\.1/],
    [right, { ...right, authority: stranger.certificate }, /does not trust \((unable to|self.signed)/],
  ]
  for (const [server, client, reason] of cases) {
    await withServer(
      serve,
      async ({ address }) => {
        const error = await refusalOf(t, address, { secret: SECRET, tls: client })
        t.like(error, { condition: 'CERTIFICATE_REFUSED', parameters: { address } })
        t.regex(error!.message, reason)
      },
      { tls: server },
    )
  }
  // The host of a certificate is that of who is connected to; anybody of the cluster may connect.
  await withServer(
    serve,
    async ({ address }) => {
      t.true('socket' in (await greeted(address, { secret: SECRET, tls: elsewhere })))
      const none = { authority: right.authority, certificate: '', key: '' }
      const anonymous = await greeted(address, { secret: SECRET, tls: none })
      t.like(anonymous, { kind: 'certificate', reason: 'it refuses that of this process: it shows none' })
      t.like(await refusalOf(t, address, { secret: 'wrong', tls: right }), { condition: 'SECRET_MISMATCH' })
    },
    { tls: right },
  )
})

test('when only one side speaks TLS both are told so', async (t) => {
  await withServer(serve, async ({ address }) => {
    const error = await refusalOf(t, address, { secret: SECRET, tls: right })
    t.like(error, { condition: 'TLS_MISMATCH', parameters: { which: 'this process does' } })
  })
  await withServer(
    serve,
    async ({ address }) => {
      const error = await refusalOf(t, address, { secret: SECRET })
      t.like(error, { condition: 'TLS_MISMATCH', parameters: { which: 'the other does' } })
    },
    { tls: right },
  )
})

test('a member between two others cannot pass their proofs on, as each TLS connection has its own', async (t) => {
  await withServer(
    serve,
    async ({ address }) => {
      const { authority: ca, certificate: cert, key } = right
      const relay = createTlsServer({ ca, cert, key, ALPNProtocols: ['h2'] }, (socket) => {
        const behind = connectTls({
          host: '127.0.0.1',
          port: Number(address.split(':')[1]),
          ca,
          cert,
          key,
          ALPNProtocols: ['h2'],
        })
        for (const [from, to] of [
          [socket, behind],
          [behind, socket],
        ] as const) {
          from.on('error', () => undefined).on('close', () => to.destroy())
          from.pipe(to)
        }
      }).listen(0, '127.0.0.1')
      await once(relay, 'listening')
      const through = `127.0.0.1:${(relay.address() as AddressInfo).port}`
      t.like(await refusalOf(t, through, { secret: SECRET, tls: right }), { condition: 'SECRET_MISMATCH' })
      relay.close()
    },
    { tls: right },
  )
})

test('who listens logs whom it refuses and why, but not each of many', async (t) => {
  const lines: object[] = []
  const logger = { ...createLogger('test', 'silent'), warn: (fields: object) => void lines.push(fields) }
  await withServer(
    serve,
    async ({ address }) => {
      for (let i = 0; i < 5; i++) t.like(await greeted(address, { secret: 'wrong' }), { kind: 'secret' })
      t.deepEqual(lines[0], { from: '127.0.0.1', kind: 'secret', reason: '' })
      t.true(lines.length < 5)
    },
    { logger },
  )
})

test('whatever bytes come in place of a hello and a proof, the connection is closed and the server goes on', async (t) => {
  const random = new Random(7)
  await withServer(serve, async (server, clients) => {
    for (let round = 0; round < 60; round++) {
      const { socket, closed } = await silentSocket(server.address)
      const bytes = Buffer.from(Array.from({ length: random.integer(0, 120) }, () => random.integer(0, 255)))
      if (round % 2 === 0) newHello().copy(bytes, 0, 0, random.integer(0, 44))
      socket.end(bytes)
      await closed
    }
    await until(() => server.strangers === 0)
    t.is((await fetched(clients, server.address)).length, 1)
  })
})
