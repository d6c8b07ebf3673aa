// Has modules of tests, and those that they load, import ours from the script for tests (tools/tested/bundle.mjs).
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { FOLDER, MODULES, OURS } from './places.mjs'

const modules = new Set(JSON.parse(readFileSync(MODULES, 'utf8')))
const ours = pathToFileURL(`${OURS}/`).href
const stubs = pathToFileURL(`${FOLDER}/`).href

export async function resolve(specifier, context, next) {
  if (/^(\.|\/|file:)/.test(specifier) && context.parentURL !== undefined) {
    const { href } = new URL(specifier, context.parentURL)
    if (modules.has(href)) return { url: stubs + href.slice(ours.length), format: 'module', shortCircuit: true }
  }
  return next(specifier, context)
}
