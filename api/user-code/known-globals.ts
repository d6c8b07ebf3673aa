import { runInNewContext } from 'node:vm'

/** What Node gives beside the language, in threads too. */
const OF_NODE = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'Buffer',
  'DOMException',
  'Event',
  'EventTarget',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
  'atob',
  'btoa',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'fetch',
  'global',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'structuredClone',
]

let known: ReadonlySet<string> | undefined

/** Names that mean the same in every thread. Others, even if they are global in the user's program, are unknown elsewhere. */
export function isGlobalEverywhere(name: string): boolean {
  known ??= new Set([...(runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[]), ...OF_NODE])
  return known.has(name)
}
