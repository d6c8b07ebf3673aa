import type { CheckpointFiles, CheckpointPlace, NewCheckpointFile } from '../../common/checkpoint-files.js'

/** How the files of a checkpoint go wrong: a call fails, or the process dies there, so that nothing works from then on. A write is by halves done. */
export type Strike = 'fails' | 'dies'

/** Files that go wrong at the n-th call that changes them, counted from 1, and tell whether it came to that. */
export interface StruckPlace extends CheckpointPlace {
  readonly isStruck: boolean
}

export function struckPlace({ files, location }: CheckpointPlace, strike: Strike, at: number): StruckPlace {
  let step = 0
  const check = (call: string): void => {
    const isHit = ++step === at
    if (isHit || (strike === 'dies' && step > at)) throw new Error(`${call}: no space left on device`)
  }
  const assertAlive = (): void => {
    if (strike === 'dies' && step >= at) throw new Error('dead')
  }
  const struckFile = (file: NewCheckpointFile): NewCheckpointFile => ({
    append: async (bytes) => {
      const before = step
      try {
        check('append')
      } catch (error) {
        if (before + 1 === at) await file.append(bytes.subarray(0, bytes.length >> 1))
        throw error
      }
      await file.append(bytes)
    },
    finish: async () => {
      check('finish')
      await file.finish()
    },
    publish: async (name) => {
      check('publish')
      await file.publish(name)
    },
    // Descriptors of a process that is dead are closed, too.
    close: () => file.close(),
  })
  const changing =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>, name: string) =>
    async (...args: A): Promise<R> => {
      check(name)
      return await call(...args)
    }
  const reading =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      assertAlive()
      return await call(...args)
    }
  const struck: CheckpointFiles = {
    size: reading(files.size),
    read: reading(files.read),
    open: reading(files.open),
    list: reading(files.list),
    create: async (path) => {
      check('create')
      return struckFile(await files.create(path))
    },
    move: changing(files.move, 'move'),
    remove: changing(files.remove, 'remove'),
    makeFolder: changing(files.makeFolder, 'makeFolder'),
    makeFolders: changing(files.makeFolders, 'makeFolders'),
    removeFolder: changing(files.removeFolder, 'removeFolder'),
    syncFolder: changing(files.syncFolder, 'syncFolder'),
  }
  return {
    files: struck,
    location,
    get isStruck() {
      return step >= at
    },
  }
}
