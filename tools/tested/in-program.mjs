// What programs that tests start load before themselves under `npm test` (test/support/programs.ts): they take our modules from the script for
// tests, as the tests do, which saves half of what a program takes that is killed soon.
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

// Threads of the program load this as well, and run from the bundle without it.
if (isMainThread) {
  register('./hooks.mjs', import.meta.url)
  await import('../../dist/test/support/start-bundled.js')
}
