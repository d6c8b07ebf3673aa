import type { EndedDriver } from './cluster.js'
import { malformed } from './decoded.js'
import { type DriverSpec, type DriverStatus, type HeldDriver, isDriverState, isOutcome } from './drivers.js'
import type { DriverSpec as WireDriver, HeldDriver as WireHeld, DriverStatus as WireStatus } from './wire.js'

const WHAT = 'driver of a cluster'

/** Drivers within messages of a cluster (`proto/cluster-codec.ts`). */
export const wireDriver = ({ settings, user = '', token: _, ...driver }: DriverSpec): WireDriver => ({
  ...driver,
  user,
  settings: Object.entries(settings).map(([key, value]) => ({ key, value })),
})

/** @throws MALFORMED_MESSAGE without one */
export function driverOf(wire: WireDriver | null | undefined): DriverSpec {
  if (!wire) throw malformed(WHAT)
  const { driverId, name, file, args, cores, memoryBytes, isSupervised, archiveDigest, archiveBytes } = wire
  const settings = Object.fromEntries(wire.settings.map(({ key, value }) => [key, value]))
  const code = { archiveDigest, archiveBytes, ...(wire.user === '' ? {} : { user: wire.user }) }
  return { driverId, name, file, args, settings, cores, memoryBytes, isSupervised, ...code }
}

/** @throws MALFORMED_MESSAGE for an outcome that is none */
export function heldDriverOf({ driverId, launch, outcome, reason }: WireHeld): HeldDriver {
  if (outcome !== '' && !isOutcome(outcome)) throw malformed(WHAT)
  return { driverId, launch, outcome, reason }
}

/** @throws MALFORMED_MESSAGE for one that has not ended */
export function endedDriverOf(wire: WireHeld | null | undefined): EndedDriver {
  if (!wire) throw malformed(WHAT)
  const { driverId, launch, outcome, reason } = heldDriverOf(wire)
  if (outcome === '') throw malformed(WHAT)
  return { driverId, launch, outcome, reason }
}

/** @throws MALFORMED_MESSAGE for a state that is none */
export function statusOfDriver(wire: WireStatus): DriverStatus {
  const { driverId, name, state, workerId, launches, isSupervised, reason } = wire
  if (!isDriverState(state)) throw malformed(WHAT)
  return { driverId, name, state, workerId, launches, isSupervised, reason }
}
