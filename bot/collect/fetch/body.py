"""Read a response's body within a limit, compressed or not: a small answer must not fill the memory."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Final

ACCEPTED: Final = "gzip, deflate"

_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS


class BodyError(Exception):
    """A body is too large, or compressed in a way that can't be read."""


async def read_body(chunks: AsyncIterator[bytes], encoding: str, *, limit: int) -> bytes:
    """Read a body.

    Args:
        chunks: As they arrive.
        encoding: The response's Content-Encoding, in lower case.
        limit: Bytes, before and after decompression.

    Raises:
        BodyError: It is larger than `limit`, damaged, or its encoding is unknown.
    """
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise BodyError(f"unsupported compression: {encoding[:20]}")
    arrived = 0
    decoder = _Decoder(limit) if encoding not in {"", "identity"} else None
    parts: list[bytes] = []
    async for chunk in chunks:
        arrived += len(chunk)
        if arrived > limit:
            raise _too_large(limit)
        parts.append(chunk if decoder is None else decoder.feed(chunk))
    return b"".join(parts)


def _too_large(limit: int) -> BodyError:
    return BodyError(f"larger than {limit // 1024**2} MiB")


class _Decoder:
    """Decompresses gzip, zlib and raw deflate, and stops at the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._is_first = True

    def feed(self, chunk: bytes) -> bytes:
        """Decompress a chunk.

        Raises:
            BodyError: The limit is exceeded, or the data is damaged.
        """
        try:
            decoded = self._stream.decompress(chunk, self._left + 1)
        except zlib.error:
            if not self._is_first:
                raise BodyError("damaged compression") from None
            self._stream = zlib.decompressobj(_RAW)  # what some servers send as deflate
            try:
                decoded = self._stream.decompress(chunk, self._left + 1)
            except zlib.error:
                raise BodyError("damaged compression") from None
        self._is_first = False
        self._left -= len(decoded)
        if self._left < 0:
            raise _too_large(self._limit)
        return decoded
