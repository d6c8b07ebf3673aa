import { MillraceError } from '../../common/errors/millrace-error.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { DEFAULT_PATH, type PathElement, SYSTEM_PATH } from '../catalog/sql-path.js'
import { DONE, type StatementKind } from './statement.js'

/** What stands for other members of a path. */
const WORDS = ['DEFAULT_PATH', 'SYSTEM_PATH', 'PATH', 'CURRENT_SCHEMA', 'CURRENT_DATABASE'] as const

type Written = (typeof WORDS)[number] | readonly string[]

export interface SetPathStatement {
  readonly kind: 'setPath'
  readonly elements: readonly Written[]
}

/** SET PATH: where tables, views and functions without a schema are looked for. */
export const setPath: StatementKind<SetPathStatement> = {
  isLocal: true,

  read(tokens) {
    if (!tokens.accept('SET', 'PATH', '=')) return undefined
    return { kind: 'setPath', elements: tokens.list(() => readElement(tokens)) }
  },

  run({ elements }, { catalog }) {
    catalog.path.set(elements.flatMap((element) => meantBy(element, catalog.path.elements)))
    return DONE
  },
}

function readElement(tokens: TokenStream): Written {
  const isQualified = tokens.peek(1).kind === 'symbol' && tokens.peek(1).match === '.'
  const word = isQualified ? undefined : WORDS.find((one) => tokens.accept(one))
  return word ?? readQualifiedName(tokens, 'expected a schema with its catalog')
}

/** @throws INVALID_SQL_PATH_SCHEMA_REFERENCE */
function meantBy(element: Written, current: readonly PathElement[]): readonly PathElement[] {
  switch (element) {
    case 'DEFAULT_PATH':
      return DEFAULT_PATH
    case 'SYSTEM_PATH':
      return SYSTEM_PATH
    case 'PATH':
      return current
    case 'CURRENT_SCHEMA':
    case 'CURRENT_DATABASE':
      return ['current_schema']
  }
  if (element.length > 1) return [element]
  throw new MillraceError('INVALID_SQL_PATH_SCHEMA_REFERENCE', { qualifiedName: element.join('.') })
}
