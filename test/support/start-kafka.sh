#!/usr/bin/env bash
# Starts a real Apache Kafka (KRaft, each process broker and controller) on loopback and prints its bootstrap addresses.
#   start-kafka.sh PORT [BROKERS]    one broker, or a cluster of several with everything replicated: broker i listens on
#                                    PORT + 2 (i - 1), its controller on the port after
# Needs Java 17 and, for the first download (54 MB), Maven. Jars and data live below MILLRACE_KAFKA_HOME (~/.cache/millrace-kafka).
# FRESH=1 begins with empty data; HEAP sets the size of each Java heap; BROKER=i starts only that one (again); PROPERTIES names
# a file with further settings; FORMAT has further arguments for formatting the storage; JVM has options of the brokers' virtual machines.
set -euo pipefail
port=${1:?usage: start-kafka.sh PORT [BROKERS]}
brokers=${2:-1}
version=4.1.0
home=${MILLRACE_KAFKA_HOME:-$HOME/.cache/millrace-kafka}
jars=$home/jars-$version
data=$home/test-$port
# What runs for seconds does best with its first compiler and the smallest collector alone.
SHORT_LIVED='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'

download() {
  local project
  project=$(mktemp -d)
  cat > "$project/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
POM
  mvn -q -f "$project/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$jars.part" >&2
  mv "$jars.part" "$jars"
  rm -rf "$project"
}

port_of() { echo $((port + 2 * ($1 - 1))); }

settings() {
  local own voters=
  own=$(port_of "$1")
  for i in $(seq 1 "$brokers"); do voters+=,$i@127.0.0.1:$(($(port_of "$i") + 1)); done
  cat <<PROPERTIES
process.roles=broker,controller
node.id=$1
controller.quorum.voters=${voters#,}
listeners=PLAINTEXT://127.0.0.1:$own,CONTROLLER://127.0.0.1:$((own + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$own
controller.listener.names=CONTROLLER
log.dirs=$data/log-$1
log.retention.ms=-1
num.partitions=4
default.replication.factor=$brokers
offsets.topic.num.partitions=4
offsets.topic.replication.factor=$brokers
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=$brokers
transaction.state.log.min.isr=1
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
PROPERTIES
  if [ -n "${PROPERTIES:-}" ]; then cat "$PROPERTIES"; fi
}

answers() { (exec 3<> "/dev/tcp/127.0.0.1/$(port_of "$1")") 2> /dev/null; }

start() {
  settings "$1" > "$data/server-$1.properties"
  if [ ! -f "$data/log-$1/meta.properties" ]; then
    # shellcheck disable=SC2086
    java $SHORT_LIVED -Xmx128m -cp "$jars/*" kafka.tools.StorageTool format -t bWlsbHJhY2UtdGVzdHMtMQ ${FORMAT:-} -c "$data/server-$1.properties" > "$data/format-$1.log" 2>&1
  fi
  # shellcheck disable=SC2086
  setsid nohup java ${JVM:-} -Xmx"${HEAP:-512m}" -cp "$jars/*" kafka.Kafka "$data/server-$1.properties" > "$data/broker-$1.log" 2>&1 < /dev/null &
  echo $! > "$data/pid-$1"
}

mkdir -p "$home"
[ -d "$jars" ] || download
if [ "${FRESH:-0}" = 1 ]; then rm -rf "$data"; fi
mkdir -p "$data"
which=${BROKER:-$(seq 1 "$brokers")}
for i in $which; do start "$i"; done
addresses=
for i in $(seq 1 "$brokers"); do addresses+=,127.0.0.1:$(port_of "$i"); done
for _ in $(seq 1 480); do
  missing=
  for i in $which; do answers "$i" || missing=$i; done
  if [ -z "$missing" ]; then
    echo "${addresses#,}"
    exit 0
  fi
  sleep 0.25
done
echo "Kafka did not start within two minutes; the end of the log of broker $missing:" >&2
tail -20 "$data/broker-$missing.log" >&2
exit 1
