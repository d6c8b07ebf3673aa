import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { until } from './fake-cluster.js'

const run = promisify(execFile)
const hasTmux = spawnSync('tmux', ['-V']).status === 0

/** A test in a terminal that tmux makes; skipped where there is none. */
export const withTmux = (title: string, body: (t: ExecutionContext) => Promise<void>): void =>
  (hasTmux ? test : test.skip)(`${title}${hasTmux ? '' : ' (needs tmux)'}`, body)

/** A program in a terminal of its own. */
export class TmuxTerminal {
  readonly folder: string
  readonly #socket: string

  private constructor(folder: string) {
    this.folder = folder
    this.#socket = join(folder, 'tmux')
  }

  /** Runs a command in a temporary folder, which is its home too, until the body is done. */
  static async with(
    command: readonly string[],
    body: (terminal: TmuxTerminal) => Promise<void>,
    size: readonly [columns: number, rows: number] = [80, 24],
  ): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-tmux-'))
    const terminal = new TmuxTerminal(folder)
    const [columns, rows] = size.map(String) as [string, string]
    const env = [`HOME=${folder}`, `XDG_CONFIG_HOME=${join(folder, 'config')}`, 'NO_COLOR=1', 'PAGER=cat']
    const program = ['env', ...env, ...command].map((word) => `'${word}'`).join(' ')
    const left = `${program}; echo "left with $?"; cat`
    try {
      await terminal.#tmux(
        '-f',
        '/dev/null',
        'new-session',
        '-d',
        '-s',
        's',
        '-x',
        columns,
        '-y',
        rows,
        '-c',
        folder,
        left,
      )
      await body(terminal)
    } finally {
      await terminal.#tmux('kill-server').catch(() => undefined)
      // What was killed may still be writing.
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    }
  }

  /** Types letters as they are. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-t', 's', '-l', '--', withoutEnd(text))
  }

  /** Presses keys by tmux's names: `Enter`, `Up`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', '-t', 's', ...keys)
  }

  async enter(text: string): Promise<void> {
    await this.type(text)
    await this.press('Enter')
  }

  /** Pastes as terminals do that mark it. */
  async paste(text: string): Promise<void> {
    await this.#tmux('set-buffer', withoutEnd(text))
    await this.#tmux('paste-buffer', '-p', '-t', 's')
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-t', 's', '-x', String(columns), '-y', String(rows))
  }

  /** The lines that the window shows, but for empty ones at its end. */
  async shown(): Promise<string> {
    const { stdout } = await this.#tmux('capture-pane', '-p', '-t', 's')
    return stdout
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd()
  }

  /** Resolves when the window shows a text. */
  async shows(text: string | RegExp): Promise<string> {
    let last = ''
    await until(async () => {
      last = await this.shown()
      return typeof text === 'string' ? last.includes(text) : text.test(last)
    })
    return last
  }

  #tmux(...args: readonly string[]): Promise<{ stdout: string }> {
    return run('tmux', ['-S', this.#socket, ...args])
  }
}

/** A semicolon at the end of an argument would end the command of tmux. */
const withoutEnd = (text: string): string => text.replace(/;$/, '\\;')
