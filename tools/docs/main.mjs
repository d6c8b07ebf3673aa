// `npm run docs`: makes a website of `docs/` in `dist/docs`. It needs no server: open `dist/docs/index.html`.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../ensure-installed.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
await ensureInstalled(root)
const { buildSite } = await import('./build-site.mjs')
const target = join(root, 'dist/docs')
const { pages, faults } = await buildSite(join(root, 'docs'), target)
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
else console.log(`${pages} pages: ${join(target, 'index.html')}`)
