import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { mock } from 'node:test'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { MAX_ARCHIVE_BYTES, MAX_UNPACKED_BYTES } from '../../standalone/archive/archive-format.js'
import { packFolder } from '../../standalone/archive/pack.js'
import { unpackArchive } from '../../standalone/archive/unpack.js'
import { ArchiveStore } from '../../standalone/master/archive-store.js'
import { ArchiveCache } from '../../standalone/worker/archive-cache.js'
import { folderOf } from '../support/standalone.js'

const FILES = {
  'package.json': '{}',
  'src/program.js': 'x'.repeat(200_000),
  'src/empty.js': '',
  '.env': 'secret',
  'src/.hidden': 'secret',
  'keys/secret': 'secret',
  'millrace-master/cluster.json': '{}',
  'node_modules/a/index.js': 'a',
  'node_modules/a/.npmrc': 'part of the package',
  'node_modules/millrace/index.js': 'of the worker',
  'node_modules/.bin/a': 'a',
}

function folderWith(t: ExecutionContext, files: Readonly<Record<string, string>> = FILES): string {
  const folder = folderOf(t)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const namesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => !one.isDirectory())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .sort()

const entry = (header: object, content = ''): Buffer => {
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, text, Buffer.from(content)])
}

test('code is packed and unpacked as it was, the same code to the same bytes, and secrets stay here', async (t) => {
  const folder = folderWith(t)
  chmodSync(join(folder, 'src/program.js'), 0o755)
  symlinkSync('../src/empty.js', join(folder, 'keys', 'link.js'))
  const out = folderOf(t)
  const left = [join(folder, 'keys', 'secret')]
  const packed = await packFolder({ folder, withModules: true, left }, join(out, 'archive'))
  t.is(packed.bytes, statSync(join(out, 'archive')).size)
  t.deepEqual(await packFolder({ folder, withModules: true, left }, join(out, 'again')), packed)
  await unpackArchive(join(out, 'archive'), join(out, 'app'))
  t.deepEqual(namesIn(join(out, 'app')), [
    ...['keys/link.js', 'node_modules/a/.npmrc', 'node_modules/a/index.js', 'package.json'],
    ...['src/empty.js', 'src/program.js'],
  ])
  t.is(readFileSync(join(out, 'app/src/program.js'), 'utf8'), FILES['src/program.js'])
  t.is(statSync(join(out, 'app/src/program.js')).mode & 0o111, 0o111)
  t.is(readlinkSync(join(out, 'app/keys/link.js')), '../src/empty.js')
  const without = await packFolder({ folder, withModules: false, left }, join(out, 'without'))
  t.not(without.digest, packed.digest)
})

test('secrets stay here by whatever path the code and they are named', async (t) => {
  const folder = folderWith(t, { 'a.js': 'a', 'keys/secret': 'secret', 'tls/key.pem': 'secret' })
  const out = folderOf(t)
  const reached = join(out, 'reached')
  symlinkSync(folder, reached)
  symlinkSync('keys/secret', join(folder, 'link'))
  for (const [index, [code, secrets]] of [
    [folder, reached],
    [reached, folder],
    [reached, reached],
  ].entries()) {
    const left = [join(secrets!, 'keys', 'secret'), join(secrets!, 'tls'), join(secrets!, 'nowhere')]
    const archive = join(out, `archive-${index}`)
    await packFolder({ folder: code!, withModules: true, left }, archive)
    await unpackArchive(archive, join(out, String(index)))
    t.deepEqual(namesIn(join(out, String(index))), ['a.js', 'link'])
  }
  const left = [join(folder, 'link'), join(folder, 'tls')]
  await packFolder({ folder, withModules: true, left }, join(out, 'archive'))
  await unpackArchive(join(out, 'archive'), join(out, 'app'))
  t.deepEqual(namesIn(join(out, 'app')), ['a.js'])
})

test('links to full paths within the code stay links within it, also where the code is reached through a link', async (t) => {
  const folder = folderWith(t, { 'src/a.js': 'a' })
  const out = folderOf(t)
  symlinkSync(folder, join(out, 'reached'))
  symlinkSync(join(folder, 'src/a.js'), join(folder, 'b.js'))
  symlinkSync(join(out, 'reached/src/a.js'), join(folder, 'c.js'))
  symlinkSync('gone/d.js', join(folder, 'd.js'))
  await packFolder({ folder: join(out, 'reached'), withModules: true, left: [] }, join(out, 'archive'))
  await unpackArchive(join(out, 'archive'), join(out, 'app'))
  const targets = ['b.js', 'c.js', 'd.js'].map((name) => readlinkSync(join(out, 'app', name)))
  t.deepEqual(targets, ['src/a.js', 'src/a.js', 'gone/d.js'])
})

