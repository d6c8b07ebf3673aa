import { MillraceError } from '../common/errors/millrace-error.js'
import type { EndedDriver } from './cluster.js'
import { type DriverSpec, type DriverStatus, type HeldDriver, isDriverState, isOutcome } from './drivers.js'
import type { DriverSpec as WireDriver, HeldDriver as WireHeld, DriverStatus as WireStatus } from './wire.js'

/** Drivers within messages of a cluster (`proto/cluster-codec.ts`). */
export const wireDriver = ({ settings, user = '', token: _, ...driver }: DriverSpec): WireDriver => ({
  ...driver,
  user,
  settings: Object.entries(settings).map(([key, value]) => ({ key, value })),
})

/** @throws INTERNAL_ERROR without one */
export function driverOf(wire: WireDriver | null | undefined): DriverSpec {
  if (!wire) throw malformed()
  const { driverId, name, file, args, cores, memoryBytes, isSupervised, archiveDigest, archiveBytes } = wire
  const settings = Object.fromEntries(wire.settings.map(({ key, value }) => [key, value]))
  const code = { archiveDigest, archiveBytes, ...(wire.user === '' ? {} : { user: wire.user }) }
  return { driverId, name, file, args, settings, cores, memoryBytes, isSupervised, ...code }
}

/** @throws INTERNAL_ERROR for an outcome that is none */
export function heldDriverOf({ driverId, launch, outcome, reason }: WireHeld): HeldDriver {
  if (outcome !== '' && !isOutcome(outcome)) throw malformed()
  return { driverId, launch, outcome, reason }
}

/** @throws INTERNAL_ERROR for one that has not ended */
export function endedDriverOf(wire: WireHeld | null | undefined): EndedDriver {
  if (!wire) throw malformed()
  const { driverId, launch, outcome, reason } = heldDriverOf(wire)
  if (outcome === '') throw malformed()
  return { driverId, launch, outcome, reason }
}

/** @throws INTERNAL_ERROR for a state that is none */
export function statusOfDriver(wire: WireStatus): DriverStatus {
  const { driverId, name, state, workerId, launches, isSupervised, reason } = wire
  if (!isDriverState(state)) throw malformed()
  return { driverId, name, state, workerId, launches, isSupervised, reason }
}

const malformed = (): MillraceError => new MillraceError('INTERNAL_ERROR', { message: 'a malformed driver' })
