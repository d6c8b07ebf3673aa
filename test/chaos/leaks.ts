import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../support/random.js'

/** Processes that have a line of the environment, which they got from those who started them. */
export function processesWith(marker: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => textOf(`/proc/${pid}/environ`).split('\0').includes(marker)).map(Number)
}

/** What it runs, what it waits for and what it has open. */
export function describeProcess(pid: number): string {
  const [, state = ''] = /^State:\s+(.*)$/m.exec(textOf(`/proc/${pid}/status`)) ?? []
  const command = textOf(`/proc/${pid}/cmdline`).split('\0').slice(1, 3).join(' ')
  return `${pid} (${command}, ${state}) has ${openOf(pid).join(', ')}`
}

/** What a process has open, by kind: sockets, pipes, and files by name. */
function openOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`
  return names(folder).map((name) => linkOf(join(folder, name)).replace(/:\[\d+\]$/, ''))
}

/** How many sockets it has. */
export const socketsOf = (pid: number): number => openOf(pid).filter((what) => what === 'socket').length

export const filesBelow = (folder: string): readonly string[] => readdirSync(folder, { recursive: true }) as string[]

const MOST_FLIPS = 4

/** Changes bytes of the files for what has no room in memory, which have no names any more. @returns of how many files */
export const damageSpilled = (pids: readonly number[], random: Random): number =>
  spilledFiles(pids).filter((path) => flipBytes(path, random)).length

/** What is in these files now. */
export const spilledContents = (pids: readonly number[]): readonly Buffer[] => spilledFiles(pids).map(contentOf)

const spilledFiles = (pids: readonly number[]): readonly string[] =>
  pids.flatMap((pid) => {
    const folder = `/proc/${pid}/fd`
    return names(folder)
      .map((name) => join(folder, name))
      .filter((path) => linkOf(path).includes('millrace-spill-'))
  })

function flipBytes(path: string, random: Random): boolean {
  let file: number
  try {
    file = openSync(path, 'r+')
  } catch {
    // It was closed since.
    return false
  }
  try {
    const { size } = fstatSync(file)
    for (let i = 0; i < MOST_FLIPS && size > 0; i++) {
      const at = random.integer(0, size - 1)
      const byte = Buffer.alloc(1)
      readSync(file, byte, 0, 1, at)
      byte[0]! ^= random.integer(1, 255)
      writeSync(file, byte, 0, 1, at)
    }
    return size > 0
  } finally {
    closeSync(file)
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

const textOf = (path: string): string => contentOf(path).toString()

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.of()
  }
}
