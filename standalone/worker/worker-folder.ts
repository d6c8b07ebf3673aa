import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { type FolderLock, lockFolder } from '../../common/folder-lock.js'
import { makeFolders } from '../../common/make-folders.js'
import { unlessMissing } from '../../common/system-errors.js'

/** Of workers that have ended so many folders stay, with what their drivers printed. */
const MOST_ENDED = 8
/** Of drivers that have ended so many folders stay. */
const MOST_DRIVERS = 32

/** The folder of one worker within one that workers of a machine share: the code of drivers, and where they run. */
export class WorkerFolder {
  readonly archives: string
  readonly drivers: string
  readonly #lock: FolderLock

  private constructor(path: string, lock: FolderLock) {
    this.archives = join(path, 'archives')
    this.drivers = join(path, 'drivers')
    this.#lock = lock
  }

  /** Removes what workers left that ended long ago. @throws what the disk does */
  static async open(directory: string, workerId: string): Promise<WorkerFolder> {
    const path = join(directory, workerId)
    await makeFolders(directory)
    await removeEnded(directory)
    const folder = new WorkerFolder(path, await lockFolder(path))
    for (const inner of [folder.archives, folder.drivers]) await makeFolders(inner, { mode: 0o700 })
    return folder
  }

  /** The folder in which a start of a driver runs. */
  async driver(driverId: string, launch: number, inUse: ReadonlySet<string>): Promise<string> {
    const names = (await byAge(this.drivers)).filter((name) => !inUse.has(name))
    for (const name of names.slice(MOST_DRIVERS)) await rm(join(this.drivers, name), { recursive: true, force: true })
    const folder = join(this.drivers, driverFolder(driverId, launch))
    await makeFolders(folder, { mode: 0o700 })
    return folder
  }

  /** What drivers printed stays. */
  async close(): Promise<void> {
    await rm(this.archives, { recursive: true, force: true })
    await this.#lock.release()
  }
}

export const driverFolder = (driverId: string, launch: number): string =>
  `${driverId.replaceAll(/[^\w-]/g, '_')}-${launch}`

async function removeEnded(directory: string): Promise<void> {
  const workers = (await byAge(directory)).filter((name) => name.startsWith('worker-'))
  for (const name of workers.slice(MOST_ENDED)) {
    const path = join(directory, name)
    const lock = await lockFolder(path).catch((error: unknown) => {
      if (MillraceError.is(error) && error.condition === 'FOLDER_IN_USE') return undefined
      throw error
    })
    if (lock) await rm(path, { recursive: true, force: true })
  }
}

/** The newest first. */
async function byAge(folder: string): Promise<readonly string[]> {
  const all = (await readdir(folder)).map(async (name) => ({
    name,
    mtimeMs: (await stat(join(folder, name)).catch(unlessMissing))?.mtimeMs ?? 0,
  }))
  return (await Promise.all(all)).toSorted((a, b) => b.mtimeMs - a.mtimeMs).map(({ name }) => name)
}
