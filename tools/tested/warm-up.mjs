// Writes what tests load in place of each module, and the code that V8 has once a first query has run: functions that ran are in it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { modules, script } from './load.mjs'
import { CACHE, FOLDER } from './places.mjs'

const loader = fileURLToPath(new URL('load.mjs', import.meta.url))
const all = Object.entries(modules).map(([path, module]) => [path, Object.keys(module())])
for (const [path, names] of all) {
  const stub = join(FOLDER, path)
  const from = JSON.stringify(relative(dirname(stub), loader))
  const exported = names.map((name) => `export ${name === 'default' ? 'default ' : `const ${name}=`}m.${name}`)
  mkdirSync(dirname(stub), { recursive: true })
  writeFileSync(stub, `import{modules}from${from};const m=modules[${JSON.stringify(path)}]();${exported.join(';')}\n`)
}
const { Session } = modules['api/index.js']()
const session = await Session.builder().master('local[1]').config('log.level', 'error').getOrCreate()
await session.sql('select id % 7 k, count(*) n from range(1000) group by 1 order by n desc, k limit 3').collect()
await session.stop()
writeFileSync(CACHE, script.createCachedData())
