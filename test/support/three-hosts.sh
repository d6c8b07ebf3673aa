#!/usr/bin/env bash
# A cluster on three machines with addresses of their own, which are network namespaces: master, worker and program. To be run by
# `unshare --net --mount --pid --fork --mount-proc`, after which nothing of it is left. Arguments: the command line and the query; the folder in which it runs gets files.
set -euo pipefail
cli=$1
query=$2
mkdir -p /run/netns
mount -t tmpfs none /run/netns
ip link set lo up
ip link add hub type bridge
ip addr add 10.77.0.1/24 dev hub
ip link set hub up
for host in 2 3; do
  ip netns add "host$host"
  ip link add "to$host" type veth peer name eth0 netns "host$host"
  ip link set "to$host" master hub up
  ip netns exec "host$host" ip addr add "10.77.0.$host/24" dev eth0
  ip netns exec "host$host" ip link set eth0 up
done
node "$cli" master --host 10.77.0.1 --port 7077 --dir master > master.log 2>&1 &
ip netns exec host2 node "$cli" worker --master millrace://10.77.0.1:7077 --cores 1 --memory 1g > worker.log 2>&1 &
until grep -q joined worker.log || ! kill -0 $!; do sleep 0.1; done
node "$cli" status --master millrace://10.77.0.1:7077 --json
ip netns exec host3 node "$cli" --master millrace://10.77.0.1:7077 --config executor.memory=256m --format csv -c "$query"
