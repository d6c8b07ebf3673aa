import { ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js'
import { carriesSecret } from './secret.js'

/** Who is told what a connection has shown; peers are named by their address. */
export interface Doorkeeper {
  admit(peer: string): void
  refuse(peer: string): void
}

/** Looks at the headers of every call: without the secret it ends there, and with it the request must come within a bounded while. */
export function guard(secret: string, requestTimeoutMs: number, door: Doorkeeper): ServerInterceptor {
  return ({ requestStream }, call) => {
    let timer: NodeJS.Timeout | undefined
    const cameInTime = (): void => clearTimeout(timer)
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            if (!carriesSecret(metadata, secret)) {
              call.sendStatus({ code: status.UNAUTHENTICATED, details: 'the secret does not match' })
              door.refuse(call.getPeer())
              return
            }
            door.admit(call.getPeer())
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
