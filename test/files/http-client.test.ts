import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { requestedRanges } from '../../connectors/files/http/byte-ranges.js'
import { HttpFileSystem } from '../../connectors/files/http/http-file-system.js'
import { HTTP_LIMITS } from '../../connectors/files/http/http-limits.js'
import { changedIn, versionIn } from '../../connectors/files/http/replies.js'
import type { OpenFile, PlannedFile } from '../../connectors/files/systems/open-file.js'
import { certified, newAuthority } from '../support/certificates.js'
import { type FileServer, startFileServer } from '../support/file-server.js'

const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251))
/** Only who never answers is waited for to the end, and then for less: a loaded machine may leave a server without time for seconds. */
const QUICK = { ...HTTP_LIMITS, waitMs: 120_000, backoffMs: 1, mostBackoffMs: 5, tries: 3, mostWholeBytes: 400_000 }

async function withServer(body: (server: FileServer, system: HttpFileSystem) => Promise<void>): Promise<void> {
  const server = await startFileServer()
  server.files.set('x.bin', CONTENT)
  await body(server, new HttpFileSystem(QUICK)).finally(() => server.close())
}

function bytesOf(file: OpenFile, position: number, bytes: number): Buffer {
  const target = Buffer.alloc(bytes)
  for (let done = 0; done < bytes; ) {
    const count = file.readSome(target, done, bytes - done, position + done)
    if (count === 0) return target.subarray(0, done)
    done += count
  }
  return target
}

async function read(system: HttpFileSystem, file: PlannedFile, position: number, bytes: number): Promise<Buffer> {
  const open = system.open(file, {})
  try {
    await open.fetch([{ position, bytes }])
    return bytesOf(open, position, bytes)
  } finally {
    open.close()
  }
}

async function raised(t: ExecutionContext, work: Promise<unknown>): Promise<MillraceError> {
  const error = await t.throwsAsync(work)
  if (!MillraceError.is(error)) throw error
  return error
}

test('ranges that are near each other are one request, and what was fetched is not asked for again', async (t) => {
  await withServer(async (server, system) => {
    const file = await system.stat(`${server.url}/x.bin`)
    t.deepEqual(file, { path: `${server.url}/x.bin`, size: CONTENT.length, version: '"1"', modifiedMs: 0 })
    const held: number[] = []
    const open = system.open(file, { held: { bytes: 0, hold: (bytes) => held.push(bytes) } })
    const ranges = [
      { position: 299_000, bytes: 5000 },
      { position: 0, bytes: 10 },
      { position: 1000, bytes: 10 },
    ]
    await open.fetch(ranges)
    t.deepEqual(server.asked, ['0-0', '0-1009', '299000-299999'])
    t.deepEqual(bytesOf(open, 1000, 10), CONTENT.subarray(1000, 1010))
    t.deepEqual(bytesOf(open, 299_000, 5000), CONTENT.subarray(299_000))
    t.is(open.fetch([{ position: 500, bytes: 20 }]), undefined)
    t.throws(() => bytesOf(open, 5000, 1), { message: /was not fetched/ })
    await open.fetch([{ position: 1005, bytes: 2000 }])
    t.deepEqual(server.asked.slice(3), ['1005-3004'], 'what lies between two that are there is not there')
    t.deepEqual(bytesOf(open, 1005, 2000), CONTENT.subarray(1005, 3005))
    open.close()
    t.deepEqual(held, [0, 2010, 0, 2000, 0])
  })
})

test('what is asked for covers what is wanted of the file, once, in pieces of a bounded length', (t) => {
  const asked = (ranges: readonly (readonly [number, number])[], size = 2 ** 30): unknown =>
    requestedRanges(
      ranges.map(([position, bytes]) => ({ position, bytes })),
      size,
    ).map(({ position, bytes }) => [position, bytes])
  t.deepEqual(
    asked([
      [0, 1000],
      [10, 5],
    ]),
    [[0, 1000]],
    'one within another',
  )
  t.deepEqual(
    asked(
      [
        [900, 100],
        [1000, 10],
        [5, 0],
      ],
      950,
    ),
    [[900, 50]],
    'nothing behind the end, nor of no length',
  )
  const gap = 64 * 1024
  t.deepEqual(
    asked([
      [0, 10],
      [gap + 10, 1],
    ]),
    [[0, gap + 11]],
  )
  t.deepEqual(
    asked([
      [0, 10],
      [gap + 11, 1],
    ]),
    [
      [0, 10],
      [gap + 11, 1],
    ],
  )
  const piece = 8 * 1024 ** 2
  t.deepEqual(
    asked([
      [1, piece],
      [1 + piece, 1],
    ]),
    [
      [1, piece],
      [1 + piece, 1],
    ],
  )
})

