"""What one would write without this project: a Kafka consumer that answers and learns batch by batch with PyTorch.

Usage: consumer.py FOLDER. FOLDER holds setup.json, written by the bench. Reads the topic of images from its beginning
and writes predictions until its input closes. It has no router, keeps no state and delivers at least once.
"""
import io
import json
import pathlib
import random
import select
import sys

import avro.io
import avro.schema
import confluent_kafka
import numpy
import torch

import peer

POLL = 1.0  # seconds; others have their turns between, and a signal waits for its end


class Consumer:
    def __init__(self, setup):
        self.s = setup
        self.frozen, self.memory, self.seen = [], [], 0
        self.labels, self.owed = {}, 0
        self.start()

    def start(self):
        """A new component; those before it are frozen."""
        s = self.s
        self.active = peer.Component(s, len(self.frozen), s["classes"])
        self.optimizer = torch.optim.Adam(
            self.active.parameters(), lr=s["rate"], betas=(s["beta1"], s["beta2"]))
        self.memory, self.seen = [], 0

    def predict(self, images):
        with torch.no_grad():
            scores = []
            for component in self.frozen + [self.active]:
                mean, deviation = component.vae.encode(images)
                scores.append(component.density(images, mean) + peer.divergence(mean, deviation))
            chosen = torch.stack(scores).argmin(dim=0)
            answers = torch.softmax(self.active.logits(images, self.frozen), dim=1).argmax(dim=1)
            return list(zip(chosen.tolist(), answers.tolist()))

    def learn(self, images, labels):
        s = self.s
        for image, label in zip(images, labels):
            self.seen += 1
            if len(self.memory) < s["capacity"]:
                self.memory.append((image, label))
            elif random.random() < s["capacity"] / self.seen:
                self.memory[random.randrange(s["capacity"])] = (image, label)
        self.owed = min(s["queue"], self.owed + s["updates"])  # a memory that is too small only puts them off
        while self.owed and len(self.memory) >= s["batch"]:
            self.owed -= 1
            drawn = random.sample(self.memory, s["batch"])
            batch = torch.stack([image for image, _ in drawn])
            noise = torch.randn(s["batch"], s["latent"])
            self.optimizer.zero_grad(set_to_none=True)
            self.active.loss(batch, torch.tensor([label for _, label in drawn]), noise, self.frozen).backward()
            self.optimizer.step()
        if 0 < s["maxImages"] <= self.seen:
            self.frozen.append(self.active.requires_grad_(False))
            self.start()

    def label(self, name):
        return self.labels.setdefault(name, len(self.labels))


def is_alone():
    """Nothing is ever written to the input: it can be read from once it is closed."""
    return bool(select.select([sys.stdin], [], [], 0)[0])


def main():
    torch.set_num_threads(1)
    s = json.loads((pathlib.Path(sys.argv[1]) / "setup.json").read_text())
    schema = avro.schema.parse(s["schema"])
    reader = avro.io.DatumReader(schema)
    kafka = confluent_kafka.Consumer({
        "bootstrap.servers": s["bootstrapServers"], "group.id": s["predictions"], "auto.offset.reset": "earliest"})
    kafka.subscribe([s["images"]])
    producer = confluent_kafka.Producer({"bootstrap.servers": s["bootstrapServers"], "linger.ms": 20})
    learner = Consumer(s)
    batch = []
    while not is_alone():
        for message in kafka.consume(s["streamBatch"] - len(batch), POLL):
            if message.error():
                raise RuntimeError(message.error())
            # marker and fingerprint take ten bytes
            batch.append(reader.read(avro.io.BinaryDecoder(io.BytesIO(message.value()[10:]))))
        if len(batch) < s["streamBatch"]:
            continue
        pixels = numpy.stack([numpy.frombuffer(record["bytes"], dtype=numpy.uint8) for record in batch])
        images = torch.from_numpy(pixels.astype("float32") / 255).reshape(
            len(batch), s["height"], s["width"], s["channels"])
        for record, (component, label) in zip(batch, learner.predict(images)):
            producer.produce(s["predictions"], key=record["streamKey"], value=json.dumps(
                {"imageId": record["imageId"], "component": component, "label": label}))
        learner.learn(images, [learner.label(record["label"]) for record in batch])
        kafka.commit(asynchronous=True)
        producer.poll(0)
        batch = []


if __name__ == "__main__":
    main()
