// Runs the script of all modules that tests import, once in a process; each module of it runs when it is asked for.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { CACHE, OURS, SCRIPT } from './places.mjs'

const cachedData = existsSync(CACHE) ? readFileSync(CACHE) : undefined
export const script = new Script(readFileSync(SCRIPT, 'latin1'), {
  filename: pathToFileURL(SCRIPT).href,
  ...(cachedData ? { cachedData } : {}),
})
// Modules of ours find files by where they lie, which is one folder deep.
const place = pathToFileURL(join(OURS, 'common/own-files.js')).href
const module = { exports: {} }
script.runInThisContext()(module, module.exports, createRequire(place), place, (url) => import(url))
/** By its path, what gives the exports of a module. */
export const modules = module.exports
