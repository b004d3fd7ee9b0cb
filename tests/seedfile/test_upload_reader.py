"""The process that reads an upload says in a sentence why it can't."""

from __future__ import annotations

import io
from pathlib import Path

from typing_extensions import override

from bot.news.article import INSTANCE_SHELF
from bot.seedfile.processes.message import LENGTH, Upload, pack_upload
from bot.seedfile.processes.upload_reader import serve
from tests.support.seed_files import NOW, make_seed_file


class _NoMemory(io.BytesIO):
    """Input of a process whose memory ends while it reads."""

    @override
    def read(self, size: int | None = -1) -> bytes:
        if size != LENGTH:
            raise MemoryError
        return super().read(size)


def answer(folder: Path, *, results: str) -> dict[str, str]:
    """What is said of an upload of one seed."""
    (folder / "a.txt").write_bytes(make_seed_file())
    request = pack_upload(
        Upload(path=str(folder / "a.txt"), results=results, name="a.txt", shelf=INSTANCE_SHELF, now=NOW)
    )
    return serve(io.BytesIO(request))


def test_upload_that_is_read_is_rejected_for_nothing(tmp_path: Path) -> None:
    """Its results are in the file."""
    assert answer(tmp_path, results=str(tmp_path / "results")) == {}
    assert (tmp_path / "results").stat().st_size > 0


def test_disk_that_takes_no_results_is_named(tmp_path: Path) -> None:
    """With the system's own reason."""
    said = answer(tmp_path, results=str(tmp_path / "missing" / "results"))
    assert said["message"] == "The file can't be read here: No such file or directory."


def test_memory_that_ends_is_said() -> None:
    """The process has a limit of its own."""
    said = serve(_NoMemory((5).to_bytes(LENGTH, "little") + b"12345"))
    assert said["message"] == "The file takes too much memory to be read."
