/** Bounds of what comes over a connection. Whatever exceeds one is refused with a condition that says so. */

/** Both sides are of a release that knows it. */
export const TLS_VERSION = 'TLSv1.3'
/** What is spoken on a connection in the end. */
export const ALPN_PROTOCOL = 'h2'
/** A connection that has not proved that it has the secret after this long is closed. */
export const STRANGER_TIMEOUT_MS = 10_000
/** Connections that have not proved it yet; when there are more, the oldest of the address that has most of them is closed. */
export const MAX_STRANGERS = 1_024
/** A connection that is refused has this long to read why. */
export const REFUSAL_GRACE_MS = 500
/** Of the refusals in this time one is logged. */
export const REFUSALS_LOGGED_EVERY_MS = 1_000
export const MAX_CONNECTIONS = 8_192
export const MAX_STREAMS_PER_CONNECTION = 1_024
/** How long a call may take to send its request. */
export const REQUEST_TIMEOUT_MS = 10_000
/** A connection without any call is closed after this long; whoever needs it again opens another. */
export const IDLE_TIMEOUT_MS = 300_000

/** A message to the driver, or a request for blocks: reports with small results, errors, lists of attempts. */
export const MAX_REQUEST_BYTES = 16 * 1024 ** 2
/** A message to an executor: a task with its stage and its splits. */
export const MAX_LAUNCH_BYTES = 256 * 1024 ** 2
/** A block on its way to another process. */
export const MAX_BLOCK_BYTES = 1024 ** 3
/** What a frame adds to its block. */
export const FRAME_OVERHEAD_BYTES = 64

/** How long a reader waits for the next block of an executor that sends nothing, before its output counts as lost. */
export const FETCH_PATIENCE_MS = 30_000
/** How long an executor waits for a driver that is silent: it may be stopped, or busy with code of its user. */
export const DRIVER_PATIENCE_MS = 600_000

/** How long workers and applications try to reach a master at their start. */
export const MASTER_CONNECT_TIMEOUT_MS = 10_000
/** How long they try to reach one that they have lost, before they go on without or end. */
export const MASTER_PATIENCE_MS = 600_000
/** A master that sends nothing for so long is lost. */
export const MASTER_SILENCE_MS = 30_000
