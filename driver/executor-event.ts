import type { ExecutorMessage } from '../proto/protocol.js'
import type { SchedulerEvent } from './jobs/events.js'

/** What a message of an executor is for the scheduler. */
export function executorEvent(executorId: string, message: ExecutorMessage): SchedulerEvent {
  switch (message.kind) {
    case 'heartbeat':
      return { kind: 'executorHeartbeat', executorId }
    case 'taskSucceeded': {
      const { kind, attemptId, report, blocks } = message
      return { kind, executorId, attemptId, report, inlined: blocks !== undefined }
    }
    case 'taskFailed':
    case 'barrierCalled':
      return { ...message, executorId }
    case 'outputTaken':
    case 'outputNotTaken':
      return { kind: message.kind, executorId, attemptId: message.attemptId }
    case 'leaving':
      return { kind: 'decommissionAsked', executorId, reason: message.reason }
  }
}
