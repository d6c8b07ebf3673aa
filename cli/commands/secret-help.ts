/** What the help of commands tells that need the secret of a cluster. */
export const SECRET_HELP = `
The secret is what MILLRACE_SECRET says, or a file that MILLRACE_SECRET_FILE or --secret-file names; all parts of a cluster have the same. To make one:

  (umask 077; openssl rand -hex 32 > secret)

Connections are encrypted when MILLRACE_TLS_DIR or --tls-dir names a folder of certificates, as millrace certs makes them; all parts of a cluster have one.
`
