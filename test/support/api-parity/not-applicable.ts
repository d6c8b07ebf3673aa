/** Why names of PySpark mean nothing here; the first reason that fits. `of` is the class, for names that another class has in earnest. */
const REASONS: readonly { readonly reason: string; readonly of?: string; readonly names: string | RegExp }[] = [
  {
    reason: 'of pandas',
    names:
      'toPandas pandas_api plot mapInPandas apply applyInPandas applyInPandasWithState transformWithStateInPandas pandas_udf PandasUDFType',
  },
  { reason: 'RDDs and the context of the JVM', names: 'rdd sparkContext' },
  { reason: 'calls into the JVM', names: 'java_method reflect try_reflect' },
  { reason: 'of Hive', names: 'enableHiveSupport' },
  {
    reason: 'of the client of Spark Connect',
    names: 'remote client addArtifact addArtifacts copyFromLocalToFs executionInfo',
  },
  {
    reason: 'of Python: its profiler, workers, data sources and classes of functions in Python',
    names:
      'profile dataSource Builder python_worker_logs unwrap_udt ArrowUDFType AnalyzeArgument AnalyzeResult OrderingColumn PartitioningColumn SelectedColumn SkipRestOfInputTableException UserDefinedFunction UserDefinedTableFunction',
  },
  {
    reason: 'deprecated by Spark for another name that is there',
    names: 'registerTempTable createExternalTable registerFunction',
  },
  {
    reason: 'partitions of tables by transformed values, which tables of files do not have in Spark either',
    of: 'functions',
    names: 'bucket days hours months years',
  },
  { reason: 'sketches of DataSketches, not built by decision', names: /^(hll|theta|kll|tuple)_/ },
  { reason: 'of geometry, not built by decision', names: /^st_/ },
]

/** Why a name is not applicable; undefined when it is. */
export function reasonAgainst(of: string, name: string): string | undefined {
  const fits = ({ of: only, names }: (typeof REASONS)[number]): boolean =>
    (only === undefined || only === of) &&
    (typeof names === 'string' ? names.split(' ').includes(name) : names.test(name))
  return REASONS.find(fits)?.reason
}
