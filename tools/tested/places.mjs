import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the compiler made. */
export const OURS = fileURLToPath(new URL('../../dist', import.meta.url))
/** Where the script for tests is: frames of this folder count as our code (common/own-files.ts). */
export const FOLDER = join(OURS, 'chunks')
export const SCRIPT = join(FOLDER, 'tested.cjs')
export const CACHE = `${SCRIPT}.cache`
/** The modules that are taken from the script, a list of URLs. */
export const MODULES = join(FOLDER, 'tested.json')
