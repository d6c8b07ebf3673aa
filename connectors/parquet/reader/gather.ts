import type { Kernels } from '../../../executor/kernels/interface/generated.js'

export type Gather = Kernels['parquetGather8']
export type GatherAt = Kernels['parquetGatherAt8']

/** The kernel that takes values of so many bytes from a dictionary. */
export function gatherOf(kernels: Kernels, targetBytes: number): Gather {
  switch (targetBytes) {
    case 1:
      return kernels.parquetGather1
    case 2:
      return kernels.parquetGather2
    case 4:
      return kernels.parquetGather4
    case 16:
      return kernels.parquetGather16
    default:
      return kernels.parquetGather8
  }
}

/** The same for values of selected rows. */
export function gatherAtOf(kernels: Kernels, targetBytes: number): GatherAt {
  switch (targetBytes) {
    case 1:
      return kernels.parquetGatherAt1
    case 2:
      return kernels.parquetGatherAt2
    case 4:
      return kernels.parquetGatherAt4
    case 16:
      return kernels.parquetGatherAt16
    default:
      return kernels.parquetGatherAt8
  }
}
