import { ALLOCATION_CONFIG } from './allocation-entries.js'
import { booleanEntry, bytesEntry, countEntry, durationEntry, textEntry } from './entry.js'

const MOST_EXECUTORS = 100_000

/** Settings of executors in other processes, on this machine or on others. */
export const CLUSTER_CONFIG = {
  driverHost: textEntry({
    key: 'driver.host',
    sparkKey: 'spark.driver.host',
    doc: 'The address of this machine at which executors of other processes reach the driver. By default for this machine alone (127.0.0.1), and with `millrace://host:port` the address from which this machine reaches the master.',
    defaultText: '',
  }),
  driverPort: countEntry(
    {
      key: 'driver.port',
      sparkKey: 'spark.driver.port',
      doc: 'The port at which executors of other processes reach the driver; 0 takes any that is free.',
      defaultText: '0',
    },
    0,
    65_535,
  ),
  driverCores: countEntry(
    {
      key: 'driver.cores',
      sparkKey: 'spark.driver.cores',
      doc: 'Cores of a worker that count as taken by a driver that `millrace submit --deploy-mode cluster` has run there.',
      defaultText: '1',
    },
    1,
    1_024,
  ),
  driverMemory: bytesEntry(
    {
      key: 'driver.memory',
      sparkKey: 'spark.driver.memory',
      doc: 'What such a driver may hold: the memory of a worker that counts as taken by it, and the limit of its heap.',
      defaultText: '1g',
    },
    64 * 1024 ** 2,
    1024 * 1024 ** 3,
  ),
  driverSupervise: booleanEntry({
    key: 'driver.supervise',
    sparkKey: 'spark.driver.supervise',
    doc: 'Whether such a driver is started again when it fails or its worker is lost.',
    defaultText: 'false',
  }),
  waitAppCompletion: booleanEntry({
    key: 'submit.waitAppCompletion',
    sparkKey: 'spark.standalone.submit.waitAppCompletion',
    doc: 'Whether `millrace submit --deploy-mode cluster` waits until the driver has ended, and fails when that does.',
    defaultText: 'false',
  }),
  executorInstances: countEntry(
    {
      key: 'executor.instances',
      sparkKey: 'spark.executor.instances',
      doc: 'How many executors a session wants on the workers of `millrace://host:port`; 0 takes as many as there is room for, now and later.',
      defaultText: '0',
    },
    0,
    MOST_EXECUTORS,
  ),
  executorCores: countEntry(
    {
      key: 'executor.cores',
      sparkKey: 'spark.executor.cores',
      doc: 'The task slots of each executor on the workers of `millrace://host:port`; 0 takes all cores of a worker that are free.',
      defaultText: '0',
    },
    0,
    1_024,
  ),
  ...ALLOCATION_CONFIG,
  executorWait: durationEntry(
    {
      key: 'executor.wait',
      doc: 'How long a session waits for its first executor on a cluster, and a query when all executors are gone, before they fail.',
      defaultText: '60s',
    },
    100,
    86_400_000,
  ),
  tlsTrustStore: textEntry({
    key: 'ssl.rpc.trustStore',
    sparkKey: 'spark.ssl.rpc.trustStore',
    doc: 'A file in PEM: the authority whose certificates are trusted. With it, `ssl.rpc.certChain` and `ssl.rpc.privateKey` all connections to executors and to a master speak TLS, and both sides show a certificate. By default `ca.pem` of the folder that MILLRACE_TLS_DIR names; without any, connections are not encrypted.',
    defaultText: '',
  }),
  tlsCertChain: textEntry({
    key: 'ssl.rpc.certChain',
    sparkKey: 'spark.ssl.rpc.certChain',
    doc: 'A file in PEM: the certificate that others are shown, made for the addresses by which this machine is reached. By default `cert.pem` of the folder that MILLRACE_TLS_DIR names.',
    defaultText: '',
  }),
  tlsPrivateKey: textEntry({
    key: 'ssl.rpc.privateKey',
    sparkKey: 'spark.ssl.rpc.privateKey',
    doc: 'A file in PEM: the key of that certificate. By default `key.pem` of the folder that MILLRACE_TLS_DIR names.',
    defaultText: '',
  }),
} as const
