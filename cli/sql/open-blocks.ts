/** Words that begin what ends with END, where a statement begins. */
const OPENERS: ReadonlySet<string> = new Set(['BEGIN', 'CASE', 'IF', 'WHILE', 'REPEAT', 'LOOP', 'FOR'])
/** Those of them that a statement stands behind; behind the others stands an expression. */
const LEADING: ReadonlySet<string> = new Set(['BEGIN', 'REPEAT', 'LOOP'])
/** A CASE within a statement, which END alone ends. */
const EXPRESSION = 'CASE … END'
/** In what a handler is for, the words before others of it. */
const HANDLED_BEFORE: ReadonlySet<string> = new Set(['NOT', 'SQLSTATE', 'VALUE', ',', '.'])

/**
 * What may stand next: a statement, the colon of its label, the block that has the label, more of what a handler is for, or that and the handler's statement,
 * what END ends, or more of a statement.
 */
type Place = 'statement' | 'colon' | 'behindLabel' | 'handled' | 'behindHandled' | 'behindEnd' | 'within'

/** What is open in a script, word by word, from BEGIN to its END: words are those of blocks only where they begin or end a statement, and names elsewhere. */
export class OpenBlocks {
  #isScript: boolean | undefined
  /** The words that began what is open. */
  readonly #open: string[] = []
  #place: Place = 'statement'
  #previous = ''

  /** Takes what stands next, a word or a sign. */
  take(unit: string): void {
    const word = unit.toUpperCase()
    this.#isScript ??= word === 'BEGIN'
    if (!this.#isScript) return
    const isCaseEnd = word === 'END' && this.#innermost === EXPRESSION
    this.#place = this.#placeBehind(word)
    this.#previous = isCaseEnd ? EXPRESSION : word
  }

  /** Whether a semicolon that stands next is within a script. */
  get isWithin(): boolean {
    return (this.#place === 'behindEnd' ? this.#openBehindEnd(';') : this.#open.length) > 0
  }

  get #innermost(): string | undefined {
    return this.#open.at(-1)
  }

  /** How much stays open when this word stands behind END; END without the word of a block ends the innermost BEGIN. */
  #openBehindEnd(word: string): number {
    const ended = OPENERS.has(word) ? this.#open.lastIndexOf(word) : -1
    return Math.max(0, ended >= 0 ? ended : this.#open.lastIndexOf('BEGIN'))
  }

  #placeBehind(word: string): Place {
    const place = this.#place
    if (place === 'behindEnd') this.#open.length = this.#openBehindEnd(word)
    if (word === ';') {
      // No expression goes on behind a semicolon: its CASE was a name.
      while (this.#innermost === EXPRESSION) this.#open.pop()
      return 'statement'
    }
    if (HANDLED_BEFORE.has(word) && (place === 'handled' || place === 'behindHandled')) return 'handled'
    if (place === 'handled') return 'behindHandled'
    if (place === 'statement' || place === 'behindHandled') return this.#begin(word)
    if (place === 'behindLabel' && OPENERS.has(word)) return this.#begin(word)
    if (place === 'colon' && word === ':') return 'behindLabel'
    return place === 'behindEnd' ? 'within' : this.#within(word)
  }

  /** The first word of a statement. */
  #begin(word: string): Place {
    if (word === 'END') return 'behindEnd'
    if (word === 'ELSE') return 'statement'
    if (!OPENERS.has(word)) return 'colon'
    this.#open.push(word)
    return LEADING.has(word) ? 'statement' : 'within'
  }

  #within(word: string): Place {
    const [previous, innermost] = [this.#previous, this.#innermost]
    if (previous === 'AS' || previous === '.') return 'within'
    if (word === 'CASE' && previous !== EXPRESSION) this.#open.push(EXPRESSION)
    else if (word === 'END' && innermost === EXPRESSION) this.#open.pop()
    else if (word === 'REPEAT' && previous === 'END' && innermost === 'REPEAT') this.#open.pop()
    else if (word === 'FOR' && previous === 'HANDLER') return 'handled'
    else if (word === 'THEN' && (innermost === 'IF' || innermost === 'CASE')) return 'statement'
    else if (word === 'DO' && (innermost === 'WHILE' || innermost === 'FOR')) return 'statement'
    else if (word === 'ATOMIC' && previous === 'NOT') return 'statement'
    return 'within'
  }
}
