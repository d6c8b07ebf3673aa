import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { makeFolders, makeFoldersNow } from '../../common/make-folders.js'

const folderOf = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-folders-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('folders are made with those that they lie in, and what is in the way is told', async (t) => {
  const folder = folderOf(t)
  t.is(await makeFolders(join(folder, 'a', 'b')), join(folder, 'a'))
  t.is(await makeFolders(join(folder, 'a', 'b')), undefined)
  t.is(makeFoldersNow(join(folder, 'a', 'c', 'd')), join(folder, 'a', 'c'))
  writeFileSync(join(folder, 'file'), '')
  await t.throwsAsync(makeFolders(join(folder, 'file', 'a')), { code: 'ENOTDIR' })
  t.throws(() => makeFoldersNow(join(folder, 'file', 'a')), { code: 'ENOTDIR' })
})

/** A disk of its own, that nobody else sees. */
const onReadOnlyDisk = (folder: string, program: string) =>
  spawnSync(
    'unshare',
    ['--mount', 'sh', '-c', 'mount -t tmpfs -o ro none "$0" && exec "$@"', folder].concat([
      process.execPath,
      '--input-type=module',
      '--eval',
      program,
    ]),
    { encoding: 'utf8' },
  )

const canMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'ro', 'none', tmpdir()]).status === 0

;(canMount ? test : test.skip)('that a disk is read-only is told as the system says it', (t) => {
  const folder = folderOf(t)
  const module = new URL('../../common/make-folders.js', import.meta.url).href
  const program = `import { makeFolders, makeFoldersNow } from ${JSON.stringify(module)}
for (const made of [makeFolders, async (folder) => makeFoldersNow(folder)])
  for (const name of ['a', 'a/b']) await made(${JSON.stringify(folder)} + '/' + name).catch(({ code }) => console.log(code))`
  const { stdout, stderr } = onReadOnlyDisk(folder, program)
  t.is(stdout, 'EROFS\n'.repeat(4), stderr)
})
