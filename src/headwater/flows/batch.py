"""Stored batches: records that were read together, on their way through the steps in pieces."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

# A batch lives for moments, so the quickest level is the right one.
COMPRESSION_LEVEL = 1
MAX_RECORD_BYTES = 5 * 1024 * 1024

# What became of a source record; in a batch the greatest wins (J6).
OK, IGNORED, FAILED = 0, 1, 2

_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """What all pieces of a batch share. Of a retry also, by record index, the keys and attempts so far."""

    id: int
    generator: int
    first_page: int
    keys: Sequence[str] = ()
    attempts: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """Records with their places in the batch that was read."""

    indexes: Sequence[int]
    values: Sequence[Any]

    def __len__(self) -> int:
        """How many."""
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Piece:
    """Records of a batch that stand in front of one step. `lane` tells apart the copies that routers made."""

    id: int
    batch: StoredBatch
    position: int
    lane: str
    records: Records | None
    """None until they are read from the database after a restart."""


def record_key(piece: Piece, prefix: str, index: int) -> str:
    """The key of a record, the same at every step: its first one, when this is a retry."""
    return piece.batch.keys[index] if piece.batch.keys else f"{prefix}-{index}"


def pack(records: Records) -> bytes:
    """Records as the database keeps them."""
    return compress(encode(records))


def encode(records: Records) -> bytes:
    """Records as bytes, not yet compressed: their length says how large they are."""
    indexes = records.indexes
    is_plain = isinstance(indexes, range) and indexes == range(len(records.values))
    return _encode([None if is_plain else list(indexes), records.values])


def compress(raw: bytes) -> bytes:
    """The second half of `pack`."""
    return zlib.compress(raw, COMPRESSION_LEVEL)


def unpack(data: bytes) -> Records:
    """Records as `pack` made them."""
    indexes, values = _decode(zlib.decompress(data))
    return Records(range(len(values)) if indexes is None else indexes, values)


def size_of(record: Any) -> int:
    """The bytes of a record as JSON."""
    return len(_encode(record))
