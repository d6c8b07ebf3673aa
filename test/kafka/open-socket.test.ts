import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net, { type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import test, { type ExecutionContext } from 'ava'
import { openSocket } from '../../connectors/kafka/client/open-socket.js'
import { certified, newAuthority } from '../support/certificates.js'

const SIZES = [0, 3, 70_000, 5_000_000, 12]

function frameOf(bytes: number): Buffer {
  const frame = Buffer.alloc(4 + bytes, bytes % 251)
  frame.writeInt32BE(bytes)
  return frame
}

/** A server that sends every client the same and ends; `body` is told its port. */
async function withServer(server: Server, body: (port: number) => Promise<void>): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await body((server.address() as AddressInfo).port)
  } finally {
    server.close()
  }
}

async function receivesFrames(t: ExecutionContext, server: Server, ssl: object | null): Promise<void> {
  await withServer(server, async (port) => {
    const got: Buffer[] = []
    const socket = openSocket({ host: '127.0.0.1', port, ssl, onConnect: () => undefined })
    socket.on('data', (frame) => got.push(frame))
    await once(socket, 'end')
    t.deepEqual(
      got.map(({ length }) => length),
      SIZES.map((bytes) => bytes + 4),
    )
    for (const [i, bytes] of SIZES.entries()) t.true(frameOf(bytes).equals(got[i]!))
  })
}

const sendFrames = (socket: Socket): void => void socket.end(Buffer.concat(SIZES.map(frameOf)))

test('what a server sends comes as whole responses', (t) => receivesFrames(t, net.createServer(sendFrames), null))

test('what a server sends over TLS comes as whole responses', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-tls-'))
  try {
    const identity = certified(folder, newAuthority(folder, 'authority'), 'server', 'IP:127.0.0.1')
    const options = { key: readFileSync(identity.key), cert: readFileSync(identity.certificate) }
    await receivesFrames(t, tls.createServer(options, sendFrames), { rejectUnauthorized: false })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a length that no response has ends the connection with an error', async (t) => {
  const server = net.createServer((socket) => socket.on('error', () => undefined).write(Buffer.alloc(8, 255)))
  await withServer(server, async (port) => {
    const socket = openSocket({ host: '127.0.0.1', port, onConnect: () => undefined })
    socket.on('data', () => t.fail())
    const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [Error]
    t.true(error.message.includes('its length is -1'))
    t.true(socket.destroyed)
  })
})
