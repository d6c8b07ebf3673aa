import { MillraceError } from '../../common/errors/millrace-error.js'
import type { StatementKind } from '../statements/statement.js'
import { readCompound } from './compound-reader.js'
import type { Compound } from './nodes.js'
import { ScriptReader } from './script-reader.js'
import { ScriptRun } from './script-run.js'

export interface ScriptStatement {
  readonly kind: 'script'
  readonly text: string
  readonly compound: Compound
}

/** BEGIN … END: statements that run one after the other, with variables, branches, loops and handlers. Its rows are those of the last query that ran. */
export const script: StatementKind<ScriptStatement> = {
  read(tokens, readStatement) {
    const isFirst = tokens.takenUntil === 0
    if (!isFirst || !tokens.accept('BEGIN')) return undefined
    const compound = tokens.outlined(() => readCompound(new ScriptReader(tokens, readStatement)))
    return { kind: 'script', text: tokens.text, compound }
  },

  run({ text, compound }, context) {
    if (context.parameters && context.parameters.positional.length > 0)
      throw new MillraceError('UNSUPPORTED_FEATURE.SQL_SCRIPTING_WITH_POSITIONAL_PARAMETERS')
    return { kind: 'later', result: new ScriptRun(text, context).result(compound) }
  },
}
