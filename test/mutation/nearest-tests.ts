import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** Tests that build everything anew, and so undo a mutation. */
const BUILDING = /\/test\/examples\//
const IMPORTED = /(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g

/** Which test files come to which modules by their imports, and by how many steps. */
export class NearestTests {
  readonly #root: string
  /** The modules that import a module. */
  readonly #importers = new Map<string, string[]>()

  /** @param root the folder of compiled modules */
  constructor(root: string) {
    this.#root = root
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
    for (const name of names.filter((each) => each.endsWith('.js') && !each.startsWith('bundle'))) {
      const path = join(root, name)
      for (const [, imported] of readFileSync(path, 'utf8').matchAll(IMPORTED)) {
        const target = resolve(dirname(path), imported!)
        const importers = this.#importers.get(target)
        if (importers) importers.push(path)
        else this.#importers.set(target, [path])
      }
    }
  }

  /** So many test files at most that come to one of some modules, those with the fewest steps first. */
  of(modules: readonly string[], most: number): readonly string[] {
    const tests: string[] = []
    const seen = new Set(modules)
    for (let near = [...modules]; near.length > 0 && tests.length < most; ) {
      tests.push(...near.filter((path) => path.endsWith('.test.js') && !BUILDING.test(path)).toSorted())
      near = near.flatMap((path) => this.#importers.get(path) ?? []).filter((path) => !seen.has(path) && seen.add(path))
    }
    return tests.slice(0, most).map((path) => relative(dirname(this.#root), path))
  }
}
