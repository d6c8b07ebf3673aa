import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'

const PAGES = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]
/** A file, or a folder of ours, between backticks. */
const NAMED = /`((?:[\w-]+\/)*[\w-]+\.(?:ts|mjs|md)|(?:[\w-]+\/)+[\w-]+)`/g

test('files and folders that the documents name are there', (t) => {
  let count = 0
  for (const page of PAGES) {
    // What stands without its folder is beside the one named before it.
    let beside = '.'
    for (const [, name] of readFileSync(page, 'utf8').matchAll(NAMED)) {
      const isFile = /\.\w+$/.test(name!)
      if (!isFile && !existsSync(name!.split('/')[0]!)) continue
      const path = existsSync(name!) ? name! : join(beside, name!)
      t.true(existsSync(path), `${page} names ${name}`)
      beside = isFile ? dirname(path) : path
      count++
    }
  }
  t.true(count > 100)
})
