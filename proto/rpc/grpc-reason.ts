import type { ServiceError } from '@grpc/grpc-js'

/** What gRPC writes around the error of the socket when it could not connect. */
const UNCONNECTED = /^No connection established\. Last error: (?:Error: )?(.*)\. Resolution note: .*$/s

/** Why gRPC ended a call, for people. */
export function grpcReason(error: unknown): string {
  const { details, message } = error as Partial<ServiceError>
  const told = details || message || String(error)
  return UNCONNECTED.exec(told)?.[1] ?? told
}
