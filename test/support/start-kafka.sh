#!/usr/bin/env bash
# Starts Apache Kafka 4.1 (one process, KRaft) on loopback for tests and benchmarks, waits until it answers, prints host:port.
#   start-kafka.sh PORT    the broker takes PORT, its controller the next one; stop-kafka.sh PORT ends it
# The first call fetches the jars from Maven Central (needs Java 17 and Maven). Jars and data live in MILLRACE_KAFKA_HOME
# (~/.cache/millrace-kafka). FRESH=1 forgets earlier data; HEAP sets the size of Java's heap (512m).
set -euo pipefail
port=${1:?usage: start-kafka.sh PORT}
version=4.1.0
home=${MILLRACE_KAFKA_HOME:-$HOME/.cache/millrace-kafka}
jars=$home/jars-$version
data=$home/data-$port
wait_seconds=60

fetch_jars() {
  mkdir -p "$home"
  # Into a folder aside, renamed when whole: a download that was cut off is not taken for the real thing.
  local aside
  aside=$(mktemp -d "$home/fetch.XXXXXX")
  dependency() { printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>' "$@"; }
  {
    printf '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    printf '<groupId>millrace</groupId><artifactId>test-kafka</artifactId><version>1</version><dependencies>'
    dependency org.apache.kafka kafka_2.13 "$version"
    dependency org.apache.kafka kafka-tools "$version"
    dependency org.slf4j slf4j-nop 1.7.36
    printf '</dependencies></project>\n'
  } >"$aside/pom.xml"
  mvn -q -f "$aside/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$aside/jars" >&2
  mv "$aside/jars" "$jars"
  rm -rf "$aside"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

if answers "$port"; then
  echo "port $port is in use" >&2
  exit 1
fi
[ -d "$jars" ] || fetch_jars
[ "${FRESH:-0}" = 1 ] && rm -rf "$data"
mkdir -p "$data"
settings=$data/server.properties
cat >"$settings" <<EOF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=$data/log
num.partitions=4
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
EOF
if [ ! -f "$data/log/meta.properties" ]; then
  id=$(java -Xmx128m -cp "$jars/*" kafka.tools.StorageTool random-uuid)
  java -Xmx128m -cp "$jars/*" kafka.tools.StorageTool format -t "$id" -c "$settings" >"$data/format.log" 2>&1
fi
setsid nohup java -Xmx"${HEAP:-512m}" -cp "$jars/*" kafka.Kafka "$settings" >"$data/broker.log" 2>&1 </dev/null &
pid=$!
echo "$pid" >"$data/pid"
for _ in $(seq 1 $((wait_seconds * 4))); do
  if answers "$port"; then
    echo "127.0.0.1:$port"
    exit 0
  fi
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.25
done
kill "$pid" 2>/dev/null || true
rm -f "$data/pid"
echo "Kafka did not start on port $port; its log ends with:" >&2
tail -20 "$data/broker.log" >&2
exit 1
