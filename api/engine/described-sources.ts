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
import { refuseTwiceWithin } from '../../planner/analyze/names/duplicates.js'
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
  relations: readonly UnresolvedRelation[],
  catalog: Catalog,
  connectors: DriverConnectors,
  into: Map<string, SourceDescription>,
  schemas: InferredSchemas,
  config: Config,
): Promise<void> {
  const settings = sourceSettings(config)
  const describe = async (written: DataSourceRequest): Promise<void> => {
    const { format, statistics } = written
    const texts = textFormat(format)
    const source = await connectors.source(texts ? 'text' : format)
    const moments = withMoments(written.options, catalog.session ?? DEFAULT_SESSION)
    const request = { ...written, options: withDefaults(moments, source.sessionOptions ?? [], settings) }
    const described = texts
      ? await describeTexts(texts, request, source, schemas, catalog.session)
      : await describedBy(source, request)
    const known = withBuckets(source.files ? withAsked(described, written) : described, written)
    into.set(sourceKey(written), withStatistics(known, statistics))
  }
  await arrivalOfRows(relations)
  await Promise.all(sourcesOf(relations, catalog).map(describe))
}

/** Tells of files that are read as a table what was asked for. */
function withAsked(described: SourceDescription, written: DataSourceRequest): SourceDescription {
  if (written.streaming) return described
  const { schema, partitions } = written
  return { ...described, asked: { paths: pathsOf(written), schema, partitions } }
}

/** How files are divided is what the catalog says of their table; a stream has them file by file. */
const withBuckets = (described: SourceDescription, { buckets, streaming }: DataSourceRequest): SourceDescription =>
  buckets && !streaming ? { ...described, buckets } : described

const pathsOf = ({ paths, options }: Pick<DataSourceRequest, 'paths' | 'options'>): readonly string[] =>
  paths.length > 0 || options['path'] === undefined ? paths : [options['path']]

/** What a source has, as a table or, where that is something else, as a stream. */
function describedBy(source: SourceProvider, request: DataSourceRequest): Promise<SourceDescription> {
  const { options, paths, schema, partitions } = request
  if (!request.streaming || !source.stream?.describe) return source.describe(options, paths, schema, partitions)
  const { reading, ofStream } = optionsOfStream(source, options)
  return source.stream.describe(reading, paths, schema, ofStream, partitions)
}

/** Options of how rows are read, and those of how a stream of them goes on. */
function optionsOfStream(
  { stream }: SourceProvider,
  options: Options,
): { readonly reading: Options; readonly ofStream: Options } {
  const isOfStream = ([key]: readonly [string, string]): boolean =>
    stream?.options?.includes(key.toLowerCase()) === true
  const entries = Object.entries(options)
  return {
    reading: Object.fromEntries(entries.filter((entry) => !isOfStream(entry))),
    ofStream: Object.fromEntries(entries.filter(isOfStream)),
  }
}

/** A stream of rows that are in texts: what its files are to hold has to be known before there is one. */
async function describeTextStream(
  format: TextFormat,
  request: DataSourceRequest,
  lines: SourceProvider,
): Promise<SourceDescription> {
  const { schema, paths } = request
  if (schema === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_2048', {})
  const { reading, ofStream } = optionsOfStream(lines, request.options)
  const named = pathsOf({ paths, options: reading })
  if (format.byFirstLine(reading))
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `streams of ${format.name} whose first line tells their options`,
    })
  const source = await describedBy(lines, {
    ...request,
    options: { ...format.lines(reading), ...ofStream },
    paths: named,
  })
  const texts = { format: format.name, schema: { fields: schema.fields.map(asNullable) }, options: reading }
  return { ...source, texts: { ...texts, isListed: format.isListed(reading) } }
}

/** What the lines of files are, and what the rows are that they hold. */
async function describeTexts(
  format: TextFormat,
  request: DataSourceRequest,
  lines: SourceProvider,
  schemas: InferredSchemas,
  session: AnalysisSession = DEFAULT_SESSION,
): Promise<SourceDescription> {
  if (request.streaming) return describeTextStream(format, request, lines)
  const { options: given, schema, partitions } = request
  const named = pathsOf(request)
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
  const isListed =
    found.isListed ||
    format.isListed(options) ||
    (schema !== undefined && (await isListedBy(format, options, lines, source, schemas)))
  return { ...source, texts: { format: format.name, schema: found.schema, options, isListed } }
}

/** Whether lines hold lists of rows whose columns are given. A file that cannot be read is told of when it is. */
async function isListedBy(
  format: TextFormat,
  options: Options,
  lines: SourceProvider,
  source: SourceDescription,
  schemas: InferredSchemas,
): Promise<boolean> {
  const tells = format.listsByFirstLine(options)
  if (!tells || source.paths.length === 0) return false
  return tells(
    await textFiles(lines, source)
      .then((files) => schemas.firstLine(files))
      .catch(() => ''),
  )
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
