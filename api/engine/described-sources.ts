import { type Field, field } from '../../columnar/types.js'
import type { Config } from '../../common/config/config.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options, SourceDescription, SourceProvider } from '../../connectors/api.js'
import type { DriverConnectors } from '../../driver/index.js'
import {
  arrivalOfRows,
  type Catalog,
  type DataSourceRequest,
  sourceKey,
  sourcesOf,
} from '../../planner/analyze/catalog.js'
import { refuseTwiceWithin } from '../../planner/analyze/duplicates.js'
import { type AnalysisSession, DEFAULT_SESSION, withSession } from '../../planner/analyze/session.js'
import { textFormat } from '../../planner/analyze/text-formats/registry.js'
import type { TextFormat } from '../../planner/analyze/text-formats/text-format.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { withMoments } from './file-moments.js'
import type { InferredSchemas, TextFiles } from './inferred-schemas.js'
import { withStatistics } from './known-statistics.js'
import { sourceSettings } from './source-settings.js'

/** Asks each source of a plan what it has, once, into the map that the catalog looks them up in, when the plan's own rows are there. @throws the connectors' conditions */
export async function describeSources(
  plan: UnresolvedRelation,
  catalog: Catalog,
  connectors: DriverConnectors,
  into: Map<string, SourceDescription>,
  schemas: InferredSchemas,
  config: Config,
): Promise<void> {
  const settings = sourceSettings(config)
  const describe = async (written: DataSourceRequest): Promise<void> => {
    const { format, paths, schema, partitions, statistics } = written
    const texts = textFormat(format)
    const source = await connectors.source(texts ? 'text' : format)
    const moments = withMoments(written.options, catalog.session ?? DEFAULT_SESSION)
    const options = withDefaults(moments, source.sessionOptions ?? [], settings)
    const described = texts
      ? await describeTexts(texts, { ...written, options }, source, schemas, catalog.session)
      : await source.describe(options, paths, schema, partitions)
    into.set(sourceKey(written), withStatistics(described, statistics))
  }
  await arrivalOfRows(plan, catalog)
  await Promise.all(sourcesOf(plan, catalog).map(describe))
}

/** What the lines of files are, and what the rows are that they hold. */
async function describeTexts(
  format: TextFormat,
  { options: given, paths, schema, partitions }: DataSourceRequest,
  lines: SourceProvider,
  schemas: InferredSchemas,
  session: AnalysisSession = DEFAULT_SESSION,
): Promise<SourceDescription> {
  const named = paths.length > 0 ? paths : given['path'] === undefined ? [] : [given['path']]
  const byFirstLine = format.byFirstLine(given)
  const options = byFirstLine
    ? byFirstLine(
        await schemas.firstLine(
          await textFiles(
            lines,
            await lines.describe(format.lines({ ...given, multiLine: 'false' }), named, schema, partitions),
          ),
        ),
      )
    : given
  const source = await lines.describe(format.lines(options), named, schema, partitions)
  if (schema === undefined && source.paths.length === 0)
    throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: format.name, path: named.join(', ') })
  const found = schema
    ? { schema: { fields: schema.fields.map(asNullable) }, isListed: false }
    : await schemas.of(format, options, await textFiles(lines, source), session)
  if (!schema) withSession(session, () => refuseTwiceWithin(found.schema.fields))
  const isListed = found.isListed || format.isListed(options)
  return { ...source, texts: { format: format.name, schema: found.schema, options, isListed } }
}

/** Options with those that the settings of a session give, where the source knows them and they are not given. */
function withDefaults(given: Options, known: readonly string[], settings: Options): Options {
  const named = new Set(Object.keys(given).map((key) => key.toLowerCase()))
  const missing = known.filter((key) => settings[key] !== undefined && !named.has(key.toLowerCase()))
  return { ...given, ...Object.fromEntries(missing.map((key) => [key, settings[key]!])) }
}

async function textFiles(lines: SourceProvider, { paths, options }: SourceDescription): Promise<TextFiles> {
  return { paths, versions: await lines.versions?.(paths, options) }
}

const asNullable = ({ name, type }: Field): Field => field(name, type)

/** The catalog of a query: the names of its session, and what its sources told. */
export function catalogWith(
  names: Pick<Catalog, 'relation' | 'relationNames'>,
  isFormat: Catalog['isFormat'],
  sources: ReadonlyMap<string, SourceDescription>,
  session: AnalysisSession,
): Catalog {
  return {
    session,
    isFormat,
    relation: (name) => names.relation(name),
    relationNames: () => names.relationNames(),
    source: (key) => sources.get(key),
  }
}
