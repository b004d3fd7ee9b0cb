"""A process that reads seed files for another one, batch by batch: its program.

Asked is for a list of files and a shelf; answered is with the seeds and problems in the same order (`message`). The
process ends when its input does, so it can't outlive whoever started it.
"""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import sys
from contextlib import suppress
from typing import BinaryIO, Final

from bot.seedfile.folder import read_seed_files
from bot.seedfile.message import LENGTH, pack_answer, unpack_request

ROOM: Final = 1024 * 1024
"""Bytes of answers that may wait in the pipe, as many as Linux gives anybody: with the usual 64 KiB this process would
stand still in the middle of each answer until the other one, which has a store to write, looks up."""


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answer every message until there are no more."""
    while length := asked.read(LENGTH):
        files, shelf = unpack_request(asked.read(int.from_bytes(length, "little")))
        answered.write(pack_answer(read_seed_files(files, shelf)))
        answered.flush()


if __name__ == "__main__":
    # Ctrl-C reaches both processes; the one that started this one says what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What is read holds no circles: looking for them takes a twentieth of the time, and finds none.
    gc.set_threshold(100_000)
    with suppress(AttributeError, OSError):  # not Linux, or an administrator gives less
        fcntl.fcntl(sys.stdout, fcntl.F_SETPIPE_SZ, ROOM)
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(0)  # nobody is left to answer, nor to flush for
