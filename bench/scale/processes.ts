import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'

/** Linux counts the time of processes in hundredths of a second, on every machine that runs Node. */
const TICK_MS = 10

/** Fields of `/proc/PID/stat` behind the name, which may hold anything: state, parent, …, user time, system time. */
const USER_TICKS = 11

/** Milliseconds of the processor that a process has had so far. */
export function cpuOf(pid: number): number {
  const fields = statOf(pid)
  return (Number(fields[USER_TICKS]) + Number(fields[USER_TICKS + 1])) * TICK_MS
}

/** The most that a process held in memory so far. */
export function mostMibOf(pid: number | 'self'): number {
  const found = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return Number(found![1]) / 1024
}

/** The files that processes have open whose names are such, removed ones among them. */
export function filesOf(pids: readonly number[], named: RegExp): { readonly files: number; readonly bytes: number } {
  let [files, bytes] = [0, 0]
  for (const folder of pids.map((pid) => `/proc/${pid}/fd`).filter(existsSync))
    for (const descriptor of readdirSync(folder)) {
      try {
        if (!named.test(readlinkSync(`${folder}/${descriptor}`))) continue
        bytes += statSync(`${folder}/${descriptor}`).size
        files++
      } catch {
        // It was closed meanwhile.
      }
    }
  return { files, bytes }
}

function statOf(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}
