import type { ServiceError } from '@grpc/grpc-js'

/** What gRPC writes around the error of the socket when it could not connect. */
const UNCONNECTED = /^No connection established\. Last error: (?:Error: )?(.*)\. Resolution note: .*$/s

/** What gRPC writes when no name server knows the name of the other side. */
const UNRESOLVED = /^Name resolution failed for target dns:(.*)$/s

/** Why gRPC ended a call, for people. */
export function grpcReason(error: unknown): string {
  const { details, message } = error as Partial<ServiceError>
  const told = details || message || String(error)
  const [, unresolved] = UNRESOLVED.exec(told) ?? []
  if (unresolved !== undefined) return `the name of ${unresolved} is not known here`
  return UNCONNECTED.exec(told)?.[1] ?? told
}
