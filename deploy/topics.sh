#!/usr/bin/env bash
# Creates the job's topics. Usage: deploy/topics.sh HOST:PORT [PARTITIONS] [REPLICAS] [FAST-TOPIC]; needs kafka-topics.sh on the path.
# Images of one stream key stay in one partition, so partitions bound how many learner tasks can work at once.
set -euo pipefail
if (($# < 1)) || [[ $1 == -* ]]; then
  sed -n '2,3s/^# //p' "$0"
  exit 2
fi
brokers=$1 partitions=${2:-8} replicas=${3:-3}
largest=16842752 # bytes of the largest message: a 16 MiB image and its header
create() {
  kafka-topics.sh --bootstrap-server "$brokers" --create --if-not-exists --topic "$1" \
    --partitions "$2" --replication-factor "$replicas" --config max.message.bytes="$largest" "${@:3}"
}
create images "$partitions"
# by the broker's clock, so that it does not matter whether the job's is right
append=message.timestamp.type=LogAppendTime
create predictions "$partitions" --config $append
create components-created "$partitions" --config $append --config retention.ms=-1
create dead-letters 1 --config $append --config retention.ms=2592000000
create events 1 --config $append --config retention.ms=2592000000
if (($# > 3)); then # kafka.fast-topic: of use only at once
  create "$4" "$partitions" --config $append --config retention.ms=3600000
fi
