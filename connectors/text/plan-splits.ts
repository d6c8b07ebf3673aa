import type { ScanRequest, Split } from '../api.js'
import { FileFaults } from '../files/file-faults.js'
import { givenColumn } from '../files/given-columns.js'
import { bytesPerTask, packedShares } from '../files/packed-shares.js'
import { prunedPartitions } from '../files/partitions/pruned-partitions.js'
import { plannedFiles } from '../files/systems/file-systems.js'
import type { PlannedFile } from '../files/systems/open-file.js'
import { compressionOf } from './compression.js'
import { type LineRules, lineRules } from './options.js'
import { type FileShare, splitToJson, type TextColumn } from './split.js'

const LINES: readonly TextColumn[] = [{ kind: 'lines' }]

/** Divides files into shares of about the same size, and packs small ones together. */
export async function planTextSplits(request: ScanRequest): Promise<readonly Split[]> {
  const { wanted, valuesOf } = prunedPartitions(request)
  const { options } = request.source
  const rules = lineRules(options)
  const files = await plannedFiles(wanted, new FileFaults(options))
  const most = bytesPerTask(files, request)
  const sharesOf = (file: PlannedFile): readonly FileShare[] => {
    const values = valuesOf(file.path)
    const step = isDivisible(file, rules) ? most : file.size
    const shares: FileShare[] = []
    for (let from = 0; from < file.size; from += step) {
      const block = { from, until: Math.min(file.size, from + step) }
      const columns = request.columns.flatMap((name) => givenColumn(request, name, values, file, block) ?? LINES)
      shares.push({ ...file, ...block, columns })
    }
    return shares
  }
  return packedShares(files.flatMap(sharesOf), most).map(({ shares, bytes }, index) => ({
    data: splitToJson({ index, files: shares }),
    bytes,
  }))
}

/** Only where a line begins can be told in the middle of a file. */
const isDivisible = ({ path, isUndivided }: PlannedFile, { isWhole, quoted, encoding }: LineRules): boolean =>
  !isUndivided && !isWhole && quoted === undefined && encoding === 'UTF-8' && compressionOf(path) === 'none'
