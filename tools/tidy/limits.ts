/** The most lines that a file and a function may have, tests excepted. */
export interface Limits {
  readonly file: number
  readonly function: number
}

/** Reads the limits from the table of CONTRIBUTING.md, which is the one place that says them. */
export function limitsIn(contributing: string): Limits {
  const linesOf = (what: string): number => {
    const found = new RegExp(`^ *\\| ${what} \\| (\\d+) \\|$`, 'm').exec(contributing)?.[1]
    if (found === undefined) throw new Error(`CONTRIBUTING.md does not say how many lines ${what} may have`)
    return Number(found)
  }
  return { file: linesOf('a file'), function: linesOf('a function') }
}
