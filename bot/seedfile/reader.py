"""A process that reads seed files for another one, batch by batch: its program, and what both say to each other.

A message is its length, eight bytes with the lowest first, and a pickle. Asked is for a list of files and a shelf;
answered is with a list of seeds and problems in the same order. Pickles are safe here: the one end starts the other
and nobody else has the pipe. The process ends when its input does, so it can't outlive whoever started it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Sequence
from typing import BinaryIO, Final

from bot.news.article import Seed, SeedProblem, ShelfId
from bot.seedfile.folder import NamedFile, read_seed_files

LENGTH: Final = 8
"""Bytes in front of a message."""


def packed(message: object) -> bytes:
    """A message as it stands in the pipe."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(LENGTH, "little") + data


def unpack_answer(data: bytes) -> list[Seed | SeedProblem]:
    """The answer that a message without its length holds."""
    answer: list[Seed | SeedProblem] = pickle.loads(data)  # noqa: S301 - from a process of our own
    return answer


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answer every message until there are no more."""
    while length := asked.read(LENGTH):
        files, shelf = _unpack_request(asked.read(int.from_bytes(length, "little")))
        answered.write(packed(read_seed_files(files, shelf)))
        answered.flush()


def _unpack_request(data: bytes) -> tuple[Sequence[NamedFile], ShelfId]:
    request: tuple[Sequence[NamedFile], ShelfId] = pickle.loads(data)  # noqa: S301 - from a process of our own
    return request


if __name__ == "__main__":
    # Ctrl-C reaches both processes; the one that started this one says what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(0)  # nobody is left to answer, nor to flush for
