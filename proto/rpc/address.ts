import { isIPv6 } from 'node:net'

/** As users write it: IPv6 addresses stand in brackets. */
export const hostPort = (host: string, port: number | string): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`

const FORM = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:/[\]]+)):(\d{1,5})$/
const MAX_PORT = 65_535

/** Undefined for what is no `host:port`. */
export function parsedHostPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, ipv6, name, port] = FORM.exec(text) ?? []
  const host = ipv6 === undefined ? name : isIPv6(ipv6) ? ipv6 : undefined
  return host === undefined || Number(port) > MAX_PORT ? undefined : { host, port: Number(port) }
}
