import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { environmentWithoutSecret } from './cluster-secret.js'
import { lastWordsOf } from './last-words.js'

export interface OwnedProcessOptions {
  /** URL of the module that Node runs. */
  readonly module: string
  /** The first line of its standard input: arguments and the environment can be seen by others. */
  readonly firstLine: string
  /** Whether what it said last on standard error is told with its end; its owner must then never be busy for long. */
  readonly tellsLastWords: boolean
  /** Options of Node. */
  readonly options?: readonly string[]
  /** Where its output goes; without, its standard output is dropped, and standard error is that of its owner. */
  readonly output?: { readonly stdout: Writable; readonly stderr: Writable }
  /** Told once, when it has ended or could not be started; the exit status is undefined when it has none. */
  onEnded(reason: string, status: number | undefined): void
}

/** Of what it wrote to standard error so much is remembered, for the reason of its end. */
const LAST_CHARS = 16_384

/** How long what it printed may take to arrive after its end. */
const LAST_OUTPUT_MS = 1_000

/**
 * A Node process that belongs to this one: it ends when its standard input does, whatever ends this process. It has a process group of
 * its own, so that Ctrl-C reaches its owner alone, and is no reason for its owner to live on.
 */
export class OwnedProcess {
  readonly ended: Promise<void>
  readonly #child: ChildProcess
  #lastChars = ''

  constructor({ module, firstLine, tellsLastWords, options = [], output, onEnded }: OwnedProcessOptions) {
    const child = spawn(process.execPath, [...options, fileURLToPath(module)], {
      stdio: ['pipe', output ? 'pipe' : 'ignore', tellsLastWords ? 'pipe' : 'inherit'],
      detached: true,
      env: environmentWithoutSecret(process.env),
    })
    this.#child = child
    this.ended = new Promise((resolve) => {
      const end = (reason: string, status?: number): void => {
        onEnded(reason, status)
        resolve()
      }
      child.once('exit', (code, signal) => {
        const tell = (): void => {
          clearTimeout(timer)
          child.off('close', tell)
          end(signal ?? `exit status ${code}${this.#lastWords()}`, code ?? undefined)
        }
        // What it printed at last may come after its end; processes that it started may keep its output open.
        const timer = setTimeout(tell, output ? LAST_OUTPUT_MS : 0)
        child.once('close', tell)
      })
      child.on('error', (error) => {
        if (child.pid === undefined) end(error.message)
      })
    })
    child.stderr?.on('data', (bytes: Buffer) => {
      if (!output) process.stderr.write(bytes)
      this.#lastChars = `${this.#lastChars}${bytes}`.slice(-LAST_CHARS)
    })
    if (output) child.stdout?.pipe(output.stdout)
    if (output) child.stderr?.pipe(output.stderr)
    // It may die before it has read its input; its end is what counts.
    child.stdin!.on('error', () => undefined)
    child.stdin!.write(`${firstLine}\n`)
    child.unref()
    for (const pipe of [child.stdin, child.stdout, child.stderr]) (pipe as { unref?(): void } | null)?.unref?.()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Says something to it: a line on its standard input. */
  tell(line: string): void {
    if (this.#child.stdin?.writable) this.#child.stdin.write(`${line}\n`)
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

  #lastWords(): string {
    const words = lastWordsOf(this.#lastChars)
    return words === '' ? '' : `: ${words}`
  }
}
