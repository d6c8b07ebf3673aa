#!/usr/bin/env bash
# Starts a PostgreSQL of its own on loopback, with TLS, and prints the connection string of its superuser.
#   start-postgres.sh PORT
# Needs Debian's package postgresql (or its programs in PATH) and openssl. The server refuses to run as root: then it runs as the user postgres.
# It begins with empty data each time; stop-postgres.sh PORT stops it and removes them.
set -euo pipefail
port=${1:?usage: start-postgres.sh PORT}
here=$(dirname "$0")
home=${TMPDIR:-/tmp}/millrace-postgres-$port
bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -1 || true)
export PATH=${bin:+$bin:}$PATH
bash "$here/stop-postgres.sh" "$port"

mkdir -p "$home"
# Whoever is served by this name may be trusted by its certificate; the address is not in it.
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$home/server.key" -out "$home/server.crt" 2> "$home/openssl.log"
chmod 600 "$home/server.key"
echo secret > "$home/password"
as_server() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  chown -R postgres "$home"
  as_server() { setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$home" "$@"; }
fi
cd "$home"
as_server initdb -D "$home/data" -U millrace --encoding=UTF8 --locale=C.UTF-8 --auth=scram-sha-256 --pwfile="$home/password" > "$home/initdb.log"
cat >> "$home/data/postgresql.conf" << CONF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = '$home'
ssl = on
ssl_cert_file = '$home/server.crt'
ssl_key_file = '$home/server.key'
fsync = off
CONF
as_server pg_ctl -D "$home/data" -l "$home/server.log" -w start > "$home/start.log" || {
  tail -20 "$home/server.log" >&2
  exit 1
}
echo "postgresql://millrace:secret@127.0.0.1:$port/postgres"