test('a link that leads out of the code is refused by name', async (t) => {
  const folder = folderWith(t, { 'a.js': 'a' })
  symlinkSync('/etc/passwd', join(folder, 'link'))
  const packing = packFolder({ folder, withModules: true, left: [] }, join(folderOf(t), 'archive'))
  t.like(await t.throwsAsync(packing), {
    condition: 'ARCHIVE_REFUSED',
    message:
      '[ARCHIVE_REFUSED] The archive with the code of a driver is refused: the link link leads out of the folder of the program, to /etc/passwd. SQLSTATE: 22023',
  })
})

test('what is no archive, is cut off or leads out of its folder is refused by one condition', async (t) => {
  const out = folderOf(t)
  const whole = Buffer.concat([entry({ path: 'a', bytes: 5 }, 'aaaaa'), entry({ path: 'b', target: 'a' })])
  const throughLinks = (target: string): Buffer =>
    Buffer.concat([
      entry({ path: 'x/y/s', target: '../../t' }),
      entry({ path: 't/b', bytes: 0 }),
      entry({ path: 'u', target }),
    ])
  const cases: readonly (readonly [bytes: Buffer, reason: RegExp])[] = [
    [Buffer.from('no archive'), /damaged/],
    [gzipSync(whole).subarray(0, 30), /damaged/],
    [gzipSync(whole.subarray(0, 30)), /damaged: it ends early/],
    [gzipSync(Buffer.from([255, 255, 255, 255])), /damaged: a header is too long/],
    [gzipSync(Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from('{]')])), /damaged/],
    [gzipSync(entry({ bytes: 1 }, 'a')), /damaged: an entry has no path/],
    [gzipSync(entry({ path: 'a', bytes: -1 })), /damaged: the entry a has no size/],
    [gzipSync(entry({ path: 'a', bytes: MAX_UNPACKED_BYTES + 1 })), /unpacked it has more than 1024 MiB/],
    [gzipSync(entry({ path: '../a', bytes: 1 }, 'a')), /damaged: it has a path \.\.\/a/],
    [gzipSync(entry({ path: '/tmp/a', bytes: 1 }, 'a')), /damaged: it has a path \/tmp\/a/],
    [gzipSync(entry({ path: 'b', target: '../../a' })), /damaged: it has a path \.\.\/\.\.\/a/],
    [gzipSync(entry({ path: 'b', target: '/etc/passwd' })), /damaged: it has a path \/etc\/passwd/],
    [gzipSync(entry({ path: 'b', target: 'a/../c' })), /damaged: it has a link to a\/\.\.\/c/],
    [gzipSync(throughLinks('x/y/s/../../../a')), /damaged: it has a link to x\/y\/s/],
    [
      gzipSync(Buffer.concat([throughLinks('x'), entry({ path: 'x/y/s/l', target: '../../../a' })])),
      /behind another one/,
    ],
    [gzipSync(Buffer.concat([whole, whole])), /damaged, or cannot be unpacked: EEXIST/],
    [gzipSync(Buffer.concat(Array(2).fill(entry({ path: 'a', bytes: 5 }, 'aaaaa')))), /cannot be unpacked: EEXIST/],
  ]
  for (const [index, [bytes, reason]] of cases.entries()) {
    const file = join(out, `archive-${index}`)
    writeFileSync(file, bytes)
    const error = await t.throwsAsync(unpackArchive(file, join(out, 'in', String(index))))
    t.like(error, { condition: 'ARCHIVE_REFUSED' })
    t.regex(error!.message, reason)
  }
  t.false(namesIn(out).includes('a'))
})

