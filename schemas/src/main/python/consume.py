"""Prints results as JSON lines, the first COUNT of them. Usage: consume.py HOST:PORT FOLDER-OF-SCHEMAS COUNT"""
import io
import json
import sys

import avro.io
import avro.schema
import confluent_kafka

import wire

TOPICS = ["predictions", "components-created", "dead-letters", "events"]


def plain(value):
    """Bytes and times, which JSON does not have, as text."""
    return value.hex() if isinstance(value, bytes) else value.isoformat()


def main(brokers, folder, count):
    # messages of earlier releases stay readable: their schemas lie in the folder, too
    readers = {
        mark: (schema["name"], avro.io.DatumReader(avro.schema.parse(json.dumps(schema))))
        for mark, schema in wire.schemas(folder).items()
    }
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": brokers,
        "group.id": "example",
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",  # else results of work that was undone are read, too
    })
    consumer.subscribe(TOPICS)
    left = int(count)
    while left:
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error():
            sys.exit(str(message.error()))
        mark, body = wire.unframe(message.value())
        if mark not in readers:
            sys.exit("a schema is missing: the folder must hold those of the job's release or of a later one")
        name, reader = readers[mark]
        record = reader.read(avro.io.BinaryDecoder(io.BytesIO(body)))
        print(json.dumps({"type": name, **record}, default=plain), flush=True)
        left -= 1
    consumer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
