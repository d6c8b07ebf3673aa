import { Catalog } from '../../../api/catalog/catalog.js'
import { GroupedData } from '../../../api/frame/grouped-data.js'
import { DataFrameNaFunctions } from '../../../api/frame/na-functions.js'
import { DataFrameStatFunctions } from '../../../api/frame/stat-functions.js'
import { Column, DataFrame, functions, Session, Window, WindowSpec } from '../../../api/index.js'
import { DataFrameReader } from '../../../api/read/data-frame-reader.js'
import { RuntimeConfig } from '../../../api/session/runtime-config.js'
import { SessionBuilder } from '../../../api/session/session-builder.js'
import { TableValuedFunction } from '../../../api/session/table-valued-functions.js'
import { DataStreamWriter } from '../../../api/stream/data-stream-writer.js'
import { StartedStream } from '../../../api/stream/started-stream.js'
import { StreamingQueryManager } from '../../../api/stream/streaming-query-manager.js'
import { DataFrameWriter } from '../../../api/write/data-frame-writer.js'
import { TableWriter } from '../../../api/write/table-writer.js'

/** What has the names of a class of PySpark: a class, or an object. */
type Counterpart = { readonly name: string; readonly is: object; readonly fields?: readonly string[] }

/** By PySpark's classes, ours. `fields` are those that objects have and their class does not tell. */
export const COUNTERPARTS: Readonly<Record<string, Counterpart | undefined>> = {
  SparkSession: { name: 'Session', is: Session },
  Builder: { name: 'SessionBuilder', is: SessionBuilder },
  DataFrame: { name: 'DataFrame', is: DataFrame },
  Column: { name: 'Column', is: Column },
  GroupedData: { name: 'GroupedData', is: GroupedData },
  Window: { name: 'Window', is: Window },
  WindowSpec: { name: 'WindowSpec', is: WindowSpec },
  DataFrameReader: { name: 'DataFrameReader', is: DataFrameReader },
  DataFrameWriter: { name: 'DataFrameWriter', is: DataFrameWriter },
  DataFrameWriterV2: { name: 'TableWriter', is: TableWriter },
  DataFrameNaFunctions: { name: 'DataFrameNaFunctions', is: DataFrameNaFunctions },
  DataFrameStatFunctions: { name: 'DataFrameStatFunctions', is: DataFrameStatFunctions },
  Catalog: { name: 'Catalog', is: Catalog },
  RuntimeConfig: { name: 'RuntimeConfig', is: RuntimeConfig },
  DataStreamReader: { name: 'DataFrameReader', is: DataFrameReader },
  DataStreamWriter: { name: 'DataStreamWriter', is: DataStreamWriter },
  StreamingQuery: { name: 'StreamingQuery', is: StartedStream, fields: ['name'] },
  TableValuedFunction: { name: 'TableValuedFunction', is: TableValuedFunction },
  StreamingQueryManager: { name: 'StreamingQueryManager', is: StreamingQueryManager },
  functions: { name: 'functions', is: functions },
}

/** What every function has without anybody's doing. */
const OF_FUNCTIONS: ReadonlySet<string> = new Set(['length', 'name', 'prototype', 'constructor'])

/** The names that users of a class have: static ones and those of objects, inherited ones too. */
export function membersOf({ is, fields = [] }: Counterpart): ReadonlySet<string> {
  if (typeof is !== 'function') return new Set(Object.keys(is))
  const found = new Set(fields)
  const add = (start: object, end: object): void => {
    for (let at = start; at !== end; at = Object.getPrototypeOf(at) as object)
      for (const name of Object.getOwnPropertyNames(at)) if (start !== is || !OF_FUNCTIONS.has(name)) found.add(name)
  }
  add(is, Function.prototype)
  add(is.prototype as object, Object.prototype)
  return found
}
