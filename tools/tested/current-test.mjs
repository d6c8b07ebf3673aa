// What test files of a group import as `ava`: it declares tests with whichever file of the group is loaded at the moment.
let current

/** @param chain what ava would give the file that is loaded next */
export function setCurrent(chain) {
  current = chain
}

/** Modules that several files share may keep parts of it, such as `test.serial.skip`: these are looked up when they are called. */
const chainAt = (path) =>
  new Proxy(() => undefined, {
    get: (_, name) => (name === 'meta' ? current.meta : chainAt([...path, name])),
    apply: (_, self, args) => path.reduce((chain, name) => chain[name], current).apply(self, args),
  })

export default chainAt([])
