import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const PROGRAM = fileURLToPath(new URL('../support/short-disk-program.js', import.meta.url))
/** Blocks of 512 bytes that a file may have: less than what is put on disk. */
const LARGEST_FILE = 2000

/** Another try may find room. */
const FAILED = 'TASK_RETRIES_EXHAUSTED FAILED_WRITE_FILE'

async function withDirectory(body: (env: NodeJS.ProcessEnv, directory: string) => unknown): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-disk-'))
  try {
    await body({ ...process.env, TMPDIR: directory }, directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

test('a disk that is full fails the query that needs it with a condition, and no other', (t) =>
  withDirectory((env, directory) => {
    const shell = `ulimit -f ${LARGEST_FILE} && exec "${process.execPath}" "${PROGRAM}" full`
    const { stdout, stderr } = spawnSync('sh', ['-c', shell], { env, encoding: 'utf8' })
    t.deepEqual(stdout.trim().split('\n'), ['400000', FAILED, '400000'], stderr)
    t.deepEqual(readdirSync(directory), [])
  }))

test('a directory for temporary files that vanishes fails the query that needs it, and works again when it is back', (t) =>
  withDirectory((env, directory) => {
    const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'gone'], { env, encoding: 'utf8' })
    t.deepEqual(stdout.trim().split('\n'), ['400000', FAILED, '400000', '400000'], stderr)
    t.deepEqual(readdirSync(directory), [])
  }))

test('what a process put on disk is gone when it is killed', (t) =>
  withDirectory(async (env, directory) => {
    const child = spawn(process.execPath, [PROGRAM, 'killed'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    t.deepEqual(readdirSync(directory), [])
  }))
