/*
 * How kernels find what columns lines have (u32s; offsets count from the start of what is told). What was found in the lines of a task is a state, which
 * has a tree of nodes: the fields of a row, of the structs in it, and the elements of arrays.
 */

/** Bits: those below. */
export const SAMPLE_FLAGS = 0
/** Of CSV how many columns there are, and the first line, which does not count where it comes again: its offset and length. */
export const SAMPLE_COLUMNS = 4
export const SAMPLE_HEADER = 8
/** The offset of interface/csv-spec.ts, in place of whose inner spec are formats of times; 0 for JSON. */
export const SAMPLE_CSV = 16
/** Of JSON what Jackson takes (flags of interface/json-spec.ts), and the offset of formats of times. */
export const SAMPLE_JSON_FLAGS = 20
export const SAMPLE_FORMATS = 24
/** How many of the lines count, between 0 and 1 (f64). */
export const SAMPLE_RATIO = 32
export const SAMPLE_BYTES = 40

/** Texts that are dates have this type in CSV; they are timestamps otherwise. */
export const SAMPLE_PREFERS_DATES = 1
/** Texts that are timestamps have this type in JSON. */
export const SAMPLE_TIMES = 2
/** Timestamps without a zone are TIMESTAMP_NTZ. */
export const SAMPLE_WITHOUT_ZONE = 4
/** What is no text in JSON is one nevertheless. */
export const SAMPLE_ONLY_STRINGS = 8
/** Numbers with fractions in JSON, and texts that are numbers, are decimals. */
export const SAMPLE_PREFERS_DECIMALS = 16

/** What was found: how lines are drawn (interface/draw.ts), chunks of nodes, the table of their names. */
export const SHAPES_DRAW = 0
export const SHAPES_CHUNK = 32
export const SHAPES_FREE = 36
export const SHAPES_END = 40
export const SHAPES_TABLE = 44
export const SHAPES_TABLE_SIZE = 48
export const SHAPES_NAMES = 52
/** Whether a line was an array. */
export const SHAPES_LISTED = 56
/** Address and length of the first line that is malformed or no object. */
export const SHAPES_DAMAGED = 64
export const SHAPES_DAMAGED_LENGTH = 68
/** The first scale below zero that a decimal would have (i32), or 0. */
export const SHAPES_NEGATIVE_SCALE = 72
/** The node of rows. */
export const SHAPES_ROOT = 80
export const SHAPES_BYTES = 128

/** A node: the kinds of its values, of decimals the most digits before and behind the point. */
export const SHAPE_KINDS = 0
export const SHAPE_WHOLE = 4
export const SHAPE_SCALE = 8
/** The first and last of its fields, the next one of those around it, its elements; 0 for none. */
export const SHAPE_FIRST = 12
export const SHAPE_LAST = 16
export const SHAPE_NEXT = 20
export const SHAPE_ELEMENT = 24
/** Address and length of its name, whose field it is. Quotes stand around the name, and a colon behind it. */
export const SHAPE_NAME = 28
export const SHAPE_NAME_LENGTH = 32
export const SHAPE_PARENT = 36
/** The number of the object in which it was last, and whether one had it twice. */
export const SHAPE_SEEN = 40
export const SHAPE_TWICE = 44
/** The length of the name with its quotes and the colon if texts of JSON can have it as it stands; otherwise 0. */
export const SHAPE_QUOTED_LENGTH = 48
export const SHAPE_NODE_BYTES = 56

/** Kinds of values; NULL is none. */
export const SHAPE_BOOLEAN = 1
export const SHAPE_INT = 2
export const SHAPE_BIGINT = 4
export const SHAPE_DECIMAL = 8
export const SHAPE_DOUBLE = 16
export const SHAPE_DATE = 32
export const SHAPE_TIMESTAMP = 64
export const SHAPE_TIMESTAMP_NTZ = 128
export const SHAPE_STRING = 256
export const SHAPE_STRUCT = 512
export const SHAPE_ARRAY = 1024
