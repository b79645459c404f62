"""Pages that differ in one place: everything around it is compressed once, and each answer is put together from parts.

A gzip member is a row of deflate blocks, a checksum and a length. A block may be stored as it is, so what changes goes
between the compressed blocks of what does not, and the checksum is continued over it (RFC 1951, RFC 1952).
"""

import struct
import zlib
from dataclasses import dataclass

_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255))  # deflate, no time, best compression, no operating system
_LONGEST_STORED = 0xFFFF


@dataclass(frozen=True, slots=True)
class Stitched:
    """The two parts of a page around its hole, plain and compressed."""

    head: bytes
    tail: bytes
    _zipped_head: bytes
    _zipped_tail: bytes
    _head_checksum: int

    @classmethod
    def around(cls, head: bytes, tail: bytes) -> "Stitched":
        deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        # A full flush ends on a whole byte and forgets what came before, so that anything may stand between.
        zipped_head = _HEADER + deflate.compress(head) + deflate.flush(zlib.Z_FULL_FLUSH)
        zipped_tail = deflate.compress(tail) + deflate.flush(zlib.Z_FINISH)
        return cls(head, tail, zipped_head, zipped_tail, zlib.crc32(head))

    def plain(self, middle: bytes) -> bytes:
        return self.head + middle + self.tail

    def gzip(self, middle: bytes) -> bytes:
        """The same page as one gzip member; nothing is compressed here."""
        size = len(middle)
        if size > _LONGEST_STORED:
            raise ValueError("a stored block holds 65535 bytes")
        stored = struct.pack("<BHH", 0, size, size ^ 0xFFFF)
        checksum = zlib.crc32(self.tail, zlib.crc32(middle, self._head_checksum))
        length = (len(self.head) + size + len(self.tail)) & 0xFFFFFFFF
        return b"".join((
            self._zipped_head, stored, middle, self._zipped_tail, struct.pack("<II", checksum, length)
        ))  # fmt: skip
