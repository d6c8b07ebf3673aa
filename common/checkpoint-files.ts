import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Where the files of a checkpoint lie. What is missing rejects with the code `ENOENT`, what is there already with `EEXIST`. */
export interface CheckpointFiles {
  size(path: string): Promise<number>
  read(path: string): Promise<Uint8Array>
  /** Begins a file that must not be there yet, in a folder that is. */
  create(path: string): Promise<NewCheckpointFile>
  /** The names in a folder. */
  list(folder: string): Promise<readonly string[]>
  /** Removes a file, which may be gone. */
  remove(path: string): Promise<void>
  /** Makes a folder, if it is not there, in one that is. */
  makeFolder(folder: string): Promise<void>
}

export interface NewCheckpointFile {
  append(bytes: Uint8Array): Promise<void>
  /** When this resolves the file is on disk, with its name. */
  finish(): Promise<void>
  /** Leaves it as it is. */
  close(): Promise<void>
}

/** The disks of this machine. */
export const localCheckpointFiles: CheckpointFiles = {
  size: async (path) => (await stat(path)).size,
  read: (path) => readFile(path),
  create: async (path) => {
    const file = await open(path, 'wx')
    return {
      append: (bytes) => file.writeFile(bytes),
      finish: async () => {
        await file.sync()
        await file.close()
        await syncFolder(dirname(path))
      },
      close: () => file.close(),
    }
  },
  list: (folder) => readdir(folder),
  remove: (path) => rm(path, { force: true }),
  makeFolder: async (folder) => {
    await mkdir(folder).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) throw error
    })
  },
}

/** Forces the names in a folder to the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