test('a tag counts where it says that each byte is the same, and otherwise the time of the last change', (t) => {
  const version = (etag: string): string => versionIn(new Response('', { headers: { etag, 'last-modified': 'then' } }))
  t.deepEqual(['"1"', 'W/"1"', ''].map(version), ['"1"', 'then', 'then'])
})

for (const [what, range, bytes, reason] of [
  ['another part', 'bytes 5-14/300000', 10, /another part than was asked for/],
  ['a part that it does not name', '', 10, /another part than was asked for/],
  ['less', 'bytes 0-9/300000', 9, /sent less than was asked for/],
  ['more', 'bytes 0-9/300000', 11, /sends more than the 10 bytes/],
  ['a part of a file of another size', 'bytes 0-9/299999', 10, /changed after the query was planned/],
] as const)
  test(`a server that sends ${what} is one condition`, async (t) => {
    await withServer(async (server, system) => {
      server.tag = ''
      const file = await system.stat(`${server.url}/x.bin`)
      server.answer = (_, response, content) => {
        response.writeHead(206, range === '' ? {} : { 'content-range': range }).end(content.subarray(0, bytes))
        return true
      }
      t.regex((await raised(t, read(system, file, 0, 10))).message, reason)
    })
  })

test('a file is asked for on the condition that it is as planned, and one of no known size is refused', async (t) => {
  await withServer(async (server, system) => {
    const file = await system.stat(`${server.url}/x.bin`)
    const conditions: unknown[] = []
    server.answer = (request) => {
      conditions.push(request.headers['if-range'])
      return false
    }
    await read(system, file, 0, 10)
    server.tag = ''
    await read(system, { ...file, version: '' }, 0, 10)
    t.deepEqual(conditions, ['"1"', undefined])
    server.answer = (_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-0/*' }).end('x')
      return true
    }
    t.regex((await raised(t, system.stat(file.path))).message, /does not tell how large it is/)
  })
})

test('what a server says to a refusal is not waited for, nor read', async (t) => {
  await withServer(async (server, system) => {
    let closed: Promise<unknown> | undefined
    server.answer = (_, response) => {
      closed = once(response, 'close')
      response.writeHead(404).write('and so on')
      return true
    }
    t.is((await raised(t, system.stat(`${server.url}/x.bin`))).condition, 'PATH_NOT_FOUND')
    await closed
  })
})

test('when a file was changed last is what its server tells, if it does', (t) => {
  const changed = (headers: Record<string, string>): number => changedIn(new Response('', { headers }))
  t.is(changed({ 'last-modified': 'Thu, 02 Jan 2025 03:04:05 GMT' }), Date.UTC(2025, 0, 2, 3, 4, 5))
  t.is(changed({ 'last-modified': 'yesterday' }), 0)
  t.is(changed({}), 0)
})

test('a server without ranges is asked for all of a file once, up to a bound', async (t) => {
  await withServer(async (server, system) => {
    server.hasRanges = false
    const file = await system.stat(`${server.url}/x.bin`)
    t.true(file.isUndivided)
    const open = system.open(file, {})
    await open.fetch([{ position: 10, bytes: 10 }])
    t.is(open.fetch([{ position: 200_000, bytes: 10 }]), undefined)
    t.deepEqual(bytesOf(open, 200_000, 10), CONTENT.subarray(200_000, 200_010))
    t.is(server.asked.length, 2)
    server.files.set('x.bin', Buffer.alloc(QUICK.mostWholeBytes + 1))
    t.regex((await raised(t, system.stat(file.path))).message, /400001 bytes, its server gives no ranges of it/)
    server.answer = (_, response, content) => {
      response.write(content)
      response.end()
      return true
    }
    t.regex((await raised(t, system.stat(file.path))).message, /more than the 400000 bytes/)
  })
})

for (const version of ['"2"', ''])
  test(`a file that changes in the middle is one condition (its new tag is ${version})`, async (t) => {
    await withServer(async (server, system) => {
      const file = await system.stat(`${server.url}/x.bin`)
      server.tag = version
      server.files.set('x.bin', CONTENT.subarray(1))
      const error = await raised(t, read(system, file, 0, 10))
      t.is(error.condition, 'FAILED_READ_FILE')
      t.regex(error.message, /changed after the query was planned/)
      server.hasRanges = false
      t.regex((await raised(t, read(system, { ...file, isUndivided: true }, 0, 10))).message, /was changed/)
    })
  })

test('a server that fails in passing is asked again, and not for ever', async (t) => {
  await withServer(async (server, system) => {
    const file = await system.stat(`${server.url}/x.bin`)
    let failures = 2
    server.answer = (_, response) => {
      if (failures-- <= 0) return false
      response.writeHead(failures === 1 ? 500 : 429, { 'retry-after': '60' }).end('busy')
      return true
    }
    t.deepEqual(await read(system, file, 5, 5), CONTENT.subarray(5, 10))
    failures = QUICK.tries
    const error = await raised(t, read(system, file, 5, 5))
    t.regex(error.message, /its server answers 429 Too Many Requests, also when it was asked 3 times/)
  })
})

test('a body that is cut is asked for again, and then is one condition', async (t) => {
  await withServer(async (server, system) => {
    const file = await system.stat(`${server.url}/x.bin`)
    let cuts = 1
    server.answer = (_, response, content) => {
      if (cuts-- <= 0) return false
      const headers = { 'content-range': `bytes 0-99999/${content.length}`, 'content-length': 100_000, etag: '"1"' }
      response.writeHead(206, headers)
      response.write(content.subarray(0, 50_000), () => response.destroy())
      return true
    }
    t.deepEqual(await read(system, file, 0, 100_000), CONTENT.subarray(0, 100_000))
    cuts = QUICK.tries
    t.regex((await raised(t, read(system, file, 0, 100_000))).message, /the connection to its server failed/)
  })
})

for (const [status, condition, text] of [
  [404, 'PATH_NOT_FOUND', /does not exist/],
  [410, 'PATH_NOT_FOUND', /does not exist/],
  [401, 'FAILED_READ_FILE', /asks for other credentials/],
  [403, 'FAILED_READ_FILE', /does not allow it \(403 Forbidden\)/],
  [418, 'FAILED_READ_FILE', /answers 418/],
] as const)
  test(`the answer ${status} is one condition at once`, async (t) => {
    await withServer(async (server, system) => {
      server.answer = (_, response) => {
        response.writeHead(status).end()
        return true
      }
      const error = await raised(t, system.stat(`${server.url}/x.bin`))
      t.is(error.condition, condition)
      t.regex(error.message, text)
      t.is(server.asked.length, 1)
    })
  })

test('a server that does not answer, or does not end, is one condition within a bound', async (t) => {
  await withServer(async (server, patient) => {
    const file = await patient.stat(`${server.url}/x.bin`)
    const system = new HttpFileSystem({ ...QUICK, waitMs: 100 })
    server.answer = () => true
    t.regex((await raised(t, system.stat(file.path))).message, /did not answer within \d+ ms/)
    server.answer = (_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-9/300000', etag: '"1"' })
      response.write('abc')
      return true
    }
    t.regex((await raised(t, read(system, file, 0, 10))).message, /did not answer within \d+ ms/)
  })
})

test('redirections are followed, and who is named in the URL is told to its own server alone', async (t) => {
  await withServer(async (server, system) => {
    await withServer(async (other) => {
      const seen: (string | undefined)[] = []
      server.answer = (request, response) => {
        seen.push(request.headers.authorization)
        response.writeHead(302, { location: `${other.url}/x.bin` }).end()
        return true
      }
      other.answer = (request) => {
        seen.push(request.headers.authorization)
        return false
      }
      const file = await system.stat(`${server.url.replace('://', '://ann:s%20cret@')}/x.bin`)
      t.is(file.size, CONTENT.length)
      t.deepEqual(seen, [`Basic ${Buffer.from('ann:s cret').toString('base64')}`, undefined])
      server.answer = (_, response) => {
        response.writeHead(302, { location: '/x.bin' }).end()
        return true
      }
      t.is((await raised(t, system.stat(`${server.url}/x.bin`))).condition, 'FAILED_READ_FILE')
    })
  })
})

test('a server that nobody trusts, that is not there or that sends it compressed is one condition', async (t) => {
  await withServer(async (server, system) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-https-'))
    const authority = newAuthority(folder, 'nobody')
    const identity = certified(folder, authority, 'localhost', 'DNS:localhost')
    const options = { key: readFileSync(identity.key), cert: readFileSync(identity.certificate) }
    const secure = createServer(options, (_, response) => response.end('x'))
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    const url = `https://localhost:${(secure.address() as AddressInfo).port}/x.bin`
    t.regex((await raised(t, system.stat(url))).message, /the certificate of its server is not trusted/)
    secure.close()
    rmSync(folder, { recursive: true })
    server.answer = (_, response, content) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(content)
      return true
    }
    t.regex((await raised(t, system.stat(`${server.url}/x.bin`))).message, /only compressed on the way \(gzip\)/)
    await server.close()
    t.regex((await raised(t, system.stat(`${server.url}/x.bin`))).message, /connection to its server failed.*3 times/)
  })
})

test('a query that is cancelled does not wait for a server', async (t) => {
  await withServer(async (server, system) => {
    const file = await system.stat(`${server.url}/x.bin`)
    const cancel = new AbortController()
    server.answer = () => {
      cancel.abort()
      return true
    }
    for (const own of [system, new HttpFileSystem({ ...QUICK, tries: 1 })]) {
      const open = own.open(file, { signal: cancel.signal })
      t.is((await raised(t, open.fetch([{ position: 0, bytes: 10 }])!)).condition, 'OPERATION_CANCELED')
    }
  })
})
