import { ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js'

/** The request of a call, or the first one of a stream, must come within a bounded while. */
export function requestDeadline(requestTimeoutMs: number): ServerInterceptor {
  return ({ requestStream }, call) => {
    let timer: NodeJS.Timeout | undefined
    const cameInTime = (): void => clearTimeout(timer)
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const late = { code: status.DEADLINE_EXCEEDED, details: 'the request did not come in time' }
            timer = setTimeout(() => call.sendStatus(late), requestTimeoutMs).unref()
            proceed(metadata)
          },
          onReceiveMessage: (message, proceed) => {
            if (requestStream) cameInTime()
            proceed(message)
          },
          onReceiveHalfClose: (proceed) => {
            cameInTime()
            proceed()
          },
          onCancel: cameInTime,
        }),
    })
  }
}
