import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MillraceError } from '../../common/errors/millrace-error.js'

/** A program of a user. */
export interface Program {
  readonly path: string
  /** What Node is to run in its place, as it does not read TypeScript itself; a module. */
  readonly compiled: string | undefined
}

/** @throws PATH_NOT_FOUND, FAILED_READ_FILE, UNSUPPORTED_FEATURE for TypeScript that nothing here can read */
export async function programOf(file: string): Promise<Program> {
  const path = resolve(file)
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined) throw new MillraceError('PATH_NOT_FOUND', { path })
  if (!stats.isFile()) throw new MillraceError('FAILED_READ_FILE', { path, reason: 'it is not a file' })
  return { path, compiled: isReadByNode(path) ? undefined : await compiledByEsbuild(file, path) }
}

/** Newer versions leave the types out by themselves. */
function isReadByNode(path: string): boolean {
  const { typescript } = process.features as { readonly typescript?: unknown }
  return !/\.[cm]?tsx?$/.test(path) || (Boolean(typescript) && !path.endsWith('x'))
}

/** By the one that the program has, or that is installed where it lies; with the modules that it imports by their files. */
async function compiledByEsbuild(file: string, path: string): Promise<string> {
  let place: string
  try {
    place = createRequire(path).resolve('esbuild')
  } catch (cause) {
    const ways =
      'install esbuild beside it, compile TypeScript to JavaScript first, for example with tsc, or use Node 22.18'
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `running ${file} as it is (${ways})` }, { cause })
  }
  const { build } = ((await import(pathToFileURL(place).href)) as { readonly default: typeof import('esbuild') })
    .default
  try {
    const { outputFiles } = await build({
      ...{ entryPoints: [path], bundle: true, packages: 'external', platform: 'node', format: 'esm', target: 'node20' },
      ...{ sourcemap: 'inline', write: false, logLevel: 'silent', outdir: dirname(path) },
    })
    return outputFiles[0]!.text
  } catch (cause) {
    throw new MillraceError('FAILED_READ_FILE', { path, reason: (cause as Error).message }, { cause })
  }
}

/** Where Node finds the program; what was compiled lies beside it until the process ends, so that packages are found as from there. */
export function runnablePath({ path, compiled }: Program): string {
  if (compiled === undefined) return path
  const place = join(dirname(path), `.${basename(path)}-${randomUUID()}.mjs`)
  try {
    writeFileSync(place, compiled, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    throw new MillraceError('FAILED_WRITE_FILE', { path: place, reason: (cause as Error).message }, { cause })
  }
  process.once('exit', () => rmSync(place, { force: true }))
  process.setSourceMapsEnabled(true)
  return place
}