test('a master takes an archive that is what it was announced as, and nothing else', async (t) => {
  const folder = folderOf(t)
  const { digest, bytes } = await packFolder({ folder: folderWith(t), withModules: false, left: [] }, join(folder, 'x'))
  const content = readFileSync(join(folder, 'x'))
  const store = new ArchiveStore(folder)
  const refused = (run: () => unknown): string => {
    const error = t.throws(run)
    t.like(error, { condition: 'ARCHIVE_REFUSED' })
    return error!.message
  }
  t.regex(
    refused(() => store.begin('../x', bytes, new Set())),
    /no digest/,
  )
  t.regex(
    refused(() => store.begin(digest, MAX_ARCHIVE_BYTES + 1, new Set())),
    /268435457 bytes/,
  )
  const begin = () => store.begin(digest, bytes, new Set())
  const damaged = begin()
  t.regex(
    refused(() => damaged.take(0, Buffer.from(content).fill(7, 20, 21))),
    /damaged: its bytes have another digest/,
  )
  damaged.close()
  const longer = begin()
  t.regex(
    refused(() => longer.take(0, Buffer.concat([content, content]))),
    /more than the \d+ bytes/,
  )
  longer.close()
  const apart = begin()
  t.regex(
    refused(() => apart.take(5, content)),
    /do not follow each other/,
  )
  apart.close()
  t.false(store.has(digest))
  t.deepEqual(readdirSync(join(folder, 'archives')), [])
  const whole = begin()
  t.false(whole.take(0, content.subarray(0, 10)))
  t.true(whole.take(10, content.subarray(10)))
  whole.close()
  t.true(store.has(digest))
  t.deepEqual(Buffer.from(store.part(digest, 3)), content.subarray(3))
  t.is(store.part('0'.repeat(64), 0).length, 0)
  t.is(store.part('../x', 0).length, 0)
})

test('archives that no driver needs make room for others, those that came first, and what a killed master had begun goes', (t) => {
  const folder = folderOf(t)
  const archives = join(folder, 'archives')
  mkdirSync(archives)
  writeFileSync(join(archives, 'begun.part'), '')
  const digests = Array.from({ length: 16 }, (_, i) => i.toString(16).repeat(64))
  for (const [i, digest] of digests.entries()) {
    // Files of nothing, which take no room on the disk.
    writeFileSync(join(archives, digest), '')
    truncateSync(join(archives, digest), MAX_ARCHIVE_BYTES)
    utimesSync(join(archives, digest), 1000 + ((i * 7) % 16), 1000 + ((i * 7) % 16))
  }
  const store = new ArchiveStore(folder)
  t.deepEqual(readdirSync(archives).sort(), digests)
  const begin = (bytes: number, needed: readonly string[]) =>
    store.begin('ab'.repeat(32), bytes, new Set(needed)).close()
  const left = () => digests.filter((digest) => store.has(digest))
  t.throws(() => begin(1, digests), { message: /ARCHIVE_REFUSED.*take all that the master keeps/ })
  t.deepEqual(left(), digests)
  // The first that came is needed; the one after it is the seventh.
  begin(1, [digests[0]!])
  t.deepEqual(
    left(),
    digests.filter((_, i) => i !== 7),
  )
  begin(MAX_ARCHIVE_BYTES, [])
  t.deepEqual(
    left(),
    digests.filter((_, i) => i !== 7),
    'there is room for just so much',
  )
})

test('a worker fetches an archive once, unpacks it for each driver alone, keeps the last, and refuses what is damaged or gone', async (t) => {
  const folder = folderOf(t)
  const archives = new Map<string, Buffer>()
  for (let i = 0; i < 10; i++) {
    const file = join(folder, `archive-${i}`)
    const { digest } = await packFolder(
      { folder: folderWith(t, { 'n.js': String(i) }), withModules: false, left: [] },
      file,
    )
    archives.set(digest, readFileSync(file))
  }
  let asked = 0
  const cache = new ArchiveCache({
    folder: join(folder, 'cache'),
    packageFolder: folder,
    ask: (digest, offset) => {
      asked++
      const bytes = archives.get(digest)?.subarray(offset, offset + 40) ?? Buffer.alloc(0)
      queueMicrotask(() => cache.received({ digest, offset, bytes }))
    },
  })
  const digests = [...archives.keys()]
  let launches = 0
  const unpack = (digest: string): Promise<string> =>
    cache.unpack(digest, archives.get(digest)?.length ?? 10, join(folder, 'drivers', String(launches++)))
  const [first, second] = await Promise.all([unpack(digests[0]!), unpack(digests[0]!)])
  t.is(asked, Math.ceil(archives.get(digests[0]!)!.length / 40))
  t.is(readlinkSync(join(first, '..', 'node_modules', 'millrace')), folder)
  writeFileSync(join(first, 'n.js'), 'changed')
  for (const other of [second, await unpack(digests[0]!)]) t.is(readFileSync(join(other, 'n.js'), 'utf8'), '0')
  for (const digest of digests.slice(1)) await unpack(digest)
  // The first two were used longest ago.
  t.deepEqual(readdirSync(join(folder, 'cache')).sort(), digests.slice(2).sort())
  const damaged = '1'.repeat(64)
  archives.set(damaged, archives.get(digests[0]!)!)
  t.like(await t.throwsAsync(unpack(damaged)), { condition: 'ARCHIVE_REFUSED' })
  t.regex((await t.throwsAsync(unpack('2'.repeat(64))))!.message, /the master does not have it any more/)
  t.deepEqual(readdirSync(join(folder, 'cache')).sort(), digests.slice(2).sort())
})

