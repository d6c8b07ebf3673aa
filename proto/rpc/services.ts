import type { ServiceDefinition } from '@grpc/grpc-js'
import {
  DRIVER_PATIENCE_MS,
  FRAME_OVERHEAD_BYTES,
  IDLE_TIMEOUT_MS,
  MAX_BLOCK_BYTES,
  MAX_LAUNCH_BYTES,
  MAX_REQUEST_BYTES,
  MAX_STREAMS_PER_CONNECTION,
} from './limits.js'

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

export const CLUSTER_SERVICE = {
  connect: { path: '/millrace.Cluster/Connect', requestStream: true, responseStream: true, ...bytesOnly },
} as const satisfies ServiceDefinition

/*
 * No pings: a process that was busy or stopped would count the others as gone, since its timers fire before it reads their answers. The
 * driver knows executors by their heartbeats, readers know their patience (`BlockClients`), and the kernel probes idle connections.
 */
const COMMON = {
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  // Who connects where is said by addresses alone: by no proxy of the environment, and by no entries of a name server.
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc-node.flow_control_window': 2 * 1024 ** 2,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
} as const

export const SERVER_OPTIONS = {
  ...COMMON,
  'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
  'grpc.max_send_message_length': -1,
  'grpc.max_concurrent_streams': MAX_STREAMS_PER_CONNECTION,
  'grpc.max_connection_idle_ms': IDLE_TIMEOUT_MS,
} as const

/** A connection that lasts: an executor's to its driver, a worker's or an application's to the master of a cluster. */
export const CONTROL_CLIENT_OPTIONS = {
  ...COMMON,
  'grpc.max_receive_message_length': MAX_LAUNCH_BYTES,
  'grpc.max_send_message_length': MAX_REQUEST_BYTES,
  // Only to find that the machine of a driver or a master is gone: one that is stopped or busy answers when it goes on.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': DRIVER_PATIENCE_MS,
} as const

/** A reader of blocks. */
export const DATA_CLIENT_OPTIONS = {
  ...COMMON,
  'grpc.max_receive_message_length': MAX_BLOCK_BYTES + FRAME_OVERHEAD_BYTES,
  'grpc.max_send_message_length': MAX_REQUEST_BYTES,
} as const
