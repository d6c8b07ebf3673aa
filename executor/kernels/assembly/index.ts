// The one AssemblyScript module of a worker thread. What this file exports is the interface of the module: functions that host and
// generated code call, the layouts they share. Files that other kernels use parts of name what is a kernel; of the rest everything is one.
export * from './memory'
export { arenaAllocate, arenaReset } from './arena'
export * from './bytes'
export { avroRows, avroValue } from './records/avro'
export { refsBytes, refsMoved } from './records/refs'
export { postgresRows } from './records/postgres'
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
} from './numbers/decimal'
export * from './numbers/float'
export { addMonths, dayOfDate, dayOfYear, monthOfDate, monthsBetween, timestampAddMonths, unitsBetween, yearOfDate } from './times/dates'
export {
  bytesFind,
  bytesSubstring,
  leadingSpaces,
  lengthWithoutTrailingSpaces,
  likeMatch,
  likeParts,
  utf8Length,
  utf8Substring,
} from './text/strings'
export * from './text/like-pattern'
export { changeCase, textFoldedLetters, textInitcap, textSmallLetters } from './text/letter-case'
export { patternCount, patternGroup, patternOccurs, patternPosition, patternReplace } from './text/pattern-functions'
export * from './text/pattern-lists'
export { textBase64, textUnbase64, textUnhex, textUrlDecode, textUrlEncode } from './text/text-codes'
export * from './numbers/angles'
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
} from './numbers/exponentials'
export * from './numbers/powers'
export * from './numbers/draws'
export {
  frequentAdded, frequentCombined, frequentItems, frequentMerged, frequentNull, frequentReceived, frequentSketch,
} from './aggregates/frequent-items'
export * from './rows/hash-functions'
export * from './numbers/number-functions'
export { numberByPattern, numberToPattern } from './numbers/number-patterns'
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
} from './text/text-functions'
export * from './text/text-points'
export * from './text/digests'
export * from './text/text-parts'
export * from './numbers/twister'
export * from './text/utf8-check'
export * from './csv/text-lines'
export * from './shapes/text-shapes'
export * from './shapes/shapes-text'
export {
  mostFrequent,
  percentileAt,
  percentileBetween,
  percentileNear,
  percentileWeighted,
  textsByKey,
  textsJoined,
} from './aggregates/collected'
export { mostFrequentByHash } from './aggregates/hash-order'
export * from './rows/order-keys'
export * from './numbers/integers'
export { makeDayTime, makeYearMonth } from './times/intervals'
export * from './times/calendar-intervals'
export { decimalFromDouble, formatDouble } from './numbers/doubles'
export { doubleFromDecimal, floatFromDecimal, parseDouble, parseFloat } from './numbers/double-parse'
export * from './numbers/rounding'
export * from './times/times'
export { timeIsTold } from './times/time-formats'
export { parseClock, parseDate, parseTimestamp } from './times/time-parse'
export { jsonBase64, jsonBegin, jsonFinish, jsonFormats, jsonKey, jsonRaw, jsonText, jsonTime } from './json/json-writer'
export * from './json/json-pretty'
export { csv_extract } from './csv/csv'
export * from './csv/csv-writer'
export * from './json/json-keys'
export * from './times/zones'
export { formatTime } from './times/time-format'
export { parseTime } from './times/time-pattern-parse'
export * from './times/calendar'
export * from './times/made-times'
export * from './rows/membership'
export { slotsAllocate, slotsPack, valuesAllocate, valuesPack, valuesSetNull } from './nested/packed-slots'
export { packedCompare } from './nested/packed-compare'
export { packedFlatten, listConcat } from './nested/packed-concat'
export * from './nested/packed-arrays'
export * from './nested/packed-sets'
export { packedEqualKey, packedMapPart } from './nested/packed-maps'
export { packedJson } from './nested/packed-json'
export { packedElementText, packedText } from './nested/packed-text'
export { packedNormalized, packedNormalizedKeys } from './nested/packed-normalized'
export { packedOrderKey } from './nested/packed-order'
export * from './aggregates/sketches'
export * from './aggregates/histogram'
export * from './vectors'
export { bzip2Begin, bzip2Read, bzip2Release } from './compression/bzip2'
export { snappyDecompress, snappyLength, snappyLiteral } from './compression/snappy'
export { lz4Decompress, lz4DecompressUpTo } from './compression/lz4'
export * from './compression/lz4-frame'
export {
  hadoopCompress,
  lz4FrameCompress,
  lzBound,
  lzScratchBytes,
  snappyCompress,
  snappyFrameCompress,
} from './compression/lz-compress'
export * from './compression/zstd'
export { zstdBound } from './compression/zstd-frames'
export { zstdCompress, zstdCompressBound, zstdCompressScratchBytes } from './compression/zstd-compress'
export { zstdScratchBytes } from './compression/zstd-scratch'
export { parquetHybridStart, parquetPackedStart } from './parquet/parquet-cursor'
export * from './parquet/parquet-hybrid'
export { allBytesAre, parquetEntriesOf, parquetLevelsUpTo } from './parquet/parquet-levels'
export * from './parquet/parquet-nested'
export { parquetNestedBytes } from './parquet/parquet-nested-bytes'
export * from './parquet/parquet-selected'
export * from './parquet/parquet-variants'
export * from './parquet/parquet-plain'
export * from './parquet/parquet-delta'
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
} from './rows/row-store'
export { dictionaryNumber, groupCodes, groupInsert, groupTableInit, tableRelease } from './rows/group-table'
export { stateCompact, stateExpire, stateExpires, stateRelease, stateSettle, stateTouch } from './state/state-table'
export { chainExpire, chainInsert, chainRemove } from './state/chained-state'
export * from './state/keyed-state'
export { hashesBreak, hashesSort, stateLeave, stateUnresolved, stateUntouched } from './state/state-leaving'
export { runExpire, runFilter, runLive, runMarkDead, runMatch, runPage, runSeek, rowsLeastExpiry } from './state/state-runs'
export * from './state/returning-rows'
export * from './rows/join-table'
export * from './rows/join-copy'
export { entriesBefore, sortFinish, stringPrefix, topAllocate, topFinish, topInit } from './rows/sort'
export { pageBytes, pagePack, pageTurnRefs, rowsDivide, rowsList } from './rows/row-pages'
export * from './rows/merge-runs'
export * from './rows/window-rows'
export * from './rows/places'
export * from './blocks'
export * from './numbers/narrow'
export * from './numbers/select-narrow'
export * from './text/text-dictionary'
export { stringWord } from './rows/hash'
export * from './compression/crc32c'
export * from './records/kafka-records'
export * from './json/json-extract'
export { jsonArrayLength, jsonPath } from './json/json-path'
export { variantParse, variantTryParse } from './variants/variant-parse'
export { appendVariantJson, variantsBegin, variantsVerdict } from './variants/variant-json'
export { variantAt } from './variants/variant-path'
export { variantExtract } from './variants/variant-extract'
export { variantRebuilt } from './variants/variant-copy'
export { variantOfElement } from './variants/variant-of'
export * from './variants/variant-parts'
export { variantSchema, variantSchemaMerged } from './variants/variant-schema'
export { variantSchemaText } from './variants/variant-schema-text'
export { kafkaAppend, kafkaSeal, kafkaTextRun } from './records/kafka-produce'

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
