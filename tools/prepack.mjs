// `npm pack` and `npm publish`: installs when needed and builds, so that a package from a fresh clone has its code.
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './ensure-installed.mjs'
import { runChild } from './run-child.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
await ensureInstalled(root)
process.exitCode = await runChild(process.execPath, ['tools/build.mjs'], { cwd: root })
