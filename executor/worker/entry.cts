/**
 * What piscina loads in a worker thread. It asks for it by `require`, and Node (20, at least) ends the whole process when a thread is ended
 * amid the `require` of an ES module, as one of a cancelled task may be; amid an `import` it ends the thread alone.
 */
import type { serve as Serve } from './main.js' with { 'resolution-mode': 'import' }

const main = import('./main.js')
// The first task, which awaits it, is told why it could not be loaded.
main.catch(() => undefined)

module.exports = {
  serve: async (port: Parameters<typeof Serve>[0]): Promise<void> => (await main).serve(port),
}
