// Which files the processes of a run are at, in notes that go when a process has ended as it should: what is left tells of those that did not.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The number of a process may be given to another one. */
const NOTE = /^\d+-at-[\d.]+$/
const noteIn = (folder) => join(folder, `${process.pid}-at-${performance.timeOrigin}`)

/** Notes which file this process is at, and those that it has yet to run. */
export const noteRunning = (folder, file, yetToRun) => writeFileSync(noteIn(folder), [file, ...yetToRun].join('\n'))

export const forgetRunning = (folder) => rmSync(noteIn(folder), { force: true })

/** What is noted now, by the names of files: which one runs, and those behind it. */
export function runningFiles(folder) {
  return readdirSync(folder)
    .filter((name) => NOTE.test(name))
    .flatMap((name) => {
      try {
        return [readFileSync(join(folder, name), 'utf8')]
      } catch {
        // The process has ended meanwhile.
        return []
      }
    })
    .toSorted()
    .map((text) => {
      const [file, ...yetToRun] = text.split('\n')
      return { file, yetToRun }
    })
}

/** What the end of a run tells of processes that ended before their files had, a line each, and how many files have not run. */
export function lostFiles(folder) {
  const running = runningFiles(folder)
  const lines = running.map(({ file, yetToRun }) => {
    const lost = yetToRun.length > 0 ? `, and these have not run: ${yetToRun.join(', ')}` : ''
    return `a process has ended while ${file} ran${lost}`
  })
  return { lines, notRun: running.reduce((sum, { yetToRun }) => sum + yetToRun.length, 0) }
}
