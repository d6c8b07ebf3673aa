#!/usr/bin/env bash
# Stops what start-kafka.sh PORT started: in order, and after ten seconds the hard way. KILL=1 is the hard way at once.
set -euo pipefail
port=${1:?usage: stop-kafka.sh PORT}
file=${MILLRACE_KAFKA_HOME:-$HOME/.cache/millrace-kafka}/data-$port/pid
[ -f "$file" ] || exit 0
pid=$(cat "$file")
# After a restart of the machine the id may belong to another process.
if ps -p "$pid" -o args= 2>/dev/null | grep -q "data-$port/server.properties"; then
  [ "${KILL:-0}" = 1 ] || kill "$pid" 2>/dev/null || true
  [ "${KILL:-0}" = 1 ] || for _ in $(seq 1 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
fi
rm -f "$file"
