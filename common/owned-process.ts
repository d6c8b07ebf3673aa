import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { environmentWithoutSecret } from './cluster-secret.js'

export interface OwnedProcessOptions {
  /** URL of the module that Node runs. */
  readonly module: string
  /** The first line of its standard input: arguments and the environment can be seen by others. */
  readonly firstLine: string
  /** Whether the last line that it wrote to standard error is told with its end; its owner must then never be busy for long. */
  readonly tellsLastLine: boolean
  /** Told once, when it has ended or could not be started. */
  onEnded(reason: string): void
}

/** Of what it wrote to standard error so much is remembered, for the reason of its end. */
const LAST_CHARS = 4_096

/**
 * A Node process that belongs to this one: it ends when its standard input does, whatever ends this process. It has a process group of
 * its own, so that Ctrl-C reaches its owner alone, and is no reason for its owner to live on.
 */
export class OwnedProcess {
  readonly ended: Promise<void>
  readonly #child: ChildProcess
  #lastChars = ''

  constructor({ module, firstLine, tellsLastLine, onEnded }: OwnedProcessOptions) {
    const child = spawn(process.execPath, [fileURLToPath(module)], {
      stdio: ['pipe', 'ignore', tellsLastLine ? 'pipe' : 'inherit'],
      detached: true,
      env: environmentWithoutSecret(process.env),
    })
    this.#child = child
    this.ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        resolve()
        onEnded(reason)
      }
      child.once('exit', (code, signal) => end(signal ?? `exit status ${code}${this.#lastWords()}`))
      child.on('error', (error) => {
        if (child.pid === undefined) end(error.message)
      })
    })
    child.stderr?.on('data', (bytes: Buffer) => {
      process.stderr.write(bytes)
      this.#lastChars = `${this.#lastChars}${bytes}`.slice(-LAST_CHARS)
    })
    // It may die before it has read its input; its end is what counts.
    child.stdin!.on('error', () => undefined)
    child.stdin!.write(`${firstLine}\n`)
    child.unref()
    for (const pipe of [child.stdin, child.stderr]) (pipe as { unref?(): void } | null)?.unref?.()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Asks it to end, and kills it when it has not within the grace. Resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#child.stdin?.end()
    this.#child.ref()
    const timer = setTimeout(() => this.kill(), graceMs)
    await this.ended
    clearTimeout(timer)
  }

  /** The last line that it wrote before it ended with a failure. */
  #lastWords(): string {
    const line = this.#lastChars.trimEnd().split('\n').at(-1)
    return line ? `: ${line}` : ''
  }
}
