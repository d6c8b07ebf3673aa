/*
 * Files that are on no disk: whoever asks `node:fs` of their paths, or of descriptors of them, gets their bytes. To make and open one on a disk for each input took two
 * thirds of the time of the fuzzer.
 */
import fs, { type Stats } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Beyond the descriptors of a process. */
const FIRST_DESCRIPTOR = 2 ** 30

const files: MemoryFile[] = []

export class MemoryFile {
  readonly path: string
  #bytes: Uint8Array = new Uint8Array()
  /** Files are known by when they were changed. */
  #changedMs = 0

  constructor(ending: string) {
    this.path = `/millrace-fuzz/${files.length}.${ending}`
    files.push(this)
  }

  set bytes(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#changedMs++
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  get stats(): Pick<Stats, 'size' | 'mtimeMs' | 'isFile' | 'isDirectory'> {
    return { size: this.#bytes.length, mtimeMs: this.#changedMs, isFile: () => true, isDirectory: () => false }
  }

  read(target: Uint8Array, offset: number, length: number, position: number): number {
    const piece = this.#bytes.subarray(position, position + length)
    target.set(piece, offset)
    return piece.length
  }
}

const numberOf = (path: unknown): number => files.findIndex((file) => file.path === path)
const fileOf = (descriptor: number): MemoryFile | undefined => files[descriptor - FIRST_DESCRIPTOR]

const { statSync, openSync, fstatSync, readSync, closeSync } = fs
Object.assign(fs, {
  statSync: (...args: Parameters<typeof statSync>) => files[numberOf(args[0])]?.stats ?? statSync(...args),
  openSync: (...args: Parameters<typeof openSync>) => {
    const number = numberOf(args[0])
    return number < 0 ? openSync(...args) : FIRST_DESCRIPTOR + number
  },
  fstatSync: (descriptor: number) => fileOf(descriptor)?.stats ?? fstatSync(descriptor),
  closeSync: (descriptor: number) => (fileOf(descriptor) ? undefined : closeSync(descriptor)),
  readSync: (descriptor: number, target: Uint8Array, offset: number, length: number, position: number) =>
    fileOf(descriptor)?.read(target, offset, length, position) ??
    readSync(descriptor, target, offset, length, position),
})
syncBuiltinESMExports()
