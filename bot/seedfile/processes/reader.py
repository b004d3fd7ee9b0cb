"""Worker process that reads seed files for its parent, batch by batch.

A request is a list of files and a shelf; the response is what was read of them in the same order (`message`). The
worker exits at the end of its input, so it can't outlive its parent.
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
from bot.seedfile.processes.message import LENGTH, pack_response, unpack_request

PIPE_SIZE: Final = 1024 * 1024
"""Bytes of responses that the pipe can buffer, the maximum for an unprivileged process on Linux: with the default of
64 KiB the worker would block in every response until the parent, which also writes to the store, reads it."""


def serve(requests: BinaryIO, responses: BinaryIO) -> None:
    """Respond to every request until the end of the input."""
    while length := requests.read(LENGTH):
        files, shelf, now = unpack_request(requests.read(int.from_bytes(length, "little")))
        responses.write(pack_response(read_seed_files(files, shelf, now)))
        responses.flush()


if __name__ == "__main__":
    # Ctrl-C reaches both processes; the parent decides what happens.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Seeds contain no reference cycles: searching for them costs a twentieth of the time and finds none.
    gc.set_threshold(100_000)
    with suppress(AttributeError, OSError):  # not Linux, or an administrator set a lower limit
        fcntl.fcntl(sys.stdout, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        # The parent is gone; without this, the flush at exit would fail as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
