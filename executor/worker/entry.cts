/**
 * What piscina loads in a worker thread. It asks for it by `require`, and Node (20, at least) ends the whole process when a thread is ended
 * amid the `require` of an ES module, as one of a cancelled task may be; amid an `import` it ends the thread alone.
 */
import type { run as Run, trim as Trim } from './main.js' with { 'resolution-mode': 'import' }

const main = import('./main.js')
// The first task, which awaits it, is told why it could not be loaded.
main.catch(() => undefined)

module.exports = {
  run: async (...task: Parameters<typeof Run>): ReturnType<typeof Run> => (await main).run(...task),
  trim: async (): ReturnType<typeof Trim> => (await main).trim(),
}
