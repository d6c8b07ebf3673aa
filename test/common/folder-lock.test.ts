import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { lockFolder } from '../../common/folder-lock.js'
import { printed, startProgram } from '../support/cli.js'
import { raised } from '../support/raised.js'

const LOCKER = fileURLToPath(new URL('../support/lock-folder.js', import.meta.url))

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-lock-'))
  await body(folder).finally(() => rm(folder, { recursive: true, force: true }))
}

test('a folder that is locked is refused until it is released, and the refusal names the process', (t) =>
  withFolder(async (folder) => {
    const lock = await lockFolder(folder)
    const refused = await t.throwsAsync(lockFolder(folder))
    t.true(refused!.message.includes(`[FOLDER_IN_USE] The folder ${folder} is used by process ${process.pid}.`))
    await lock.release()
    const again = await lockFolder(folder)
    await t.throwsAsync(lockFolder(folder), { message: /FOLDER_IN_USE/ })
    await again.release()
  }))

test('a process that is killed holds its folder no longer, one that is only stopped does', (t) =>
  withFolder(async (folder) => {
    const other = startProgram(LOCKER, [folder])
    await printed(other, 'locked')
    other.child.kill('SIGSTOP')
    await t.throwsAsync(lockFolder(folder), { message: new RegExp(`used by process ${other.child.pid}\\.`) })
    other.child.kill('SIGKILL')
    await other.closed
    await (await lockFolder(folder)).release()
  }))

test('a process that has the id of one that ended does not count as that one', (t) =>
  withFolder(async (folder) => {
    const owner = { pid: process.pid, host: hostname(), started: 'another boot 1', released: false }
    await writeFile(join(folder, '.lock.7'), JSON.stringify(owner))
    await (await lockFolder(folder)).release()
    t.deepEqual(await readdir(folder), ['.lock.8'], 'older locks are removed, the newest stays')
  }))

test('a lock of another host cannot be judged, so it is refused with the file to remove', (t) =>
  withFolder(async (folder) => {
    const owner = { pid: 1, host: 'elsewhere', started: '', released: false }
    await writeFile(join(folder, '.lock.1'), JSON.stringify(owner))
    await t.throwsAsync(lockFolder(folder), { message: /process 1 on the host elsewhere.*\.lock\.1\b/ })
    t.deepEqual(await readdir(folder), ['.lock.1'])
  }))

test('a lock in which nothing is left, as after a power failure, is refused with the file to remove', (t) =>
  withFolder(async (folder) => {
    for (const text of ['', '{"pid":1,']) {
      await writeFile(join(folder, '.lock.1'), text)
      t.regex((await raised(t, lockFolder(folder), 'FOLDER_IN_USE')).message, /damaged.*remove the file .*\.lock\.1\b/)
      t.deepEqual(await readdir(folder), ['.lock.1'])
    }
  }))

test('a lock whose text is not one of ours, though it is JSON, is refused as damaged', (t) =>
  withFolder(async (folder) => {
    const owner = { pid: process.pid, host: hostname(), started: '', released: true }
    const others = [{ pid: 0 }, { pid: 1.5 }, { pid: '1' }, { host: 1 }, { started: undefined }, { released: 'true' }]
    for (const value of [{}, 1, 'x', null, true, [], ...others.map((other) => ({ ...owner, ...other }))]) {
      await writeFile(join(folder, '.lock.1'), JSON.stringify(value))
      t.regex((await raised(t, lockFolder(folder), 'FOLDER_IN_USE')).message, /damaged.*remove the file .*\.lock\.1\b/)
      t.deepEqual(await readdir(folder), ['.lock.1'])
    }
  }))

test('of many processes that want a dead process’s folder at once exactly one gets it', (t) =>
  withFolder(async (folder) => {
    const owner = { pid: 2 ** 30, host: hostname(), started: '', released: false }
    await writeFile(join(folder, '.lock.3'), JSON.stringify(owner))
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)))
    t.is(tries.filter(({ status }) => status === 'fulfilled').length, 1)
    const [name] = await readdir(folder)
    t.is(JSON.parse(await readFile(join(folder, name!), 'utf8')).pid, process.pid)
  }))

test('a folder that is taken and released by many all the time never has two owners', (t) =>
  withFolder(async (folder) => {
    let owners = 0
    let taken = 0
    const contend = async (): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        const lock = await lockFolder(folder).catch(() => undefined)
        if (lock === undefined) continue
        owners++
        taken++
        t.is(owners, 1)
        await setImmediate()
        owners--
        await lock.release()
      }
    }
    await Promise.all(Array.from({ length: 12 }, contend))
    t.true(taken > 0)
  }))
