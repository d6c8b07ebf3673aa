// Has the files of a group, and what they load of tests, import the tests of the file that is loaded (current-test.mjs) for those of ava.
import { pathToFileURL } from 'node:url'
import { OURS } from './places.mjs'

const tests = `${pathToFileURL(OURS)}/test/`
const current = new URL('current-test.mjs', import.meta.url).href

export async function resolve(specifier, context, next) {
  if (specifier === 'ava' && context.parentURL?.startsWith(tests)) return { url: current, shortCircuit: true }
  return next(specifier, context)
}
