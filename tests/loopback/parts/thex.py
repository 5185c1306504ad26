"""The hash tree, from its description alone."""

import base64
import hashlib

CHUNK = 16384


def leaf_row(data):
    parts = [data[at:at + CHUNK] for at in range(0, len(data), CHUNK)] or [b""]
    return [hashlib.sha256(b"\0" + part).digest() for part in parts]


def root(leaves):
    row = list(leaves)
    while len(row) > 1:
        row = [hashlib.sha256(b"\1" + row[i] + row[i + 1]).digest() if i + 1 < len(row) else row[i]
               for i in range(0, len(row), 2)]
    return row[0]


def base32(digest):
    return base64.b32encode(digest).decode().rstrip("=")


def urn(data):
    """`urn:tree:sha256:…` of a whole file."""
    return "urn:tree:sha256:" + base32(root(leaf_row(data)))
