import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { runChild } from './run-child.mjs'

/** Installs what the lock file names, unless `node_modules` is already up to date with it. */
export async function ensureInstalled(root) {
  const stamp = join(root, 'node_modules', '.package-lock.json')
  const lock = join(root, 'package-lock.json')
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return
  const status = await runChild('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root })
  if (status !== 0) process.exit(status)
}
