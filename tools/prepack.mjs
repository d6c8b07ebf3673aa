// `npm pack` and `npm publish`: installs when needed and builds, so that a package from a fresh clone has its code.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './ensure-installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
ensureInstalled(root)
process.exitCode = spawnSync(process.execPath, ['tools/build.mjs'], { cwd: root, stdio: 'inherit' }).status ?? 1
