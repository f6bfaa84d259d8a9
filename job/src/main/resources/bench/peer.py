"""The peer of `bench speed`: the same component in idiomatic PyTorch, eager, one thread.

Usage: peer.py FOLDER. FOLDER holds setup.json, written by the bench, and little-endian float32 files. Lines of standard
input are commands, each answered with one line: `loss` (loss of the batch; its gradient goes to gradient.bin in the
order of the flat vector), `update N` (seconds of N optimizer updates), `predict N` (seconds of N predicted batches).
"""
import json
import pathlib
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional


class Affine(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(width))
        self.shift = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return x * self.scale + self.shift


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs)
        self.affine = Affine(outputs)

    def forward(self, x):
        return functional.leaky_relu(self.affine(self.linear(x)), 0.2)


class Vit(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.s = s
        q, h = s["embedding"], s["heads"]
        self.tokens = (s["height"] // s["patch"]) * (s["width"] // s["patch"])
        self.embed = Block(s["patch"] ** 2 * s["channels"], q)
        self.attention = nn.Linear(q, 3 * h * q)
        widths = [h * self.tokens * q] + s["mlp"]
        self.mlp = nn.Sequential(*[Block(a, b) for a, b in zip(widths, widths[1:])])

    def forward(self, images):
        s, q, h = self.s, self.s["embedding"], self.s["heads"]
        b, p = images.shape[0], s["patch"]
        x = images.reshape(b, s["height"] // p, p, s["width"] // p, p, s["channels"])
        x = self.embed(x.permute(0, 1, 3, 2, 4, 5).reshape(b, self.tokens, -1))
        queries, keys, values = [
            part.reshape(b, self.tokens, h, q).transpose(1, 2) for part in self.attention(x).chunk(3, dim=2)
        ]
        weights = torch.softmax(queries @ keys.transpose(2, 3) / q ** 0.5, dim=3)
        return self.mlp((weights @ values).reshape(b, -1))


class DenseVae(nn.Module):
    def __init__(self, s):
        super().__init__()
        hidden, d = s["vaeHidden"], s["latent"]
        pixels = s["height"] * s["width"] * s["channels"]
        widths = [pixels] + hidden
        self.encoder = nn.ModuleList([nn.Linear(a, b) for a, b in zip(widths, widths[1:])])
        self.mean, self.deviation = nn.Linear(hidden[-1], d), nn.Linear(hidden[-1], d)
        widths = [d] + hidden[::-1]
        self.decoder = nn.ModuleList([nn.Linear(a, b) for a, b in zip(widths, widths[1:])])
        self.pixels = nn.Linear(widths[-1], pixels)

    def encode(self, images):
        x = images.flatten(1)
        for layer in self.encoder:
            x = torch.tanh(layer(x))
        return self.mean(x), torch.exp(self.deviation(x))

    def decode(self, x):
        for i, layer in enumerate(self.decoder):
            x = torch.tanh(layer(x)) if i == 0 and len(self.decoder) > 1 else torch.relu(layer(x))
        return self.pixels(x)


class ConvolutionalVae(nn.Module):
    def __init__(self, s):
        super().__init__()
        channels, d, hidden = s["vaeChannels"], s["latent"], s["vaeHidden"][0]
        sizes = [(s["height"], s["width"])]
        for _ in channels:
            sizes.append(tuple((side + 1) // 2 for side in sizes[-1]))
        self.innermost = (channels[-1], *sizes[-1])
        inner = channels[-1] * sizes[-1][0] * sizes[-1][1]
        widths = [s["channels"]] + channels
        self.encoder = nn.ModuleList([nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths, widths[1:])])
        self.hidden = nn.Linear(inner, hidden)
        self.mean, self.deviation = nn.Linear(hidden, d), nn.Linear(hidden, d)
        self.spread = nn.Linear(d, inner)
        widths = [channels[-1]] + [channels[min(len(channels) - 1, len(channels) - i)] for i in range(len(channels))]
        self.decoder = nn.ModuleList([nn.ConvTranspose2d(a, b, 3, 2, 1) for a, b in zip(widths, widths[1:])])
        self.sizes = sizes[::-1][1:]
        self.pixels = nn.Conv2d(widths[-1], s["channels"], 3, 1, 1)

    def encode(self, images):
        x = images.permute(0, 3, 1, 2)
        for layer in self.encoder:
            x = functional.leaky_relu(layer(x), 0.2)
        x = functional.leaky_relu(self.hidden(x.flatten(1)), 0.2)
        return self.mean(x), functional.softplus(self.deviation(x))

    def decode(self, codes):
        x = self.spread(codes).reshape(-1, *self.innermost)
        for layer, size in zip(self.decoder, self.sizes):
            x = torch.relu(layer(x, output_size=size))
        return torch.sigmoid(self.pixels(x)).permute(0, 2, 3, 1).flatten(1)


class Component(nn.Module):
    def __init__(self, s, frozen, classes):
        super().__init__()
        self.s = s
        self.vit = Vit(s)
        self.vae = ConvolutionalVae(s) if s["vaeChannels"] else DenseVae(s)
        self.gates = nn.Parameter(torch.zeros(frozen + 1)) if frozen else None
        self.head = nn.Linear(s["mlp"][-1], classes)

    def logits(self, images, frozen):
        own = self.vit(images)
        if frozen:
            with torch.no_grad():
                known = [component.vit(images) for component in frozen]
            fused = torch.stack(known + [own], dim=1) * torch.softmax(self.gates, 0).reshape(-1, 1)
            own = fused.sum(dim=1)
        return self.head(own)

    def density(self, images, codes):
        return (images.flatten(1) - self.vae.decode(codes)).square().sum(dim=1)

    def loss(self, images, labels, noise, frozen):
        mean, deviation = self.vae.encode(images)
        errors = self.density(images, mean + deviation * noise)
        return functional.cross_entropy(self.logits(images, frozen), labels) + (
            errors + self.s["klWeight"] * divergence(mean, deviation)
        ).mean()

    def parts(self):
        """Our names, parameters, and the order of their axes in our memory."""
        def layer(name, layer):
            order = (0, 2, 3, 1)
            if isinstance(layer, nn.Linear):
                order = (0, 1) if layer.in_features > layer.out_features else (1, 0)
            return [(name + ".weight", layer.weight, order), (name + ".bias", layer.bias, (0,))]

        def block(name, block):
            return layer(name, block.linear) + [
                (name + ".scale", block.affine.scale, (0,)), (name + ".shift", block.affine.shift, (0,))]

        parts = block("vit.embed", self.vit.embed) + layer("vit.attention", self.vit.attention)
        for i, part in enumerate(self.vit.mlp):
            parts += block(f"vit.mlp{i}", part)
        vae = self.vae
        for i, part in enumerate(vae.encoder):
            parts += layer(f"vae.encode{i}", part)
        for name in ("hidden", "mean", "deviation", "spread"):
            if hasattr(vae, name):
                parts += layer("vae." + name, getattr(vae, name))
        for i, part in enumerate(vae.decoder):
            parts += layer(f"vae.decode{i}", part)
        parts += layer("vae.pixels", vae.pixels)
        if self.gates is not None:
            parts.append(("fusion.logits", self.gates, (0,)))
        return parts + [("head.weight", self.head.weight, (0, 1)), ("head.bias", self.head.bias, (0,))]

    def load(self, flat):
        at = 0
        with torch.no_grad():
            for _, parameter, order in self.parts():
                values = flat[at:at + parameter.numel()].reshape([parameter.shape[axis] for axis in order])
                at += parameter.numel()
                parameter.copy_(values.permute([order.index(axis) for axis in range(len(order))]))
        assert at == flat.numel(), (at, flat.numel())

    def gradient(self):
        return torch.cat([p.grad.permute(order).flatten() for _, p, order in self.parts()])


def divergence(mean, deviation):
    return ((mean.square() + deviation.square() - 1) * 0.5 - deviation.log()).sum(dim=1)


def gigaflops():
    side, times, best = 1024, 10, float("inf")
    a = torch.ones(side, side)
    for _ in range(times):
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return 2e-9 * side ** 3 / best


def main():
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[1])
    s = json.loads((folder / "setup.json").read_text())

    def read(name, *shape):
        return numpy.fromfile(folder / name, dtype="<f4").reshape(*shape)

    images = read("images.bin", s["batch"], s["height"], s["width"], s["channels"])
    noise = read("noise.bin", s["batch"], s["latent"])
    labels = torch.tensor(s["labels"])
    frozen = []
    for j in range(s["frozen"]):
        component = Component(s, j, s["classes"])
        component.load(torch.from_numpy(read(f"frozen-{j}.bin", -1)))
        frozen.append(component.requires_grad_(False))
    active = Component(s, s["frozen"], s["classes"])
    active.load(torch.from_numpy(read("active.bin", -1)))
    optimizer = torch.optim.Adam(active.parameters(), lr=s["rate"], betas=(s["beta1"], s["beta2"]))

    def loss():
        return active.loss(torch.from_numpy(images), labels, torch.from_numpy(noise), frozen)

    def update():
        optimizer.zero_grad(set_to_none=True)
        loss().backward()
        optimizer.step()

    def predict():
        with torch.no_grad():
            batch = torch.from_numpy(images)
            for component in frozen + [active]:
                mean, deviation = component.vae.encode(batch)
                component.density(batch, mean)
                divergence(mean, deviation)
            torch.softmax(active.logits(batch, frozen), dim=1)

    print(json.dumps({"torch": torch.__version__, "gigaflops": gigaflops()}), flush=True)
    for line in sys.stdin:
        command, *count = line.split()
        if command == "loss":
            value = loss()
            value.backward()
            active.gradient().numpy().astype("<f4").tofile(folder / "gradient.bin")
            optimizer.zero_grad(set_to_none=True)
            print(value.item(), flush=True)
        else:
            start = time.perf_counter()
            for _ in range(int(count[0])):
                update() if command == "update" else predict()
            print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
