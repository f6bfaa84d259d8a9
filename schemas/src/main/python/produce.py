"""Draws labelled images and publishes them. Usage: produce.py HOST:PORT IMAGE-RECORD.AVSC COUNT"""
import datetime
import io
import json
import pathlib
import random
import sys

import avro.io
import avro.schema
import confluent_kafka

import wire

SIDE = 28  # the job learns images of one size: its option image, 28x28x1 by default


def draw(number):
    """A bright bar on dark noise, lying or standing: one byte per pixel, row by row."""
    noise = random.Random(number)
    label, place = ("lying", "standing")[number % 2], noise.randrange(4, SIDE - 4)

    def is_bar(row, column):
        return abs((row if label == "lying" else column) - place) < 3

    pixels = [(200 if is_bar(i // SIDE, i % SIDE) else 20) + noise.randrange(40) for i in range(SIDE * SIDE)]
    return bytes(pixels), label


def main(brokers, schema_file, count):
    text = pathlib.Path(schema_file).read_text()
    mark = wire.fingerprint(json.loads(text))
    writer = avro.io.DatumWriter(avro.schema.parse(text))
    producer = confluent_kafka.Producer({
        "bootstrap.servers": brokers,
        "enable.idempotence": True,  # no image twice, none out of order
        "partitioner": "murmur2_random",  # a key goes to the partition to which Java's client would send it
    })
    failures = []
    for number in range(int(count)):
        pixels, label = draw(number)
        body = io.BytesIO()
        writer.write({
            "streamKey": "camera-1",
            "imageId": "image-%06d" % number,
            "eventTime": datetime.datetime.now(datetime.timezone.utc),
            "height": SIDE, "width": SIDE, "channels": 1,
            "encoding": "RAW",  # or PICTURE, with the bytes of a file below, and 0 for its height, width and channels
            "bytes": pixels,
            "label": label,  # or None where it is not known
        }, avro.io.BinaryEncoder(body))
        producer.produce(
            "images", key="camera-1", value=wire.frame(mark, body.getvalue()),
            on_delivery=lambda error, message: error and failures.append(error))
        producer.poll(0)
    producer.flush()
    if failures:
        sys.exit("%d images were not sent: %s" % (len(failures), failures[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
