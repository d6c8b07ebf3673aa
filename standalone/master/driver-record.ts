import { type DriverSpec, type DriverState, type DriverStatus, isOver } from '../../proto/drivers.js'

/** A driver as it is kept on disk. */
export interface DriverRecord {
  readonly spec: DriverSpec
  readonly state: DriverState
  /** Where it is, or was last; empty before. */
  readonly workerId: string
  /** Whether it is on that worker, which has its cores and its memory taken for it. */
  readonly isPlaced: boolean
  /** How often it was started. */
  readonly launch: number
  /** How often in a row it ended early, or with its worker. */
  readonly failures: number
  /** Whether a session of this start has joined the cluster. */
  readonly hasJoined: boolean
  readonly reason: string
}

export const newDriver = (spec: DriverSpec): DriverRecord => ({
  spec,
  state: 'SUBMITTED',
  workerId: '',
  isPlaced: false,
  launch: 0,
  failures: 0,
  hasJoined: false,
  reason: '',
})

export const statusOfDriver = (record: DriverRecord, waitsFor: string): DriverStatus => ({
  driverId: record.spec.driverId,
  name: record.spec.name,
  state: record.state,
  workerId: record.workerId,
  launches: record.launch,
  isSupervised: record.spec.isSupervised,
  reason: waitsFor || record.reason,
})

/** It is to run, and does not. */
export const isWaiting = ({ state, isPlaced }: DriverRecord): boolean => !isOver(state) && !isPlaced
