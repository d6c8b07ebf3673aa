import type { ServiceDefinition } from '@grpc/grpc-js'

/** Messages pass as bytes: codecs stand at the edges, where they know their connection. */
const identity = (bytes: Buffer): Buffer => bytes
const bytesOnly = {
  requestSerialize: identity,
  requestDeserialize: identity,
  responseSerialize: identity,
  responseDeserialize: identity,
}

export const CONTROL_SERVICE = {
  connect: { path: '/millrace.Control/Connect', requestStream: true, responseStream: true, ...bytesOnly },
} as const satisfies ServiceDefinition

export const DATA_SERVICE = {
  fetch: { path: '/millrace.Data/Fetch', requestStream: false, responseStream: true, ...bytesOnly },
} as const satisfies ServiceDefinition

/** Blocks may be of any size; pings find out within seconds that the other machine is gone. */
export const CHANNEL_OPTIONS = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.enable_retries': 0,
  'grpc-node.flow_control_window': 2 * 1024 ** 2,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
} as const
