// What lines were found to be as a text, as analysis reads it (planner/analyze/text-formats/line-shapes.ts): lists of JSON, without names.
import {
  SAMPLE_CSV,
  SHAPE_ELEMENT,
  SHAPE_FIRST,
  SHAPE_KINDS,
  SHAPE_NAME,
  SHAPE_NAME_LENGTH,
  SHAPE_NEXT,
  SHAPE_SCALE,
  SHAPE_TWICE,
  SHAPE_WHOLE,
  SHAPES_DAMAGED,
  SHAPES_DAMAGED_LENGTH,
  SHAPES_LISTED,
  SHAPES_NEGATIVE_SCALE,
  SHAPES_ROOT,
} from '../../interface/text-shapes'
import { addCsvRow } from '../csv/csv-shapes'
import { addJsonValue } from '../json/json-shapes'
import { jsonBegin, jsonFinish, jsonLong, jsonRoom, jsonText } from '../json/json-writer'
import { shapesBegin, shapesRelease } from './shapes'

const OPEN: u8 = 0x5b
const CLOSE: u8 = 0x5d
const COMMA: u8 = 0x2c

function writeSign(byte: u8): void {
  store<u8>(jsonRoom(1), byte)
}

function writeNumber(value: i64): void {
  jsonLong(value)
  writeSign(COMMA)
}

/** Kinds, digits before and behind the point, whether the name comes twice, fields as lists of name and node, elements or 0. */
function writeNode(node: usize): void {
  writeSign(OPEN)
  writeNumber(load<u32>(node, SHAPE_KINDS))
  writeNumber(load<u32>(node, SHAPE_WHOLE))
  writeNumber(load<u32>(node, SHAPE_SCALE))
  writeNumber(load<u32>(node, SHAPE_TWICE))
  writeSign(OPEN)
  let field: usize = load<u32>(node, SHAPE_FIRST)
  while (field != 0) {
    writeSign(OPEN)
    jsonText(load<u32>(field, SHAPE_NAME), load<i32>(field, SHAPE_NAME_LENGTH))
    writeSign(COMMA)
    writeNode(field)
    writeSign(CLOSE)
    field = load<u32>(field, SHAPE_NEXT)
    if (field != 0) writeSign(COMMA)
  }
  writeSign(CLOSE)
  writeSign(COMMA)
  const element: usize = load<u32>(node, SHAPE_ELEMENT)
  if (element == 0) jsonLong(0)
  else writeNode(element)
  writeSign(CLOSE)
}

/** Writes what was found: whether a line was an array, a scale below zero, the node of rows; of the first damaged line the text and its node, or 0. */
export function shapesText(spec: usize, state: usize, out: usize): void {
  jsonBegin()
  writeSign(OPEN)
  writeNumber(load<u32>(state, SHAPES_LISTED))
  writeNumber(load<i32>(state, SHAPES_NEGATIVE_SCALE))
  writeNode(state + SHAPES_ROOT)
  const damaged: usize = load<u32>(state, SHAPES_DAMAGED)
  if (damaged != 0) {
    const length = load<i32>(state, SHAPES_DAMAGED_LENGTH)
    writeSign(COMMA)
    jsonText(damaged, length)
    writeSign(COMMA)
    writeDamaged(spec, damaged, length)
  }
  writeSign(CLOSE)
  jsonFinish(out)
}

/** A line that is no row may be another value; one that is malformed is none. */
function writeDamaged(spec: usize, line: usize, length: i32): void {
  const state = shapesBegin(spec, 0)
  addJsonValue(spec, line, length, state)
  if (load<u32>(state, SHAPES_DAMAGED) != 0) jsonLong(0)
  else writeNode(state + SHAPES_ROOT)
  shapesRelease(state)
}

/** What a row of CSV or a value of JSON is, written in the same way. */
export function shapesOfText(text: usize, length: i32, spec: usize, _specLength: i32, out: usize): void {
  const state = shapesBegin(spec, 0)
  if (load<u32>(spec, SAMPLE_CSV) != 0) addCsvRow(spec, text, length, state)
  else addJsonValue(spec, text, length, state)
  shapesText(spec, state, out)
  shapesRelease(state)
}
