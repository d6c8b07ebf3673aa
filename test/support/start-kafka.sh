#!/usr/bin/env bash
# Starts a real Apache Kafka (KRaft, one process: broker and controller) on loopback and prints its bootstrap address.
#   start-kafka.sh PORT    listens on PORT; the controller takes PORT + 1
# Needs Java 17 and, for the first download (54 MB), Maven. Jars and data live below MILLRACE_KAFKA_HOME (~/.cache/millrace-kafka).
# FRESH=1 begins with empty data; HEAP sets the size of the Java heap.
set -euo pipefail
port=${1:?usage: start-kafka.sh PORT}
version=4.1.0
home=${MILLRACE_KAFKA_HOME:-$HOME/.cache/millrace-kafka}
jars=$home/jars-$version
data=$home/test-$port

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

settings() {
  cat <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
log.dirs=$data/log
num.partitions=4
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
PROPERTIES
}

answers() { (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; }

mkdir -p "$home"
[ -d "$jars" ] || download
if [ "${FRESH:-0}" = 1 ]; then rm -rf "$data"; fi
mkdir -p "$data"
settings > "$data/server.properties"
if [ ! -f "$data/log/meta.properties" ]; then
  java -Xmx128m -cp "$jars/*" kafka.tools.StorageTool format -t bWlsbHJhY2UtdGVzdHMtMQ -c "$data/server.properties" > "$data/format.log" 2>&1
fi
setsid nohup java -Xmx"${HEAP:-512m}" -cp "$jars/*" kafka.Kafka "$data/server.properties" > "$data/broker.log" 2>&1 < /dev/null &
echo $! > "$data/pid"
for _ in $(seq 1 240); do
  if answers; then
    echo "127.0.0.1:$port"
    exit 0
  fi
  sleep 0.25
done
echo "Kafka did not start within a minute; the end of its log:" >&2
tail -20 "$data/broker.log" >&2
exit 1
