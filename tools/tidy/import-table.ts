/** Which of our folders a file may import from, by the longest prefix of its path that is listed. */
export interface ImportRule {
  readonly from: string
  readonly may: readonly string[]
  /** Packages and Node built-ins that are refused here. */
  readonly refused?: readonly RegExp[]
}

const SAME_CONNECTOR = 'connectors/<same>'
const SAME_LAUNCHER = 'driver/launch/<same>'
const SAME = '/<same>'
/** Folders of which each stands for itself: the rest of the engine knows none of them by name, their registry lists them. */
const LISTED = [{ folder: 'driver/launch', registry: 'driver/launch/registry' }]
/** What the kernels offer and how what they share with others lies in memory. */
const KERNELS = 'executor/kernels/interface'
const NODE_BUILT_INS = /^node:/
const PLAN = ['planner/plan', 'common', 'columnar', 'connectors/api']
/** What decides which task runs where. */
const SCHEDULING = [...PLAN, 'driver/jobs', 'driver/barriers', 'driver/pools', 'driver/tasks', 'driver/executors']

/** The import table of ARCHITECTURE.md. `*` means anything: composition roots wire the rest together. */
const IMPORT_TABLE: readonly ImportRule[] = [
  { from: 'common', may: ['common'] },
  { from: 'columnar', may: ['common', 'columnar'] },
  { from: 'columnar/avro', may: ['common', 'columnar', KERNELS] },
  { from: 'columnar/leaf-places', may: ['common', 'columnar', KERNELS] },
  { from: 'executor/kernels/interface', may: [] },
  { from: 'connectors/batch', may: ['common', KERNELS] },
  { from: 'connectors/stream-sink', may: ['columnar'] },
  { from: 'connectors/source-files', may: ['columnar'] },
  { from: 'connectors/scan-filter', may: ['columnar'] },
  { from: 'connectors/state-rows', may: ['columnar'] },
  {
    from: 'connectors/api',
    may: [
      'common',
      'columnar',
      'connectors/batch',
      'connectors/stream-sink',
      'connectors/source-files',
      'connectors/scan-filter',
      'connectors/state-rows',
      KERNELS,
    ],
  },
  { from: 'connectors/catalog', may: ['common', 'columnar', 'connectors/api'] },
  { from: 'connectors/option-names', may: [] },
  { from: 'connectors/registry', may: ['common', 'columnar', 'connectors'] },
  {
    from: 'connectors',
    may: [
      ...['common', 'columnar', 'connectors/api', 'connectors/catalog', 'connectors/option-names', 'connectors/files'],
      ...[KERNELS, SAME_CONNECTOR],
    ],
  },
  {
    from: 'planner/codec',
    may: ['common', 'columnar', 'planner', 'proto', 'connectors/api'],
    refused: [NODE_BUILT_INS],
  },
  { from: 'planner/plan/time-pattern', may: ['common', 'planner/plan', KERNELS], refused: [NODE_BUILT_INS] },
  { from: 'planner/plan/text-specs', may: ['common', 'planner/plan', KERNELS] },
  { from: 'planner/plan/number-pattern', may: ['common', 'planner/plan', KERNELS], refused: [NODE_BUILT_INS] },
  { from: 'planner', may: ['common', 'columnar', 'planner', 'connectors/api'], refused: [NODE_BUILT_INS] },
  { from: 'driver/main', may: ['*'] },
  { from: 'driver/jobs', may: SCHEDULING, refused: [NODE_BUILT_INS] },
  { from: 'driver/barriers', may: SCHEDULING, refused: [NODE_BUILT_INS] },
  { from: 'driver/pools', may: SCHEDULING, refused: [NODE_BUILT_INS] },
  { from: 'driver/tasks', may: SCHEDULING, refused: [NODE_BUILT_INS] },
  { from: 'driver/executors', may: SCHEDULING, refused: [NODE_BUILT_INS] },
  { from: 'driver/launch/registry', may: ['common', 'driver/launch'] },
  { from: 'driver/launch/fleet', may: ['common', 'proto', 'driver/wire', 'driver/launch'] },
  { from: 'driver/launch', may: ['common', 'proto', 'driver/launch/launcher', SAME_LAUNCHER] },
  { from: 'driver', may: ['common', 'columnar', 'planner', 'driver', 'proto', 'connectors/api'] },
  { from: 'standalone/archive', may: ['common', 'standalone/archive'] },
  { from: 'standalone/client', may: ['common', 'proto', 'standalone/archive', 'standalone/client'] },
  { from: 'standalone/master', may: ['common', 'proto', 'standalone/archive', 'standalone/master'] },
  { from: 'standalone/worker', may: ['common', 'proto', 'standalone/archive', 'standalone/worker'] },
  { from: 'executor/main', may: ['*'] },
  { from: 'executor/worker/main', may: ['*'] },
  {
    from: 'executor',
    may: ['common', 'columnar', 'planner/plan', 'planner/codec', 'executor', 'proto', 'connectors/api'],
  },
  { from: 'proto', may: ['proto', 'common', 'columnar', 'planner/plan', 'planner/codec', 'connectors/api'] },
  { from: 'api/local', may: ['*'] },
  {
    from: 'api',
    may: [
      ...['common', 'columnar', 'planner', 'driver/index', 'api'],
      ...['connectors/api', 'connectors/catalog', 'connectors/option-names'],
    ],
  },
  { from: 'cli', may: ['*'] },
  { from: 'ui', may: ['common', 'columnar', 'driver/index', 'ui'] },
  { from: 'examples', may: ['api/index', 'examples'] },
  { from: 'bench', may: ['*'] },
  { from: 'test', may: ['*'] },
  { from: 'tools', may: ['tools'] },
]

const depthOf = (path: string): number => path.split('/').length
/** The folder within another that a file lies in. */
const roomOf = (file: string, folder: string): string =>
  file
    .split('/')
    .slice(0, depthOf(folder) + 1)
    .join('/')
const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** What is wrong with an import, or undefined. `file` and `target` are paths from the root without extension. */
export function importFault(file: string, target: string): string | undefined {
  const rule = ruleOf(file)
  if (rule === undefined) return `${file} lies in no folder of the import table`
  const listed = LISTED.find(({ folder }) => within(target, folder) && depthOf(target) > depthOf(folder) + 1)
  if (
    listed &&
    rule.from !== 'test' &&
    file !== listed.registry &&
    roomOf(file, listed.folder) !== roomOf(target, listed.folder)
  )
    return `${file} may not import ${target} (only ${listed.registry} names what lies in ${listed.folder})`
  if (rule.may.includes('*')) return undefined
  const allowed = rule.may.map((folder) =>
    folder.endsWith(SAME) ? roomOf(file, folder.slice(0, -SAME.length)) : folder,
  )
  if (allowed.some((folder) => within(target, folder))) return undefined
  return `${file} may not import ${target} (${rule.from} may import ${allowed.join(', ')})`
}

/** What is wrong with importing a package or built-in, or undefined. */
export function packageFault(file: string, specifier: string): string | undefined {
  const refused = ruleOf(file)?.refused?.some((pattern) => pattern.test(specifier))
  return refused ? `${file} is pure and may not import ${specifier}` : undefined
}

function ruleOf(file: string): ImportRule | undefined {
  return IMPORT_TABLE.filter((rule) => within(file, rule.from)).toSorted((a, b) => b.from.length - a.from.length)[0]
}
