"""Frames and unframes messages: Avro single-object encoding, with nothing but Python's own library."""
import json
import pathlib

MARKER = b"\xc3\x01"
EMPTY = 0xC15D213AA4D7A795  # the CRC-64-AVRO fingerprint of no bytes at all


def canonical(schema, namespace=""):
    """A schema as Avro's parsing canonical form: what decides how bytes are read, in one fixed order, without blanks."""
    if isinstance(schema, str):
        return json.dumps(schema)
    if isinstance(schema, list):
        return "[" + ",".join(canonical(branch, namespace) for branch in schema) + "]"
    if schema["type"] == "array":
        return '{"type":"array","items":' + canonical(schema["items"], namespace) + "}"
    if schema["type"] not in ("record", "enum"):
        return json.dumps(schema["type"])  # a primitive type, with its logical type left out
    namespace = schema.get("namespace", namespace)
    start = '{"name":"%s.%s","type":"%s",' % (namespace, schema["name"], schema["type"])
    if schema["type"] == "enum":
        return start + '"symbols":' + json.dumps(schema["symbols"], separators=(",", ":")) + "}"
    fields = ('{"name":"%s","type":%s}' % (f["name"], canonical(f["type"], namespace)) for f in schema["fields"])
    return start + '"fields":[' + ",".join(fields) + "]}"


def fingerprint(schema):
    """CRC-64-AVRO of the canonical form: 8 bytes, little endian."""
    value = EMPTY
    for byte in canonical(schema).encode():
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (EMPTY if value & 1 else 0)
    return value.to_bytes(8, "little")


def frame(mark, body):
    """The message of a record: mark is its schema's fingerprint, body its Avro binary encoding."""
    return MARKER + mark + body


def unframe(message):
    """The fingerprint of the schema that a message was written with, and its body."""
    if message[:2] != MARKER or len(message) < 10:
        raise ValueError("not Avro single-object encoding: " + message[:10].hex())
    return message[2:10], message[10:]


def schemas(folder):
    """Every schema below a folder by its fingerprint; of schemas with equal fingerprints any one will do."""
    found = [json.loads(path.read_text()) for path in sorted(pathlib.Path(folder).rglob("*.avsc"))]
    return {fingerprint(schema): schema for schema in found}
