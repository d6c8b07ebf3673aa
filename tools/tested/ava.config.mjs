// What ava is told in package.json, and to start test files in the order in which they are given to it, which it does not do by itself.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { ava } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const placeOf = (file) => process.argv.indexOf(relative(root, file))

export default { ...ava, sortTestFiles: (a, b) => placeOf(a) - placeOf(b) }
