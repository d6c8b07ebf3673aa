import type { Command } from 'commander'
import { bytesText } from '../../common/config/units.js'
import { createLogger } from '../../common/log.js'
import type { ClusterStatus } from '../../proto/cluster.js'
import { padded, textWidth } from '../output/text-width.js'
import { writeText } from '../output/write-result.js'
import { masterOf } from './arguments.js'
import { type CredentialArguments, credentialsOf, withCredentials } from './credentials.js'
import { SECRET_HELP } from './secret-help.js'

interface StatusArguments extends CredentialArguments {
  readonly master: string
  readonly json?: true
}

const MIB = 1024 ** 2

/** `millrace status`: who belongs to a cluster, and what runs where. */
export function withStatus(status: Command): void {
  withCredentials(status)
    .description('list the workers, the applications, the executors and the drivers of a cluster')
    .requiredOption('--master <master>', 'where the master listens: millrace://host:port', masterOf)
    .option('--json', 'print them as JSON')
    .addHelpText('after', SECRET_HELP)
    .action(runStatus)
}

async function runStatus({ master: address, json, ...credentials }: StatusArguments): Promise<void> {
  const shown = await credentialsOf(credentials)
  const { clusterStatus } = await import('../../proto/rpc/master-link.js')
  const status = await clusterStatus({ address, ...shown }, createLogger('status', 'error'))
  await writeText(json ? `${JSON.stringify(status, undefined, 2)}\n` : textOf(status), process.stdout)
}

function textOf({ workers, applications, executors, drivers }: ClusterStatus): string {
  return [
    listed('workers', ['worker', 'host', 'free cores', 'free memory', ''], workers, (worker) => [
      worker.workerId,
      worker.host,
      `${worker.freeCores} of ${worker.cores}`,
      `${sizeText(worker.freeBytes)} of ${sizeText(worker.memoryBytes)}`,
      worker.presence,
    ]),
    listed('applications', ['application', 'name', 'user', 'driver', 'executors', ''], applications, (application) => [
      application.applicationId,
      application.name,
      application.user || '-',
      application.driverAddress,
      String(application.executors),
      application.waitsFor || application.presence,
    ]),
    listed('executors', ['executor', 'application', 'worker', 'cores', 'memory'], executors, (executor) => [
      executor.executorId,
      executor.applicationId,
      executor.workerId,
      String(executor.cores),
      sizeText(executor.memoryBytes),
    ]),
    listed('drivers', ['driver', 'name', 'state', 'worker', 'starts', ''], drivers, (driver) => [
      driver.driverId,
      driver.name,
      driver.state,
      driver.workerId,
      String(driver.launches),
      driver.reason,
    ]),
  ].join('\n')
}

/** A heading with the number, and a line each. */
function listed<T>(
  what: string,
  header: readonly string[],
  items: readonly T[],
  cellsOf: (item: T) => readonly string[],
): string {
  const lines = items.length === 0 ? [] : [header, ...items.map(cellsOf)]
  const widths = header.map((_, i) => lines.reduce((width, cells) => Math.max(width, textWidth(cells[i]!)), 0))
  const laidOut = lines.map((cells) =>
    `  ${cells.map((cell, i) => padded(cell, widths[i]!, 'left')).join('  ')}`.trimEnd(),
  )
  return `${[`${items.length} ${what}`, ...laidOut].join('\n')}\n`
}

const sizeText = (bytes: number): string => bytesText(Math.floor(bytes / MIB) * MIB)
