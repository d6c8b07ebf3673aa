import type { SourceDescription } from '../../connectors/api.js'

type Statistics = NonNullable<SourceDescription['statistics']>

/** A source with what a catalog knows of it, where the source itself tells less: it knows what is there now. */
export function withStatistics(source: SourceDescription, known: Statistics | undefined): SourceDescription {
  if (known === undefined) return source
  const own = source.statistics ?? {}
  const rows = own.rows ?? known.rows
  const bytes = own.bytes ?? known.bytes
  return {
    ...source,
    statistics: {
      ...(rows === undefined ? {} : { rows }),
      ...(bytes === undefined ? {} : { bytes }),
      ranges: Object.assign(Object.create(null), known.ranges, own.ranges) as NonNullable<Statistics['ranges']>,
      distinct: Object.assign(Object.create(null), known.distinct, own.distinct) as NonNullable<Statistics['distinct']>,
    },
  }
}
