import type { StreamEvents } from '../streaming/stream-events.js'
import { eventTimeMs } from './engine-event.js'
import type { EventBus } from './event-bus.js'

/** What streaming queries tell, as events of the session. */
export const streamHappenings = (bus: EventBus): StreamEvents => ({
  onQueryStarted: (event) => bus.emit({ kind: 'queryStarted', timeMs: eventTimeMs(), ...event }),
  onQueryProgress: (event) => bus.emit({ kind: 'queryProgress', timeMs: eventTimeMs(), ...event }),
  onQueryIdle: (event) => bus.emit({ kind: 'queryIdle', timeMs: eventTimeMs(), ...event }),
  onQueryTerminated: (event) => bus.emit({ kind: 'queryTerminated', timeMs: eventTimeMs(), ...event }),
})
