const HOST_PORT = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i

/** Of `host:port`, or `[IPv6]:port`; undefined for what is neither. */
export function brokerAddress(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, ipv6, host = ipv6, digits] = HOST_PORT.exec(text) ?? []
  const port = Number(digits)
  return host !== undefined && port > 0 && port < 65_536 ? { host, port } : undefined
}
