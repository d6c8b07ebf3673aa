import { STRING } from '../../../columnar/types.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { literal } from '../../plan/expression/build.js'
import { type AnalysisSession, analysisSession } from '../session.js'
import { exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'

const ofSession = (value: (session: AnalysisSession) => string): FunctionDefinition =>
  exactly(0, (_, site) => literal(STRING, value(analysisSession()), site.origin))

const catalog = ofSession(() => 'spark_catalog')
const database = ofSession((session) => session.database)
/** A name as SQL has to write it. */
const nameText = (name: string): string => (/^[a-z_]\w*$/i.test(name) ? name : quotedName(name))
const path = ofSession((session) => session.path.map((schema) => schema.map(nameText).join('.')).join(','))
const user = ofSession((session) => session.user)

/** Where a query is asked, and by whom. */
export const CURRENT_PLACE: FunctionTable = {
  current_catalog: helped('()', 'The name of the catalog.', [['current_catalog()', 'spark_catalog']], catalog),
  current_database: helped('()', 'The current database.', [['current_database()', 'default']], database, {
    printed: { as: 'current_schema' },
  }),
  current_path: helped(
    '()',
    'The schemas in which names without one are looked for.',
    [['current_path()', 'system.builtin,system.session,spark_catalog.default']],
    path,
  ),
  current_schema: helped('()', 'The current database.', [['current_schema()', 'default']], database),
  current_user: helped('()', 'Who runs the session.', [['current_user() = current_user', 'true']], user),
  session_user: helped('()', 'Who runs the session.', [['session_user() = current_user()', 'true']], user),
  user: helped('()', 'Who runs the session.', [['user() = current_user()', 'true']], user),
}
