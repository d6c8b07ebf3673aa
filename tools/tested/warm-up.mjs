// Writes what tests load in place of each module, and the code that V8 has once a first query and a first stream have run: functions that ran are in it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runStream } from '../code-caches/stream.mjs'
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
const api = modules['api/index.js']()
const folder = mkdtempSync(join(tmpdir(), 'millrace-'))
try {
  const session = await api.Session.builder().master('local[1]').config('log.level', 'error').getOrCreate()
  await session.sql('select id % 7 k, count(*) n from range(1000) group by 1 order by n desc, k limit 3').collect()
  await runStream(api, session, modules['connectors/kafka/broker/broker.js']().startBroker, folder)
  await session.stop()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
writeFileSync(CACHE, script.createCachedData())
