import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files in PEM: a certificate, its key, and both in one. */
export interface Identity {
  readonly certificate: string
  readonly key: string
  readonly both: string
}

const openssl = (directory: string, ...args: readonly string[]): void =>
  void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' })

const identityAt = (directory: string, name: string): Identity => ({
  certificate: join(directory, `${name}.crt`),
  key: join(directory, `${name}.key`),
  both: join(directory, `${name}.pem`),
})

const NEW_KEY = ['-newkey', 'rsa:2048', '-nodes']

/** An authority of our own. */
export function newAuthority(directory: string, name: string): Identity {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`]
  openssl(directory, 'req', '-x509', ...NEW_KEY, ...files, '-days', '2', '-subj', `/CN=${name}`)
  return identityAt(directory, name)
}

/** What an authority certifies for a name or address. */
export function certified(
  directory: string,
  authority: Identity,
  name: string,
  subject: string,
  { expired = false } = {},
): Identity {
  const made = identityAt(directory, name)
  openssl(directory, 'req', ...NEW_KEY, '-keyout', made.key, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
  writeFileSync(join(directory, `${name}.ext`), `subjectAltName=${subject}\n`)
  const by = ['-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial']
  const files = ['-in', `${name}.csr`, '-out', made.certificate, '-extfile', `${name}.ext`]
  openssl(directory, 'x509', '-req', ...files, ...by, '-days', expired ? '-1' : '2')
  writeFileSync(made.both, Buffer.concat([readFileSync(made.key), readFileSync(made.certificate)]))
  return made
}

/** The same as a PKCS12 file with a password. */
export function asPkcs12(directory: string, { certificate, key }: Identity, password: string): string {
  const out = join(directory, 'store.p12')
  openssl(
    directory,
    'pkcs12',
    '-export',
    '-in',
    certificate,
    '-inkey',
    key,
    '-out',
    out,
    '-passout',
    `pass:${password}`,
  )
  return out
}
