"""Variable-length code for the words of a text: small, and hundreds of texts are decoded at once.

A number is one byte below 128 with its highest seven bits, then the next seven bits in each further byte, all of these
128 or above: the bytes show where each number begins, so a phrase can be searched in the encoded bytes. News takes 1.6
bytes per word, fixed-width numbers three. The first number is the number of words in the title.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

_BITS: Final = 7
_MORE: Final = 1 << _BITS
_LOW: Final = _MORE - 1


@lru_cache(maxsize=65_536)  # the same words occur again and again
def encode_number(number: int) -> bytes:
    """Encode a number from 0 on."""
    parts = [number & _LOW]
    while number := number >> _BITS:
        parts.append(number & _LOW)
    return bytes([parts[-1], *(part | _MORE for part in reversed(parts[:-1]))])


def encode_words(words: Iterable[int]) -> bytes:
    """Encode word ids as they appear in an encoded text."""
    return b"".join(map(encode_number, words))


def encode_texts(words: NDArray[np.int64], starts: NDArray[np.int64], title_lengths: NDArray[np.int64]) -> list[bytes]:
    """Encode texts; the inverse of `decode_texts`.

    Args:
        words: The word ids of all texts one after the other.
        starts: The index where each text begins, and where the last ends.
        title_lengths: The number of words in each title.
    """
    numbers = np.insert(words, starts[:-1], title_lengths)
    sizes = np.ones(len(numbers), np.int64)
    left = numbers >> _BITS
    while left.any():
        sizes += left > 0
        left >>= _BITS
    ends = np.cumsum(sizes)
    joined = np.empty(ends[-1] if len(ends) else 0, np.uint8)
    joined[ends - 1] = numbers & _LOW
    for byte in range(1, int(sizes.max(initial=1))):
        longer = np.flatnonzero(sizes > byte)
        joined[ends[longer] - 1 - byte] = numbers[longer] >> _BITS * byte & _LOW
    is_first = np.zeros(len(joined), dtype=bool)
    is_first[ends - sizes] = True
    joined[~is_first] |= _MORE
    data = joined.tobytes()
    bounds = np.concatenate(([0], ends))[starts + np.arange(len(starts))].tolist()
    return [data[start:end] for start, end in pairwise(bounds)]


def decode_texts(texts: Sequence[bytes]) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Decode texts: all word ids one after the other, where each text begins and the last ends, title lengths."""
    return decode_joined(b"".join(texts), np.array([*map(len, texts)], dtype=np.int64))


def decode_joined(
    texts: bytes, lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Decode texts as `decode_texts` does, from one string of bytes and the length of each text in bytes."""
    joined = np.frombuffer(texts, np.uint8)
    firsts = np.flatnonzero(joined < _MORE)
    numbers = _numbers(joined, firsts)
    starts = np.searchsorted(firsts, np.concatenate(([0], np.cumsum(lengths))))
    is_word = np.ones(len(numbers), dtype=bool)
    is_word[starts[:-1]] = False
    return numbers[is_word], starts - np.arange(len(starts)), numbers[starts[:-1]]


def says(text: bytes, phrase: bytes) -> bool:
    """Return True if the words of an encoded phrase are next to each other in an encoded text."""
    at = _after_first(text)
    while (at := text.find(phrase, at)) >= 0:
        end = at + len(phrase)
        # If the next byte continues the last number, it is another, larger number.
        if end == len(text) or text[end] < _MORE:
            return True
        at += 1
    return False


def _after_first(text: bytes) -> int:
    at = 1
    while at < len(text) and text[at] >= _MORE:
        at += 1
    return at


def _numbers(joined: NDArray[np.uint8], firsts: NDArray[np.intp]) -> NDArray[np.int32]:
    """Decode the number that begins at each of these bytes."""
    numbers = joined[firsts].astype(np.int32)
    sizes = np.empty(len(firsts), dtype=np.int64)
    sizes[:-1] = firsts[1:] - firsts[:-1]
    sizes[-1:] = len(joined) - firsts[-1:]
    # Most numbers have two bytes: these are read together, the few longer ones on their own.
    second = joined[np.minimum(firsts + 1, len(joined) - 1)] & _LOW
    numbers = np.where(sizes > 1, numbers << _BITS | second, numbers)
    byte, unfinished = 2, np.flatnonzero(sizes > 2)  # noqa: PLR2004 - bytes
    while len(unfinished):
        numbers[unfinished] = numbers[unfinished] << _BITS | (joined[firsts[unfinished] + byte] & _LOW)
        byte += 1
        unfinished = unfinished[sizes[unfinished] > byte]
    return numbers