test('a worker that could not fetch an archive tries again with the next driver, and takes no part for another', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'archive')
  const { digest } = await packFolder({ folder: folderWith(t, { 'n.js': '1' }), withModules: false, left: [] }, file)
  const content = readFileSync(file)
  let isThere = false
  const cache = new ArchiveCache({
    folder: join(folder, 'cache'),
    packageFolder: folder,
    ask: (of, offset) => {
      const part = (at: number) => (isThere ? content.subarray(at, at + 100) : Buffer.alloc(0))
      queueMicrotask(() => {
        cache.received({ digest: of, offset: offset + 1, bytes: Buffer.alloc(100, 7) })
        cache.received({ digest: of, offset, bytes: part(offset) })
      })
    },
  })
  const unpack = (driver: string) => cache.unpack(digest, content.length, join(folder, driver))
  await t.throwsAsync(unpack('first'), { message: /ARCHIVE_REFUSED.*does not have it any more/ })
  isThere = true
  const shorter = cache.unpack(digest, content.length - 1, join(folder, 'shorter'))
  await t.throwsAsync(shorter, { message: /ARCHIVE_REFUSED.*it is longer than it was/ })
  t.is(readFileSync(join(await unpack('second'), 'n.js'), 'utf8'), '1')
})

test('a worker fetches an archive again that was changed or removed on its disk, and does not miss it when it makes room', async (t) => {
  const folder = folderOf(t)
  const archives = new Map<string, Buffer>()
  for (let i = 0; i < 10; i++) {
    const file = join(folder, `archive-${i}`)
    const packed = { folder: folderWith(t, { 'n.js': String(i) }), withModules: false, left: [] }
    const { digest } = await packFolder(packed, file)
    archives.set(digest, readFileSync(file))
  }
  const cache = new ArchiveCache({
    folder: join(folder, 'cache'),
    packageFolder: folder,
    ask: (of, offset) => {
      const bytes = archives.get(of)!.subarray(offset)
      queueMicrotask(() => cache.received({ digest: of, offset, bytes }))
    },
  })
  let launches = 0
  const unpack = async (digest: string): Promise<string> => {
    const app = await cache.unpack(digest, archives.get(digest)!.length, join(folder, 'drivers', String(launches++)))
    return readFileSync(join(app, 'n.js'), 'utf8')
  }
  const [digest, ...others] = [...archives.keys()] as [string, ...string[]]
  const stored = join(folder, 'cache', digest)
  t.is(await unpack(digest), '0')
  writeFileSync(stored, readFileSync(stored).fill(7, 20, 30))
  t.is(await unpack(digest), '0')
  rmSync(stored)
  t.is(await unpack(digest), '0')
  rmSync(stored)
  for (const [i, other] of others.entries()) t.is(await unpack(other), String(i + 1))
})

test.serial('a master that does not send a part is asked a bounded number of times', async (t) => {
  const folder = folderOf(t)
  let asked = 0
  const cache = new ArchiveCache({ folder: join(folder, 'cache'), packageFolder: folder, ask: () => void asked++ })
  mock.timers.enable({ apis: ['setInterval'] })
  try {
    const refused = t.throwsAsync(cache.unpack('a'.repeat(64), 10, join(folder, 'driver')), {
      message: /ARCHIVE_REFUSED.*the master does not send it/,
    })
    while (asked === 0) await new Promise((resolve) => setImmediate(resolve))
    mock.timers.tick(23 * 5_000)
    t.is(asked, 24)
    mock.timers.tick(5_000)
    await refused
    t.is(asked, 24)
  } finally {
    mock.timers.reset()
  }
})
