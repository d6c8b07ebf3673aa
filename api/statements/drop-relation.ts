import { readQualifiedName } from '../../planner/sql/expressions.js'
import { acceptIfExists } from '../../planner/sql/statement-parts.js'
import { qualified } from '../catalog/catalog-names.js'
import { notFound, wrongObject } from './catalog-errors.js'
import { DONE, type StatementKind } from './statement.js'

type Kind = 'dropTable' | 'dropView'

export interface DropRelationStatement<K extends Kind> {
  readonly kind: K
  readonly name: readonly string[]
  readonly ifExists: boolean
}

/** DROP TABLE and DROP VIEW; temporary views come first. */
function dropRelation<K extends Kind>(kind: K, word: 'TABLE' | 'VIEW'): StatementKind<DropRelationStatement<K>> {
  return {
    read(tokens) {
      if (!tokens.accept('DROP', word)) return undefined
      const ifExists = acceptIfExists(tokens)
      const name = readQualifiedName(tokens, `expected the name of the ${word.toLowerCase()}`)
      if (kind === 'dropTable') tokens.accept('PURGE')
      return { kind, name, ifExists }
    },

    run({ name, ifExists }, { catalog }) {
      const temporary = catalog.lookUp(name)
      if (temporary?.kind === 'temporary') {
        temporary.views.drop(temporary.name)
        catalog.forget(temporary)
        return DONE
      }
      const place = catalog.place(name)
      const found = catalog.stored.relation(place.database, place.name)
      if (found === undefined) {
        if (ifExists) return DONE
        throw notFound(qualified([place.database.name, place.name]))
      }
      if (kind === 'dropView' && found.kind === 'table') throw wrongObject(found, 'DROP VIEW', 'DROP TABLE')
      if (kind === 'dropTable' && found.kind === 'view') throw wrongObject(found, 'DROP TABLE', 'DROP VIEW')
      catalog.stored.drop(found)
      catalog.forget(found)
      return DONE
    },
  }
}

export const dropTable = dropRelation('dropTable', 'TABLE')
export const dropView = dropRelation('dropView', 'VIEW')
