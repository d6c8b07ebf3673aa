import { countEntry, durationEntry, textEntry } from './entry.js'

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
  executorWait: durationEntry(
    {
      key: 'executor.wait',
      doc: 'How long a session waits for its first executor on a cluster, and a query when all executors are gone, before they fail.',
      defaultText: '60s',
    },
    100,
    86_400_000,
  ),
} as const
