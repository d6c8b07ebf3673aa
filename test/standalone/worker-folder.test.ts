import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import test from 'ava'
import { lockFolder } from '../../common/folder-lock.js'
import { driverOutput } from '../../standalone/worker/driver-output.js'
import { WorkerFolder } from '../../standalone/worker/worker-folder.js'
import { folderOf } from '../support/standalone.js'

/** Folders of which the first is the oldest. */
function makeFolders(within: string, names: readonly string[]): void {
  for (const [age, name] of names.entries()) {
    const path = join(within, name)
    mkdirSync(path, { recursive: true })
    utimesSync(path, 1_000 + age, 1_000 + age)
  }
}

const numbered = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(2, '0')}`)

test('what workers left that ended long ago goes, those that run and other folders stay', async (t) => {
  const directory = folderOf(t)
  makeFolders(directory, ['other', ...numbered('worker', 11)])
  const running = await lockFolder(join(directory, 'worker-01'))
  makeFolders(directory, ['other', ...numbered('worker', 11)])
  const folder = await WorkerFolder.open(directory, 'worker-own')
  t.deepEqual(readdirSync(directory).sort(), ['other', 'worker-01', ...numbered('worker', 11).slice(3), 'worker-own'])
  await running.release()
  await folder.close()
  t.deepEqual(
    readdirSync(join(directory, 'worker-own')).filter((name) => !name.startsWith('.')),
    ['drivers'],
  )
})

test('of drivers that ended the last folders stay, and those of drivers that run', async (t) => {
  const folder = await WorkerFolder.open(folderOf(t), 'worker-own')
  makeFolders(folder.drivers, numbered('d', 36))
  const path = await folder.driver('driver/1', 2, new Set(['d-00']))
  t.is(path, join(folder.drivers, 'driver_1-2'))
  t.is(statSync(path).mode & 0o077, 0, 'others of the machine do not read what a driver prints')
  t.deepEqual(readdirSync(folder.drivers).sort(), ['d-00', ...numbered('d', 36).slice(4), 'driver_1-2'])
  await folder.close()
})

test('what a driver prints is kept to a bound, the last of it for sure', async (t) => {
  const path = join(folderOf(t), 'stdout')
  const output = driverOutput(path)
  const chunk = Buffer.alloc(1024 ** 2, 'a')
  for (let i = 0; i < 40; i++) output.write(chunk)
  output.end('the end')
  await finished(output)
  const sizes = [path, `${path}.old`].map((one) => statSync(one).size)
  t.deepEqual(sizes, [8 * 1024 ** 2 + 7, 16 * 1024 ** 2])
  t.true(readFileSync(path, 'utf8').endsWith('the end'))
})

test('a driver goes on when what it prints cannot be written', async (t) => {
  const folder = folderOf(t)
  writeFileSync(join(folder, 'file'), '')
  const output = driverOutput(join(folder, 'file', 'stdout'))
  output.end('lost')
  await finished(output)
  t.pass()
})
