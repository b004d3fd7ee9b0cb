"""Zips that mean harm, made by code: bombs, lies, links, folders, encryption. Each must be refused as a whole."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

from bot.seedfile.archive import MOST_ENTRIES
from bot.seedfile.front import LARGEST_SEED
from tests.support.seed_files import make_seed_file, make_zip

_SEED: Final = make_seed_file()
_SYMLINK: Final = 0o120777 << 16
_PIPE: Final = 0o010644 << 16


def _entry(name: str, *, mode: int = 0, data: bytes = _SEED, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of one entry with a header that `ZipFile.writestr` never writes."""
    out = io.BytesIO()
    info = zipfile.ZipInfo("placeholder"[: len(name)].ljust(len(name), "_"))
    info.external_attr = mode
    info.compress_type = method
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, data)
    return out.getvalue().replace(info.filename.encode(), name.encode())


def _bomb() -> bytes:
    """200 MiB in about 199 KiB."""
    return make_zip({f"{i}.txt": b"\0" * LARGEST_SEED for i in range(800)})


def _overlapping() -> bytes:
    """Many entries that all unpack the same few bytes of the archive."""
    data = make_zip({"0.txt": _SEED.ljust(LARGEST_SEED, b"x")})
    at = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    directory = data[at:end] * 1_500
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1_500, 1_500, len(directory), at, 0)
    return data[:at] + directory + tail


def _flagged(flag: int) -> bytes:
    """A sound zip with a bit set in the flags of both of its headers."""
    data = bytearray(make_zip({"a.txt": _SEED}))
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    data[local + 6] |= flag
    data[central + 8] |= flag
    return bytes(data)


def _with_size(size: int) -> bytes:
    """A zip of one entry that says it is `size` bytes large."""
    data = bytearray(make_zip({"a.txt": _SEED}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<L", size)
    return bytes(data)


REFUSED: Final[Mapping[str, Callable[[], bytes]]] = {
    "a bomb": _bomb,
    "a bomb of one file": lambda: make_zip({"a.txt": b"\0" * (4 * LARGEST_SEED)}),
    "entries that share their bytes": _overlapping,
    "60,000 entries": lambda: make_zip({f"{i}.txt": b"" for i in range(60_000)}, compression=zipfile.ZIP_STORED),
    "one entry too many": lambda: make_zip({f"{i}.txt": b"" for i in range(MOST_ENTRIES + 1)}),
    "a symbolic link": lambda: _entry("a.txt", mode=_SYMLINK, data=b"/etc/passwd"),
    "a pipe": lambda: _entry("a.txt", mode=_PIPE),
    "a way out": lambda: make_zip({"../../a.txt": _SEED}),
    "a way out for Windows": lambda: _entry("..\\a.txt"),
    "a path from the root": lambda: make_zip({"/etc/cron.d/a.txt": _SEED}),
    "an encrypted entry": lambda: _flagged(0x1),
    "a strongly encrypted entry": lambda: _flagged(0x40),
    "a patched entry": lambda: _flagged(0x20),
    "LZMA, whose dictionary may be 4 GiB": lambda: make_zip({"a.txt": _SEED}, compression=zipfile.ZIP_LZMA),
    "bzip2": lambda: make_zip({"a.txt": _SEED}, compression=zipfile.ZIP_BZIP2),
    "a size that is too small": lambda: _with_size(1),
    "a cut zip": lambda: make_zip({"a.txt": _SEED})[:-30],
    "a zip with damaged content": lambda: make_zip({"a.txt": _SEED}, compression=zipfile.ZIP_STORED).replace(
        b"Lawmakers", b"Lawbreaks"
    ),
    "a seed called a zip": lambda: _SEED,
    "nothing": lambda: b"",
    "only an end": lambda: b"PK\x05\x06" + b"\xff" * 18,
    "RAR": lambda: b"Rar!\x1a\x07\x01\x00" + b"\0" * 100,
}
