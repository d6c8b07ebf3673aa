#!/usr/bin/env bash
# Stops what start-postgres.sh PORT started, and removes its data.
set -uo pipefail
home=${TMPDIR:-/tmp}/millrace-postgres-${1:?usage: stop-postgres.sh PORT}
if [ -f "$home/data/postmaster.pid" ]; then
  pid=$(head -1 "$home/data/postmaster.pid")
  kill -INT "$pid" 2> /dev/null
  for _ in $(seq 1 100); do
    kill -0 "$pid" 2> /dev/null || break
    sleep 0.1
  done
fi
rm -rf "$home"
exit 0
