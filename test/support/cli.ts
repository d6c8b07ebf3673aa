import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** As the package brings it. */
export const CLI = fileURLToPath(new URL('../../bundle/cli/main.js', import.meta.url))

/** A `millrace` that runs, or a program run with Node, and what it has printed so far. */
export interface StartedCli {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly output: { text: string; err: string }
  readonly bytes: readonly Buffer[]
  /** Exit status and signal, when all that it printed is here. */
  readonly closed: Promise<readonly [number | null, NodeJS.Signals | null]>
}

export const startCommand = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): StartedCli => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const output = { text: '', err: '' }
  const bytes: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => {
    bytes.push(chunk)
    output.text += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output.err += chunk
  })
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  return { child, output, bytes, closed }
}

export const startCli = (args: readonly string[], env: NodeJS.ProcessEnv = {}): StartedCli =>
  startCommand(process.execPath, [CLI, ...args], env)
export const startProgram = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): StartedCli =>
  startCommand(process.execPath, [file, ...args], env)

/** Resolves when a text has been printed on standard output. */
export async function printed({ child, output }: StartedCli, text: string): Promise<void> {
  while (!output.text.includes(text)) await once(child.stdout, 'data')
}

/** Runs a command to its end. */
export async function runCli(args: readonly string[], input = '') {
  const started = startCli(args)
  started.child.stdin.end(input)
  const [code, signal] = await started.closed
  return { code, signal, ...started.output, out: Buffer.concat(started.bytes) }
}
