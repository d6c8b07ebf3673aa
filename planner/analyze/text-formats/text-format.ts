import type { Schema, StructType } from '../../../columnar/types.js'
import type { Options } from '../../../connectors/api.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { OptionRules } from '../functions/text-options.js'
import type { AnalysisSession } from '../session.js'
import type { LineShapes } from './line-shapes.js'

/** What lines were found to be. */
export interface FoundRows {
  readonly schema: Schema
  /** Whether lines hold lists of rows. */
  readonly isListed: boolean
}

/** How the columns of rows are found. */
export interface SchemaInference {
  /** Whether the first line of the first file that has one is asked for before. */
  readonly needsFirstLine: boolean
  /** What kernels are told, which find the types in all lines; undefined where the first line tells all. */
  sample(firstLine: string | undefined): Buffer | undefined
  /** @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION when malformed rows are to fail */
  found(firstLine: string | undefined, shapes: readonly LineShapes[]): FoundRows
}

/** A format whose rows are lines of texts: they are read by the source `text`, and by an expression of the line. */
export interface TextFormat {
  readonly name: string
  readonly rules: OptionRules
  /** The options of the source `text` for its lines, of checked ones. @throws UNSUPPORTED_FEATURE */
  lines(options: Options): Options
  /** The options of `text` for the lines that columns are found by, when these are others: a header is one. */
  sampledLines(options: Options): Options
  infer(options: Options, session: AnalysisSession): SchemaInference
  /** How the options go on when the first line of the files tells; undefined when they say all. */
  byFirstLine(options: Options): ((line: string) => Options) | undefined
  /** Whether each text holds a list of rows, whatever is found. */
  isListed(options: Options): boolean
  /** Whether the first line tells that lines hold lists; undefined when no line could, by the options. */
  listsByFirstLine(options: Options): ((line: string) => boolean) | undefined
  /** The rows of a text: a struct, or an array of them when it is a list. */
  rows(text: Expression, type: StructType, options: Options, isListed: boolean): Expression
}
