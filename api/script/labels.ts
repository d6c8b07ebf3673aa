import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'

/** What qualifies other things than variables of scripts. */
const FORBIDDEN: ReadonlySet<string> = new Set(['builtin', 'session', 'sys', 'system'])

interface Labelled {
  readonly name: string
  readonly isCompound: boolean
  /** Whether it is the variable of a FOR, which cannot be left. */
  readonly isVariable: boolean
}

/** The labels around a place of a script, and the variables of FOR. */
export class Labels {
  readonly #around: Labelled[] = []

  /** Reads something within a label, or a variable of FOR. @throws LABEL_OR_FOR_VARIABLE_NAME_FORBIDDEN, LABEL_OR_FOR_VARIABLE_ALREADY_EXISTS */
  within<T>(label: string | undefined, as: 'compound' | 'loop' | 'variable', origin: Origin, read: () => T): T {
    if (label === undefined) return read()
    const name = label.toLowerCase()
    if (FORBIDDEN.has(name))
      throw new MillraceError('LABEL_OR_FOR_VARIABLE_NAME_FORBIDDEN', { label: quotedName(name) }, { origin })
    if (this.#around.some((other) => other.name === name))
      throw new MillraceError('LABEL_OR_FOR_VARIABLE_ALREADY_EXISTS', { label: quotedName(name) }, { origin })
    this.#around.push({ name, isCompound: as === 'compound', isVariable: as === 'variable' })
    const result = read()
    this.#around.pop()
    return result
  }

  /** The label of a LEAVE or ITERATE. @throws INVALID_LABEL_USAGE.DOES_NOT_EXIST, INVALID_LABEL_USAGE.ITERATE_IN_COMPOUND */
  used(label: string, statementType: 'LEAVE' | 'ITERATE', origin: Origin): string {
    const name = label.toLowerCase()
    const labelName = label.toUpperCase()
    const found = this.#around.find((other) => other.name === name && !other.isVariable)
    if (!found) throw new MillraceError('INVALID_LABEL_USAGE.DOES_NOT_EXIST', { labelName, statementType }, { origin })
    if (found.isCompound && statementType === 'ITERATE')
      throw new MillraceError('INVALID_LABEL_USAGE.ITERATE_IN_COMPOUND', { labelName }, { origin })
    return name
  }
}

/** Checks the label behind END. @throws END_LABEL_WITHOUT_BEGIN_LABEL, LABELS_MISMATCH */
export function checkEndLabel(begin: string | undefined, end: string, origin: Origin): void {
  const endLabel = quotedName(end.toLowerCase())
  if (begin === undefined) throw new MillraceError('END_LABEL_WITHOUT_BEGIN_LABEL', { endLabel }, { origin })
  if (begin.toLowerCase() !== end.toLowerCase())
    throw new MillraceError('LABELS_MISMATCH', { beginLabel: quotedName(begin.toLowerCase()), endLabel }, { origin })
}
