// `npm start`: installs when needed, builds, and runs the main job (examples/fraud) to its end.
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './ensure-installed.mjs'
import { runChild } from './run-child.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
await ensureInstalled(root)
for (const script of ['tools/build.mjs', 'dist/examples/fraud/main.js']) {
  const status = await runChild(process.execPath, [script], { cwd: root })
  if (status !== 0) process.exit(status)
}
