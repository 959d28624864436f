"""Photos as cameras write them, and what only looks like one."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image


def jpeg(width: int = 320, height: int = 240, *, exif: bool = False, kind: str = "JPEG") -> bytes:
    """A picture as a camera writes it; with `exif`, turned and with a place in it."""
    image = Image.new("RGB", (width, height), (200, 120, 40))
    out, extra = BytesIO(), {}
    if exif:
        tags = Image.Exif()
        tags[0x0112] = 6  # to be turned
        tags[0x010F] = "Secret Camera"
        extra["exif"] = tags.tobytes()
        extra["comment"] = b"Secret comment"
    image.save(out, kind, **extra)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )
