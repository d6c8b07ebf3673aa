import { MillraceError } from '../../common/errors/millrace-error.js'
import type { HostRoutine } from './routine.js'

type RoutineFile = Readonly<Record<string, HostRoutine>>

/** The files of routines, by the name before the point of a routine: `urls.parse` is what `urls.ts` exports as `parse`. Loaded when a query needs them. */
const FILES: Readonly<Record<string, () => Promise<RoutineFile>>> = {
  avro: () => import('./avro.js'),
  'collated-texts': () => import('./collated-texts.js'),
  collations: () => import('./collations.js'),
  cardinality: () => import('./cardinality.js'),
  charsets: () => import('./charsets.js'),
  calendar: () => import('./calendar.js'),
  ciphers: () => import('./ciphers.js'),
  'letter-case': () => import('./letter-case.js'),
  formats: () => import('./formats.js'),
  'number-formats': () => import('./number-formats.js'),
  protobuf: () => import('./protobuf.js'),
  xml: () => import('./xml.js'),
  xpath: () => import('./xpath.js'),
  urls: () => import('./urls.js'),
  raising: () => import('./raising.js'),
  'time-patterns': () => import('./time-patterns.js'),
  intervals: () => import('./intervals.js'),
  sentences: () => import('./sentences.js'),
}

const loaded = new Map<string, HostRoutine>()

/** Loads routines, unless all are there already. */
export function loadRoutines(names: readonly string[]): Promise<void> | undefined {
  const missing = names.filter((name) => !loaded.has(name))
  return missing.length === 0 ? undefined : load(missing)
}

async function load(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const [file, member] = name.split('.') as [string, string]
    const routine = (await FILES[file]?.())?.[member]
    if (!routine) throw new MillraceError('INTERNAL_ERROR', { message: `there is no routine ${name}` })
    loaded.set(name, routine)
  }
}

export const loadedRoutine = (name: string): HostRoutine => loaded.get(name)!
