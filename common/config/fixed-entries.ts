import { type ConfigEntry, fixedEntry } from './entry.js'

/**
 * Settings with which Spark changes what queries mean, that have one meaning here, which is Spark's unless it is told otherwise: that value is taken, as
 * programs may set it, and others are refused. By their keys behind `spark.sql.`.
 */
const MEANINGS: readonly (readonly [key: string, value: string, doc: string])[] = [
  ['sources.default', 'parquet', 'The format of tables and files for which none is named.'],
  ['storeAssignmentPolicy', 'ANSI', 'What a value is turned into that is written to a column of another type.'],
  ['crossJoin.enabled', 'true', 'Whether tables may be joined without a condition.'],
  ['lateralColumnAlias.enableImplicitResolution', 'true', 'Whether a select list may name what stands before in it.'],
  ['ansi.enforceReservedKeywords', 'false', 'Whether reserved words are no names without quotes.'],
  ['parser.quotedRegexColumnNames', 'false', 'Whether names in backticks are patterns of names.'],
  ['parser.escapedStringLiterals', 'false', 'Whether backslashes in texts of a query stand for themselves.'],
  ['function.concatBinaryAsString', 'false', 'Whether `concat` of binaries is a text.'],
  ['function.eltOutputAsString', 'false', 'Whether `elt` of binaries is a text.'],
  ['legacy.timeParserPolicy', 'CORRECTED', 'By whose rules patterns of dates and times are read and written.'],
  ['legacy.charVarcharAsString', 'false', 'Whether CHAR and VARCHAR are STRING.'],
  ['legacy.allowNegativeScaleOfDecimal', 'false', 'Whether decimals may have a negative scale.'],
  ['legacy.setopsPrecedence.enabled', 'false', 'Whether INTERSECT binds no more than UNION and EXCEPT.'],
  ['legacy.parser.havingWithoutGroupByAsWhere', 'false', 'Whether HAVING without GROUP BY is a WHERE.'],
  ['legacy.bangEqualsNot', 'false', 'Whether `!` stands for NOT before IN, LIKE and BETWEEN, too.'],
  ['legacy.consecutiveStringLiterals.enabled', 'false', 'Whether a quotation mark within a text is lost when doubled.'],
]

export const FIXED_ENTRIES: readonly ConfigEntry<string>[] = MEANINGS.map(([key, defaultText, doc]) =>
  fixedEntry({ key, sparkKey: `spark.sql.${key}`, doc, defaultText, isChangeable: true }),
)
