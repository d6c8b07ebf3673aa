// The one AssemblyScript module of a worker thread. What this file exports is the interface of the module: functions that host and
// generated code call, the layouts they share. Files that other kernels use parts of name what is a kernel; of the rest everything is one.
export * from './memory'
export { arenaAllocate, arenaReset } from './arena'
export * from './bytes'
export { avroRows, refsBytes, refsMoved } from './avro'
export { postgresRows } from './postgres'
export {
  decimalAdd,
  decimalDivide,
  decimalExceeds,
  decimalIntegerDivide,
  decimalMultiply,
  decimalRemainder,
  decimalRescale,
  refuseTotal,
  refusedDecimal,
} from './decimal'
export * from './float'
export { addMonths, dayOfDate, dayOfYear, monthOfDate, monthsBetween, timestampAddMonths, unitsBetween, yearOfDate } from './dates'
export {
  bytesFind,
  bytesSubstring,
  leadingSpaces,
  lengthWithoutTrailingSpaces,
  likeMatch,
  likeParts,
  utf8Length,
  utf8Substring,
} from './strings'
export * from './like-pattern'
export { changeCase, textFoldedLetters, textInitcap, textSmallLetters } from './letter-case'
export { patternCount, patternGroup, patternOccurs, patternPosition, patternReplace } from './pattern-functions'
export * from './pattern-lists'
export { textBase64, textUnbase64, textUnhex, textUrlDecode, textUrlEncode } from './text-codes'
export * from './angles'
export {
  mathAcosh,
  mathAsinh,
  mathAtanh,
  mathCosh,
  mathExp,
  mathExpm1,
  mathLog,
  mathLog10,
  mathLog1p,
  mathLogTo,
  mathSinh,
  mathTanh,
} from './exponentials'
export * from './powers'
export * from './draws'
export {
  frequentAdded, frequentCombined, frequentItems, frequentMerged, frequentNull, frequentReceived, frequentSketch,
} from './frequent-items'
export * from './hash-functions'
export * from './number-functions'
export { numberByPattern, numberToPattern } from './number-patterns'
export {
  bytesPad,
  textFirstPoint,
  textHex,
  textMask,
  textOfBits,
  textOfByte,
  textPad,
  textPosition,
  textRepeat,
  textReplace,
  textSubstringIndex,
  textTrim,
} from './text-functions'
export * from './text-points'
export * from './digests'
export * from './text-parts'
export * from './twister'
export * from './utf8-check'
export * from './text-lines'
export * from './text-shapes'
export * from './shapes-text'
export {
  mostFrequent,
  percentileAt,
  percentileBetween,
  percentileNear,
  percentileWeighted,
  textsByKey,
  textsJoined,
} from './collected'
export { mostFrequentByHash } from './hash-order'
export * from './order-keys'
export * from './integers'
export { makeDayTime, makeYearMonth } from './intervals'
export * from './calendar-intervals'
export { decimalFromDouble, formatDouble } from './doubles'
export { doubleFromDecimal, floatFromDecimal, parseDouble, parseFloat } from './double-parse'
export * from './rounding'
export * from './times'
export { timeIsTold } from './time-formats'
export { parseClock, parseDate, parseTimestamp } from './time-parse'
export { jsonBase64, jsonBegin, jsonFinish, jsonFormats, jsonKey, jsonRaw, jsonText, jsonTime } from './json-writer'
export * from './json-pretty'
export { csv_extract } from './csv'
export * from './csv-writer'
export * from './json-keys'
export * from './zones'
export { formatTime } from './time-format'
export { parseTime } from './time-pattern-parse'
export * from './calendar'
export * from './made-times'
export * from './membership'
export { slotsAllocate, slotsPack, valuesAllocate, valuesPack, valuesSetNull } from './packed-slots'
export { packedCompare } from './packed-compare'
export { packedFlatten, listConcat } from './packed-concat'
export * from './packed-arrays'
export * from './packed-sets'
export { packedEqualKey, packedMapPart } from './packed-maps'
export { packedJson } from './packed-json'
export { packedElementText, packedText } from './packed-text'
export { packedNormalized } from './packed-normalized'
export { packedOrderKey } from './packed-order'
export * from './sketches'
export * from './histogram'
export * from './vectors'
export { bzip2Begin, bzip2Read, bzip2Release } from './bzip2'
export { snappyDecompress, snappyLength } from './snappy'
export { lz4Decompress, lz4DecompressUpTo } from './lz4'
export * from './lz4-frame'
export {
  hadoopCompress,
  lz4FrameCompress,
  lzBound,
  lzScratchBytes,
  snappyCompress,
  snappyFrameCompress,
} from './lz-compress'
export * from './zstd'
export { zstdBound } from './zstd-frames'
export { zstdCompress, zstdCompressBound, zstdCompressScratchBytes } from './zstd-compress'
export { zstdScratchBytes } from './zstd-scratch'
export { parquetHybridStart, parquetPackedStart } from './parquet-cursor'
export * from './parquet-hybrid'
export { allBytesAre, parquetEntriesOf, parquetLevelsUpTo } from './parquet-levels'
export * from './parquet-nested'
export { parquetNestedBytes } from './parquet-nested-bytes'
export * from './parquet-selected'
export * from './parquet-variants'
export * from './parquet-plain'
export * from './parquet-delta'
export {
  storeAdopt,
  storeAllocate,
  storeBytes,
  storeChunkBytes,
  storeFirst,
  storeGrown,
  storeMove,
  storeNext,
  storeReplaced,
} from './row-store'
export { dictionaryNumber, groupCodes, groupInsert, groupTableInit, tableRelease } from './group-table'
export { stateExpire, stateExpires, stateRelease, stateSettle, stateTouch } from './state-table'
export { chainExpire, chainInsert, chainRemove } from './chained-state'
export * from './keyed-state'
export { hashesBreak, hashesSort, stateLeave, stateUnresolved, stateUntouched } from './state-leaving'
export { runExpire, runFilter, runLive, runMarkDead, runMatch, runPage, runSeek, rowsLeastExpiry } from './state-runs'
export * from './returning-rows'
export * from './join-table'
export * from './join-copy'
export { entriesBefore, sortFinish, stringPrefix, topAllocate, topFinish, topInit } from './sort'
export { pageBytes, pagePack, pageTurnRefs, rowsDivide, rowsList } from './row-pages'
export * from './merge-runs'
export * from './window-rows'
export * from './places'
export * from './blocks'
export * from './narrow'
export * from './select-narrow'
export * from './text-dictionary'
export { stringWord } from './hash'
export * from './crc32c'
export * from './kafka-records'
export * from './json-extract'
export { jsonArrayLength, jsonPath } from './json-path'
export { variantParse, variantTryParse } from './variant-parse'
export { appendVariantJson, variantsBegin, variantsVerdict } from './variant-json'
export { variantAt } from './variant-path'
export { variantExtract } from './variant-extract'
export { variantRebuilt } from './variant-copy'
export { variantOfElement } from './variant-of'
export * from './variant-parts'
export { variantSchema, variantSchemaMerged } from './variant-schema'
export { variantSchemaText } from './variant-schema-text'
export { kafkaAppend, kafkaSeal, kafkaTextRun } from './kafka-produce'

export * from '../interface/avro'
export * from '../interface/postgres'
export * from '../interface/block-builder'
export * from '../interface/calendar'
export * from '../interface/csv-spec'
export * from '../interface/draw'
export * from '../interface/interval'
export * from '../interface/json-spec'
export * from '../interface/kafka-append'
export * from '../interface/kafka-records'
export * from '../interface/keyed-state'
export * from '../interface/narrow'
export * from '../interface/text-dictionary'
export * from '../interface/number-pattern'
export * from '../interface/packed'
export * from '../interface/parquet'
export * from '../interface/parquet-nested'
export * from '../interface/pattern'
export * from '../interface/rounding'
export * from '../interface/rows'
export * from '../interface/state-runs'
export * from '../interface/table'
export * from '../interface/text'
export * from '../interface/text-lines'
export * from '../interface/text-shapes'
export * from '../interface/time-formats'
export * from '../interface/time-pattern'
export * from '../interface/variant'
export * from '../interface/zone-rules'
