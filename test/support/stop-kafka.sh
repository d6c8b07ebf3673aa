#!/usr/bin/env bash
# Stops what start-kafka.sh PORT started, or only its broker BROKER=i. KILL=1 does it with SIGKILL.
set -uo pipefail
data=${MILLRACE_KAFKA_HOME:-$HOME/.cache/millrace-kafka}/test-${1:?usage: stop-kafka.sh PORT}
pids=
for file in "$data"/pid-${BROKER:-*}; do
  [ -f "$file" ] || continue
  pids+=" $(cat "$file")"
  rm -f "$file"
done
[ -n "$pids" ] || exit 0
# All at once: a broker waits with its end for the controllers, which are in the same processes.
# shellcheck disable=SC2086
if [ "${KILL:-0}" = 1 ]; then kill -9 $pids 2> /dev/null; else kill $pids 2> /dev/null; fi
for _ in $(seq 1 100); do
  left=
  for pid in $pids; do if kill -0 "$pid" 2> /dev/null; then left+=" $pid"; fi; done
  [ -n "$left" ] || exit 0
  sleep 0.1
done
# shellcheck disable=SC2086
kill -9 $left 2> /dev/null
exit 0
