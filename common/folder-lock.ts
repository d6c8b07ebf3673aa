import { randomUUID } from 'node:crypto'
import { link, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { MillraceError } from './errors/millrace-error.js'
import { makeFolders } from './make-folders.js'
import { unlessMissing } from './system-errors.js'

/*
 * A folder that only one process may use at a time, without help of the operating system: Node has no flock.
 *
 * The lock is the file `.lock.N` with the greatest N. Whoever wants the folder adds `.lock.N+1` (made whole elsewhere and linked, which
 * fails when the name is taken) if the owner of N has released it or is dead. N never gets smaller and the greatest file is never
 * removed, so that a process that acts on an old listing either finds its name taken or, when it looks again, a greater one.
 */
const LOCK = /^\.lock\.(\d+)$/
/** Each round lost means that another process took the folder in between. */
const MAX_ROUNDS = 100

interface Owner {
  readonly pid: number
  readonly host: string
  /** Tells processes apart that had the same id one after the other; empty where the system does not tell. */
  readonly started: string
  readonly released: boolean
}

export interface FolderLock {
  /** Lets the folder go. What a process that ends without it held is free, too. */
  release(): Promise<void>
}

/**
 * Takes a folder, which is created when it is missing, for this process.
 * @throws FOLDER_IN_USE when another process of this host, or any of another host, has it
 */
export async function lockFolder(path: string): Promise<FolderLock> {
  await makeFolders(path)
  const self = await ownerOf(process.pid)
  const draft = join(path, `.lock.${randomUUID()}.new`)
  await writeFile(draft, JSON.stringify(self))
  try {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const [newest = 0] = await lockNumbers(path)
      await refuseIfOwned(path, newest)
      const mine = newest + 1
      if (!(await linked(draft, join(path, `.lock.${mine}`)))) continue
      const [greatest, ...older] = await lockNumbers(path)
      if (greatest === mine) {
        for (const number of older) await unlinkIfThere(join(path, `.lock.${number}`))
        return { release: () => release(path, mine, self) }
      }
      await unlinkIfThere(join(path, `.lock.${mine}`))
    }
    throw new MillraceError('FOLDER_IN_USE', { path, owner: 'processes that start and end all the time' })
  } finally {
    await unlinkIfThere(draft)
  }
}

/** The numbers of the lock files, the greatest first. */
async function lockNumbers(path: string): Promise<readonly number[]> {
  const numbers = (await readdir(path)).flatMap((name) => LOCK.exec(name)?.[1] ?? []).map(Number)
  return numbers.toSorted((a, b) => b - a)
}

async function refuseIfOwned(path: string, number: number): Promise<void> {
  if (number === 0) return
  const lock = join(path, `.lock.${number}`)
  const text = await readFile(lock, 'utf8').catch(unlessMissing)
  // Its successor has removed it meanwhile: the next round sees that one.
  if (text === undefined) return
  const owner = parsed(text)
  if (!owner)
    throw new MillraceError('FOLDER_IN_USE', {
      path,
      owner: `an unknown process, as its lock is damaged; if none uses it, remove the file ${lock}`,
    })
  if (owner.released) return
  if (owner.host !== hostname())
    throw new MillraceError('FOLDER_IN_USE', {
      path,
      owner: `process ${owner.pid} on the host ${owner.host}; if that has ended, remove the file ${lock}`,
    })
  const now = isAlive(owner.pid) ? await ownerOf(owner.pid) : undefined
  if (now !== undefined && now.started === owner.started)
    throw new MillraceError('FOLDER_IN_USE', { path, owner: `process ${owner.pid}` })
}

/** A lock that was just taken when the power failed may be there without what was in it, or with something else. */
function parsed(text: string): Owner | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return isOwner(value) ? value : undefined
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false
  const { pid, host, started, released } = value as Partial<Record<keyof Owner, unknown>>
  const isProcess = Number.isSafeInteger(pid) && (pid as number) > 0
  return isProcess && typeof host === 'string' && typeof started === 'string' && typeof released === 'boolean'
}

async function release(path: string, number: number, owner: Owner): Promise<void> {
  const draft = join(path, `.lock.${randomUUID()}.new`)
  await writeFile(draft, JSON.stringify({ ...owner, released: true }))
  await rename(draft, join(path, `.lock.${number}`))
}

async function ownerOf(pid: number): Promise<Owner> {
  return { pid, host: hostname(), started: await startOf(pid), released: false }
}

/** On Linux the start of a process in ticks since boot, with the boot; elsewhere nothing. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  if (stat === '') return ''
  // The name of the program, in parentheses, may hold spaces; the state is the 3rd field, the start the 22nd.
  const [state = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if ('ZX'.includes(state)) return 'ended'
  const ticks = rest[18]
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return `${boot.trim()} ${ticks}`
}

/** A signal that does nothing tells whether there is such a process; without permission there is one. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function linked(existing: string, name: string): Promise<boolean> {
  try {
    await link(existing, name)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const unlinkIfThere = (path: string): Promise<void> => unlink(path).catch(unlessMissing)
