"""Worker process that reads one upload: with little memory, for a short time, and without the bot's own threads.

The request is on its input (`message`). What it reads goes to a file, batch by batch; its output is empty if it read
everything, otherwise why the upload is rejected. Whatever a hostile file does to it, only this process ends.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from bot.errors import ArchiveError, BadInputError
from bot.seedfile.paths import read_upload
from bot.seedfile.processes.message import LENGTH, Upload, pack_results, unpack_upload

MOST_MEMORY: Final = 128 * 1024 * 1024
"""Bytes of address space; the program itself takes 27 MB, the largest seed that is read some 20 MB."""

MOST_RESULTS: Final = 256 * 1024 * 1024
"""Bytes that it may write: four times the largest upload."""

MOST_CPU_S: Final = 90
"""Seconds of processor time: its parent ends it earlier, unless that was killed."""

BATCH: Final = 20
"""Files per message: at most 5 MB of them."""

_NICE: Final = 10


def restrict() -> None:
    """Limit what this process may take of the machine."""
    os.nice(_NICE)
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, MOST_RESULTS),
        (resource.RLIMIT_CPU, MOST_CPU_S),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def read(upload: Upload) -> None:
    """Read an upload into its file of results.

    Raises:
        BadInputError, ArchiveError: As `read_upload`.
    """
    results = read_upload(Path(upload.path), name=upload.name, shelf=upload.shelf, now=upload.now)
    with open(upload.results, "wb") as spool:  # noqa: PTH123 - made by the parent
        while batch := list(islice(results, BATCH)):
            spool.write(pack_results(batch))


def serve(request: BinaryIO) -> dict[str, str]:
    """Read the upload of a request; return why it is rejected, empty if it isn't."""
    length = int.from_bytes(request.read(LENGTH), "little")
    try:
        read(unpack_upload(request.read(length)))
    except (ArchiveError, BadInputError) as error:
        return {"message": error.message, "cure": error.cure}
    except MemoryError:
        return {"message": "The file takes too much memory to be read.", "cure": "Split it into several files."}
    except OSError as error:
        return {"message": f"The file can't be read here: {error.strerror}.", "cure": "Ask the bot's operator."}
    return {}


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both processes; the parent decides what happens
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit is an OSError
    restrict()
    sys.stdout.buffer.write(json.dumps(serve(sys.stdin.buffer)).encode())
