import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const IMPORTED = /from '(\.[^']+)'/g
const EXPORTED = /^export function (\w+)/gm
/** How generated code and the host name a kernel: by a text, or as a member. */
const NAMED = /'(\w+)'|\.(\w+)\(/g

/** Which compiled modules run the code of a file of kernels: those that name what it exports, or what files that import it do. */
export class KernelUsers {
  readonly #importers = new Map<string, string[]>()
  readonly #exports = new Map<string, readonly string[]>()
  /** The modules that name a kernel. */
  readonly #users = new Map<string, string[]>()

  /** @param folder the files of kernels @param kernels all that these pass on to the host @param dist the compiled modules */
  constructor(folder: string, kernels: ReadonlySet<string>, dist: string) {
    // What the entry imports it passes on.
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => name.endsWith('.ts') && name !== 'index.ts')) {
      const code = readFileSync(join(folder, file), 'utf8')
      const exported = [...code.matchAll(EXPORTED)].map(([, name]) => name!)
      this.#exports.set(
        file,
        exported.filter((name) => kernels.has(name)),
      )
      for (const [, imported] of code.matchAll(IMPORTED))
        this.#note(this.#importers, `${normalize(join(dirname(file), imported!))}.ts`, file)
    }
    const names = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    for (const name of names.filter((each) => each.endsWith('.js') && !each.startsWith('bundle'))) {
      const path = join(dist, name)
      const words = [...readFileSync(path, 'utf8').matchAll(NAMED)].map(([, text, member]) => text ?? member!)
      for (const word of new Set(words)) if (kernels.has(word)) this.#note(this.#users, word, path)
    }
  }

  #note(lists: Map<string, string[]>, key: string, value: string): void {
    const list = lists.get(key)
    if (list) list.push(value)
    else lists.set(key, [value])
  }

  /** Those that name kernels of the file itself; where there are none, of the files nearest to it by their imports. */
  of(file: string): readonly string[] {
    const seen = new Set([file])
    for (let near = [file]; near.length > 0; ) {
      const users = near.flatMap((each) => this.#exports.get(each) ?? []).flatMap((name) => this.#users.get(name) ?? [])
      if (users.length > 0) return [...new Set(users)]
      near = near.flatMap((each) => this.#importers.get(each) ?? []).filter((each) => !seen.has(each) && seen.add(each))
    }
    return []
  }
}
