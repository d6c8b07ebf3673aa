import type { Batch, ReaderProvider } from '../../../connectors/api.js'
import type { PhysicalScan } from '../../../planner/plan/physical/plan.js'
import type { ExecutableSource, SourceContext } from './operator.js'

/** Reads the splits that the driver assigned to the task. */
export const scan: ExecutableSource<PhysicalScan> = { batches: scanned, isScan: true }

async function* scanned(
  node: PhysicalScan,
  { inputs, environment, memory, deferred }: SourceContext,
): AsyncGenerator<Batch> {
  const { signal } = environment
  const splits = inputs.splits[node.scanId] ?? []
  const provider: ReaderProvider = await environment.reader(node.source.provider)
  const request = { source: node.source, columns: node.columns, filters: node.filters, parallelism: 1 }
  for (const data of splits) {
    const open = await provider.openReader(request, { data }, { memory, kernels: memory.kernels, signal, deferred })
    try {
      for (;;) {
        signal.throwIfAborted()
        const next = open.next()
        const batch = next instanceof Promise ? await next : next
        if (!batch) break
        yield batch
      }
    } finally {
      await open.close()
    }
  }
}
