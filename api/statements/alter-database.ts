import { readText } from '../../planner/sql/statement-parts.js'
import { DATABASE, noCollation, readDatabaseName } from './databases.js'
import { changedProperties, type PropertyChange, readPropertyChange } from './property-change.js'
import { DONE, type StatementKind } from './statement.js'

export interface AlterDatabaseStatement {
  readonly kind: 'alterDatabase'
  readonly name: string
  readonly change: PropertyChange | { readonly kind: 'location'; readonly location: string }
}

/** ALTER DATABASE: SET and UNSET DBPROPERTIES, SET LOCATION of tables to come. */
export const alterDatabase: StatementKind<AlterDatabaseStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!DATABASE.some((word) => tokens.accept('ALTER', word))) return undefined
    const name = readDatabaseName(tokens)
    const change = readPropertyChange(tokens, ['DBPROPERTIES', 'PROPERTIES'])
    if (change) return { kind: 'alterDatabase', name, change }
    if (tokens.accept('DEFAULT', 'COLLATION')) throw noCollation(tokens)
    if (!tokens.accept('SET', 'LOCATION')) throw tokens.unsupported(`ALTER DATABASE … ${tokens.peek().match}`, start)
    const location = readText(tokens, 'expected the folder in quotes')
    return { kind: 'alterDatabase', name, change: { kind: 'location', location } }
  },

  run({ name, change }, { catalog }) {
    const database = catalog.database(name)
    const { stored } = catalog
    if (change.kind === 'location') stored.alterDatabase(database, { location: change.location })
    else stored.alterDatabase(database, { properties: changedProperties(database.properties, change) })
    return DONE
  },
}
