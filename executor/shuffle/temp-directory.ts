import { rmSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory of this process's own, made when first needed and removed at the end, however the process ends short of SIGKILL. */
export class TempDirectory {
  readonly #path: string
  #made: Promise<string> | undefined
  readonly #removeAtExit = (): void => rmSync(this.#path, { recursive: true, force: true })

  /** @param name unique on the machine */
  constructor(name: string, parent: string = tmpdir()) {
    this.#path = join(parent, name)
  }

  path(): Promise<string> {
    this.#made ??= this.#make()
    return this.#made
  }

  async remove(): Promise<void> {
    if (!this.#made) return
    await rm(this.#path, { recursive: true, force: true })
    process.off('exit', this.#removeAtExit)
  }

  async #make(): Promise<string> {
    process.once('exit', this.#removeAtExit)
    await mkdir(this.#path, { recursive: true, mode: 0o700 })
    return this.#path
  }
}
