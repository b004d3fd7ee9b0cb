"""The words of a text as bytes: small, and hundreds of texts are read in one go.

A number is one byte below 128 with its highest seven bits, then the next seven bits in each further byte, all of these
128 or above: a text's bytes show where each number begins, so a phrase can be looked for in the bytes as they are. News
takes 1.6 bytes a word, where fixed numbers take three. First stands the number of words in the title.
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


@lru_cache(maxsize=65_536)  # an archive says the same words again and again
def encode_number(number: int) -> bytes:
    """A number from 0 on."""
    parts = [number & _LOW]
    while number := number >> _BITS:
        parts.append(number & _LOW)
    return bytes([parts[-1], *(part | _MORE for part in reversed(parts[:-1]))])


def encode_words(words: Iterable[int]) -> bytes:
    """Word ids as they stand in a text."""
    return b"".join(map(encode_number, words))


def encode_texts(words: NDArray[np.int64], starts: NDArray[np.int64], title_lengths: NDArray[np.int64]) -> list[bytes]:
    """Texts as they are kept; what `decode_texts` reads out of them.

    Args:
        words: The word ids of all texts one after the other.
        starts: Where each text begins, and where the last ends.
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
    for place in range(1, int(sizes.max(initial=1))):
        longer = np.flatnonzero(sizes > place)
        joined[ends[longer] - 1 - place] = numbers[longer] >> _BITS * place & _LOW
    is_first = np.zeros(len(joined), dtype=bool)
    is_first[ends - sizes] = True
    joined[~is_first] |= _MORE
    data = joined.tobytes()
    bounds = np.concatenate(([0], ends))[starts + np.arange(len(starts))].tolist()
    return [data[start:end] for start, end in pairwise(bounds)]


def decode_texts(texts: Sequence[bytes]) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """The word ids of all texts one after the other, where each text begins and where the last ends, title lengths."""
    return decode_joined(b"".join(texts), np.array([*map(len, texts)], dtype=np.int64))


def decode_joined(
    texts: bytes, lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """As `decode_texts`, of texts that are one string of bytes, each of them so many bytes long."""
    joined = np.frombuffer(texts, np.uint8)
    firsts = np.flatnonzero(joined < _MORE)
    numbers = _numbers(joined, firsts)
    starts = np.searchsorted(firsts, np.concatenate(([0], np.cumsum(lengths))))
    is_word = np.ones(len(numbers), dtype=bool)
    is_word[starts[:-1]] = False
    return numbers[is_word], starts - np.arange(len(starts)), numbers[starts[:-1]]


def says(text: bytes, phrase: bytes) -> bool:
    """True where the words of a phrase stand next to each other in a text."""
    at = _after_first(text)
    while (at := text.find(phrase, at)) >= 0:
        end = at + len(phrase)
        # Where the next byte goes on with the last number, that is another, larger one.
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
    """The number that begins at each of these bytes."""
    numbers = joined[firsts].astype(np.int32)
    sizes = np.empty(len(firsts), dtype=np.int64)
    sizes[:-1] = firsts[1:] - firsts[:-1]
    sizes[-1:] = len(joined) - firsts[-1:]
    # Most numbers have two bytes: these are read together, the few longer ones on their own.
    second = joined[np.minimum(firsts + 1, len(joined) - 1)] & _LOW
    numbers = np.where(sizes > 1, numbers << _BITS | second, numbers)
    place, unfinished = 2, np.flatnonzero(sizes > 2)  # noqa: PLR2004 - bytes
    while len(unfinished):
        numbers[unfinished] = numbers[unfinished] << _BITS | (joined[firsts[unfinished] + place] & _LOW)
        place += 1
        unfinished = unfinished[sizes[unfinished] > place]
    return numbers
