import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { runCli } from '../support/cli.js'

const folder = (t: ExecutionContext): string => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-certs-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'certs')
}
const verified = (dir: string, machine: string, purpose: string): string => {
  const args = ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', join(dir, 'ca.pem')]
  return execFileSync('openssl', [...args, join(dir, machine, 'cert.pem')], { encoding: 'utf8', stdio: 'pipe' })
}

test('an authority and a certificate for each machine are made, which OpenSSL takes for both sides of a connection', async (t) => {
  const dir = folder(t)
  const made = await runCli(['certs', '--dir', dir, '10.0.0.5', 'worker.example,10.0.0.6,fe80::1:0:2'])
  t.is(made.code, 0)
  t.regex(made.text, /10\.0\.0\.5: a certificate for 10\.0\.0\.5, good for 397 days\n/)
  for (const purpose of ['sslserver', 'sslclient'])
    for (const machine of ['10.0.0.5', 'worker.example']) t.regex(verified(dir, machine, purpose), /: OK\n$/)
  const worker = new X509Certificate(readFileSync(join(dir, 'worker.example', 'cert.pem')))
  t.is(worker.checkHost('worker.example'), 'worker.example')
  for (const address of ['10.0.0.6', 'fe80::1:0:2', '127.0.0.1', '::1'])
    t.is(worker.checkIP(address), address, `reached by ${address}`)
  t.is(worker.checkIP('10.0.0.5'), undefined)
  for (const path of ['ca.key', '10.0.0.5/key.pem']) t.is(statSync(join(dir, path)).mode & 0o777, 0o600, path)
})

test('the authority of the folder certifies further machines, and those that it has anew', async (t) => {
  const dir = folder(t)
  await runCli(['certs', '--dir', dir, 'a'])
  const authority = readFileSync(join(dir, 'ca.pem'), 'utf8')
  const first = readFileSync(join(dir, 'a', 'cert.pem'), 'utf8')
  t.is((await runCli(['certs', '--dir', dir, '--days', '2000', 'a', 'b'])).code, 0)
  t.is(readFileSync(join(dir, 'ca.pem'), 'utf8'), authority)
  t.not(readFileSync(join(dir, 'a', 'cert.pem'), 'utf8'), first)
  for (const machine of ['a', 'b']) t.regex(verified(dir, machine, 'sslserver'), /: OK\n$/)
  const [year] = /\d{4}/.exec(new X509Certificate(readFileSync(join(dir, 'a', 'cert.pem'))).validTo)!
  t.true(Number(year) >= new Date().getUTCFullYear() + 5)
})

test('hosts that are none and an authority of others are refused', async (t) => {
  const dir = folder(t)
  for (const host of ['..', 'a/b', 'a b', '', 'a,,b', '-a'])
    t.is((await runCli(['certs', '--dir', dir, '--', host])).code, 2, host)
  await runCli(['certs', '--dir', dir, 'a'])
  writeFileSync(join(dir, 'ca.key'), readFileSync(join(dir, 'a', 'key.pem')))
  const foreign = await runCli(['certs', '--dir', dir, 'b'])
  t.is(foreign.code, 1)
  t.regex(foreign.err, /^\[FAILED_READ_FILE\] [^\n]*no authority that this command made[^\n]*\n$/)
})
