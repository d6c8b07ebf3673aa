#!/usr/bin/env bash
# Stops what start-kafka.sh PORT started. KILL=1 does it with SIGKILL.
set -uo pipefail
pid_file=${MILLRACE_KAFKA_HOME:-$HOME/.cache/millrace-kafka}/test-${1:?usage: stop-kafka.sh PORT}/pid
[ -f "$pid_file" ] || exit 0
pid=$(cat "$pid_file")
rm -f "$pid_file"
if [ "${KILL:-0}" = 1 ]; then kill -9 "$pid" 2> /dev/null; else kill "$pid" 2> /dev/null; fi
for _ in $(seq 1 100); do
  kill -0 "$pid" 2> /dev/null || exit 0
  sleep 0.1
done
kill -9 "$pid" 2> /dev/null
exit 0
