import type { PhysicalOptions } from '../../planner/physical/options.js'

/** What plans are made with where a test says nothing else. */
export const PHYSICAL_OPTIONS: PhysicalOptions = {
  shufflePartitions: 4,
  parallelism: 2,
  broadcastThresholdBytes: 1 << 20,
  runtimeFilters: 'auto',
  rangeSortRows: 1_000_000,
  isCached: () => false,
}
