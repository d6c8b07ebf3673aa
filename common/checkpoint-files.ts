import { constants } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { makeFolders } from './make-folders.js'
import { hasCode, unlessMissing } from './system-errors.js'

/** Where the files of a checkpoint lie: the driver's logs and the state of tasks. What is missing rejects with the code `ENOENT`, what is there already with `EEXIST`. */
export interface CheckpointFiles {
  size(path: string): Promise<number>
  read(path: string): Promise<Uint8Array>
  /** Opens a file that is too large to be read at once. */
  open(path: string): Promise<OpenCheckpointFile>
  /** Begins a file that must not be there yet, in a folder that is. */
  create(path: string): Promise<NewCheckpointFile>
  /** Gives a file, or a folder with all that is in it, another name. A file that has that name is replaced. */
  move(from: string, to: string): Promise<void>
  /** The names in a folder. */
  list(folder: string): Promise<readonly string[]>
  /** Removes a file, which may be gone. */
  remove(path: string): Promise<void>
  /** Makes a folder in one that is there. @returns whether it was not there yet */
  makeFolder(folder: string): Promise<boolean>
  /** Makes a folder and those that it lies in, as far as they are not there. */
  makeFolders(folder: string): Promise<void>
  /** Removes a folder, which may be gone, and all that is in it. */
  removeFolder(folder: string): Promise<void>
  /** When this resolves the names in a folder are on disk. */
  syncFolder(folder: string): Promise<void>
}

export interface OpenCheckpointFile {
  readonly size: number
  /** Fills the bytes with what is at a place. @returns how many there were */
  read(bytes: Uint8Array, at: number): Promise<number>
  close(): Promise<void>
}

export interface NewCheckpointFile {
  append(bytes: Uint8Array): Promise<void>
  /** When this resolves the file is on disk, with its name. */
  finish(): Promise<void>
  /** Gives the file, which is whole, a second name that must not be there yet. When this resolves it is on disk under that. */
  publish(name: string): Promise<void>
  /** Leaves it as it is. */
  close(): Promise<void>
}

/** A checkpoint: a folder, and the files that it is one of. */
export interface CheckpointPlace {
  readonly files: CheckpointFiles
  readonly location: string
}

/** The disks of this machine. */
export const localCheckpointFiles: CheckpointFiles = {
  size: async (path) => (await stat(path)).size,
  read: (path) => readFile(path),
  open: async (path) => {
    const file = await open(path)
    const { size } = await file.stat().catch(async (error: unknown) => {
      await file.close()
      throw error
    })
    return {
      size,
      read: async (bytes, at) => {
        for (let filled = 0; ; ) {
          const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, at + filled)
          filled += bytesRead
          if (bytesRead === 0 || filled === bytes.length) return filled
        }
      },
      close: () => file.close(),
    }
  },
  create: async (path) => {
    const file = await open(path, 'wx')
    const settle = (): Promise<void> => file.sync().finally(() => file.close())
    return {
      append: (bytes) => file.writeFile(bytes),
      finish: async () => {
        await settle()
        await syncFolder(dirname(path))
      },
      publish: async (name) => {
        await settle()
        await link(path, name)
        await syncFolder(dirname(name))
      },
      close: () => file.close(),
    }
  },
  move: (from, to) => rename(from, to),
  list: (folder) => readdir(folder),
  remove: (path) => unlink(path).catch(unlessMissing),
  makeFolder: (folder) =>
    mkdir(folder).then(
      () => true,
      (error: unknown) => {
        if (hasCode(error, 'EEXIST')) return false
        throw error
      },
    ),
  makeFolders: async (folder) => void (await makeFolders(folder)),
  removeFolder: (folder) => rm(folder, { recursive: true, force: true }),
  syncFolder,
}

export const localCheckpoint = (location: string): CheckpointPlace => ({
  files: localCheckpointFiles,
  location: resolve(location),
})

async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
