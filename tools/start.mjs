// `npm start`: installs when needed, builds, and runs the main job (examples/fraud) to its end.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './ensure-installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
ensureInstalled(root)
for (const script of ['tools/build.mjs', 'dist/examples/fraud/main.js']) {
  const { status } = spawnSync(process.execPath, [script], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
