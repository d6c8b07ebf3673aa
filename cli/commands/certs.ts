import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { makeFoldersNow } from '../../common/make-folders.js'
import { TLS_FILES } from '../../proto/rpc/tls-files.js'
import { type Authority, type Made, newAuthority, newMachine } from '../certificates/certificate.js'
import { badUsage, positiveOf } from './arguments.js'

interface CertsArguments {
  readonly dir: string
  readonly days: number
}

const AUTHORITY_KEY = 'ca.key'
const AUTHORITY_DAYS = 3_650
const DEFAULT_DAYS = 397
/** Each machine reaches itself. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1']
const HOST = /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/

const AFTER_HELP = `
A folder is made for each machine, named after its first host: copy it there, and name it by MILLRACE_TLS_DIR or --tls-dir. The authority is made when there is
none yet; its key, DIR/${AUTHORITY_KEY}, belongs on no machine of the cluster. To make certificates anew before they expire, run the command again.

  millrace certs 10.0.0.5 10.0.0.6,worker2.example
`

/** `millrace certs`: an authority, and certificates by it for the machines of a cluster. */
export function withCerts(certs: Command): void {
  certs
    .description('make certificates for TLS between the machines of a cluster')
    .argument(
      '<hosts...>',
      'of each machine the addresses and names by which others reach it, with commas between',
      hostsOf,
    )
    .option('--dir <directory>', 'where they are made', 'millrace-certs')
    .option('--days <count>', 'how long they are good', positiveOf, DEFAULT_DAYS)
    .addHelpText('after', AFTER_HELP)
    .action(makeCertificates)
}

function hostsOf(text: string, before: readonly (readonly string[])[] | undefined): readonly (readonly string[])[] {
  const hosts = text.split(',')
  for (const host of hosts)
    if (isIP(host) === 0 && !HOST.test(host))
      throw badUsage('host', `${host} is neither an address nor a name of a host`)
  return [...(before ?? []), hosts]
}

function makeCertificates(machines: readonly (readonly string[])[], { dir, days }: CertsArguments): void {
  const now = new Date()
  const authority = authorityIn(dir, now)
  const certificate = readFileSync(join(dir, TLS_FILES.authority))
  for (const hosts of machines) {
    const folder = join(dir, hosts[0]!)
    const made = newMachine(authority, [...new Set([...hosts, ...LOOPBACK])], days, now)
    write(join(folder, TLS_FILES.authority), certificate)
    write(join(folder, TLS_FILES.key), keyText(made))
    write(join(folder, TLS_FILES.certificate), made.certificate)
    process.stdout.write(`${folder}: a certificate for ${hosts.join(', ')}, good for ${days} days\n`)
  }
}

/** That of the folder, or a new one. */
function authorityIn(dir: string, now: Date): Authority {
  const [certificate, key] = [join(dir, TLS_FILES.authority), join(dir, AUTHORITY_KEY)]
  if (!existsSync(certificate) && !existsSync(key)) {
    const name = `Millrace ${randomBytes(4).toString('hex')}`
    const made = newAuthority(name, AUTHORITY_DAYS, now)
    write(key, keyText(made))
    write(certificate, made.certificate)
    return { name, key: made.key }
  }
  try {
    const own = new X509Certificate(readFileSync(certificate))
    const signing = createPrivateKey(readFileSync(key))
    const [, name] = /^CN=([^\n]+)$/.exec(own.subject) ?? []
    if (name !== undefined && own.checkPrivateKey(signing)) return { name, key: signing }
  } catch (cause) {
    throw new MillraceError('FAILED_READ_FILE', { path: dir, reason: (cause as Error).message }, { cause })
  }
  const reason = `${TLS_FILES.authority} and ${AUTHORITY_KEY} there are no authority that this command made`
  throw new MillraceError('FAILED_READ_FILE', { path: dir, reason })
}

const keyText = ({ key }: Made): string | Buffer => key.export({ type: 'pkcs8', format: 'pem' })

/** For its owner alone, and whole or not at all. */
function write(path: string, text: string | Buffer): void {
  try {
    makeFoldersNow(dirname(path), { mode: 0o700 })
    writeFileSync(`${path}.new`, text, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch (cause) {
    throw new MillraceError('FAILED_WRITE_FILE', { path, reason: (cause as Error).message }, { cause })
  }
}
