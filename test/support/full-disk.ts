import { OpenFiles } from '../../connectors/kafka/broker/log/open-files.js'

/** Files on a disk that is full after `room` bytes more are written. */
export class FullDisk extends OpenFiles {
  room = Number.POSITIVE_INFINITY
  /** A disk that is gone when it is full, as for a process that is killed then. */
  isGoneWhenFull = false
  /** How much had been written after each write. */
  readonly writes: number[] = []
  #written = 0

  override async use<T>(path: string, body: Parameters<OpenFiles['use']>[1]): Promise<T> {
    if (this.isGoneWhenFull && this.room === 0) throw new Error('the process is dead')
    return (await super.use(path, async (handle) => {
      const write = async (bytes: Buffer, offset: number, length: number, position: number) => {
        const fits = Math.min(length, this.room)
        if (fits === 0 && length > 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
        this.room -= fits
        this.#written += fits
        this.writes.push(this.#written)
        return await handle.write(bytes, offset, fits, position)
      }
      return await body(new Proxy(handle, { get: (target, key) => (key === 'write' ? write : bound(target, key)) }))
    })) as T
  }
}

function bound(target: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key)
  return typeof value === 'function' ? value.bind(target) : value
}
