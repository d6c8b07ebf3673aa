import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { nodeArguments } from './programs.js'

export const CHILD = fileURLToPath(new URL('./stream-child.js', import.meta.url))
export const KILL_AT_STEP = new URL('./kill-at-step.js', import.meta.url).href
const MOST_RUNS = 90

/** Where the program is killed: when it has finished so many batches, or at a step of its own (see kill-at-step.ts). */
export type Kill =
  | { readonly batches: number }
  /** `ofParts`: of what is written to files, not of files. */
  | { readonly step: string; readonly below: string; readonly ofParts?: boolean }
  | { readonly step: string; readonly asking: number }

/** Not at all. */
export const NO_KILL: Kill = { batches: Number.POSITIVE_INFINITY }

/** Three kills at moments of chance, after 1, 2, 1 batches of a start: kills at steps strike what matters, and the script of torture has more of these. */
export const afterBatches = (run: number): Kill => (run < 3 ? { batches: 1 + (run % 2) } : NO_KILL)

const aimOf = (kill: Extract<Kill, { readonly step: string }>): Record<string, string> =>
  'below' in kill
    ? { KILL_AT: kill.step, KILL_BELOW: kill.below, KILL_PARTS: kill.ofParts ? '1' : '' }
    : { KILL_AT: kill.step, KILL_ASKING: String(kill.asking) }

/** Runs the program until it ends or is killed. @returns whether it ended by itself */
export async function runUntil(
  args: readonly string[],
  kill: Kill,
  { program = CHILD, env = {} }: { readonly program?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<boolean> {
  const isAimed = 'step' in kill
  const child = spawn(process.execPath, nodeArguments(program, args, isAimed ? [KILL_AT_STEP] : []), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env, ...(isAimed && aimOf(kill)) },
  })
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  let left = isAimed ? Number.POSITIVE_INFINITY : kill.batches
  createInterface({ input: child.stdout }).on('line', () => {
    if (--left === 0) child.kill('SIGKILL')
  })
  const [code, signal] = await exited
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the program failed by itself: ${signal ?? `status ${code}`}`)
  return code === 0
}

/**
 * For kills at steps: one thread does those of both partitions, so that they are in the same order each time, and a start is a quarter of the work
 * less than with a thread for each.
 */
export const ONE_THREAD: NodeJS.ProcessEnv = { MASTER: 'local[1]', PARTITIONS: '2' }

/** Starts the program again and again, each start killed at another moment, until one comes to the end. @returns how many were killed */
export async function killedUntilDone(
  args: readonly string[],
  killOf: (run: number) => Kill,
  program = CHILD,
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  for (let run = 0; run < MOST_RUNS; run++) if (await runUntil(args, killOf(run), { program, env })) return run
  throw new Error(`the query did not end in ${MOST_RUNS} starts`)
}
