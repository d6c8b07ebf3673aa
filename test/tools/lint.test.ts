import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const BIOME = fileURLToPath(new URL('../../../node_modules/.bin/biome', import.meta.url))

test('Biome finds nothing: format, lint rules, unused imports, import cycles', (t) => {
  const { status, stdout, stderr } = spawnSync(BIOME, ['check', '.'], { cwd: ROOT, encoding: 'utf8' })
  t.is(status, 0, `${stdout}${stderr}`)
})
