"""Files are read by other processes as they are read here, and what becomes of a process costs nothing."""

from __future__ import annotations

import asyncio
import fcntl
import io
import os
import signal
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF, RefusedSeed
from bot.seedfile.folder import NamedFile, read_seed_files
from bot.seedfile.processes.message import pack_request, pack_response
from bot.seedfile.processes.reader import PIPE_SIZE, serve
from bot.seedfile.processes.readers import Batch, read_batches
from tests.support.hostile_seeds import REFUSED
from tests.support.newsroom import seed_of
from tests.support.seed_files import NOW

SIZE = 5


@pytest.fixture
def files(tmp_path: Path) -> list[NamedFile]:
    """Sound ones, every kind of hostile one, a folder and one that isn't there."""
    paths = []
    for number, data in enumerate([seed_of("a"), *REFUSED.values(), seed_of("b"), seed_of("c")]):
        paths.append(tmp_path / f"{number:04}.txt")
        paths[-1].write_bytes(data)
    (tmp_path / "folder.txt").mkdir()
    return [(str(path), f"seeds/{path.name}") for path in (*paths, tmp_path / "folder.txt", tmp_path / "gone.txt")]


async def _read(files: list[NamedFile], *, readers: int | None) -> list[Batch]:
    return [batch async for batch in read_batches(files, INSTANCE_SHELF, now=NOW, size=SIZE, readers=readers)]


def _children() -> set[int]:
    """The processes of this one's."""
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


@pytest.mark.parametrize("readers", [0, 1, 3])
async def test_batches_come_in_the_order_of_the_files_and_hold_what_these_are(
    files: list[NamedFile], readers: int
) -> None:
    """Whichever reader reads them."""
    batches = await _read(files, readers=readers)

    expected = read_seed_files(files, INSTANCE_SHELF, NOW)
    assert batches == [expected[start : start + SIZE] for start in range(0, len(files), SIZE)]


async def test_no_files_are_no_batches() -> None:
    """And no wait for an answer that nobody gives."""
    assert await _read([], readers=2) == []


async def test_processes_that_are_killed_cost_no_file(files: list[NamedFile]) -> None:
    """By an administrator or for want of memory: the rest is read without them."""
    before, batches = _children(), []
    async with aclosing(read_batches(files, INSTANCE_SHELF, now=NOW, size=SIZE, readers=2)) as reading:
        async for batch in reading:
            batches += batch
            for pid in _children() - before:
                os.kill(pid, signal.SIGKILL)

    assert batches == read_seed_files(files, INSTANCE_SHELF, NOW)


async def test_no_process_stays_when_nobody_wants_the_rest(files: list[NamedFile]) -> None:
    """A bot that stops during an import leaves nothing behind."""
    before = _children()
    async with aclosing(read_batches(files, INSTANCE_SHELF, now=NOW, size=SIZE, readers=2)) as reading:
        await anext(reading)
        started = _children() - before

    assert started
    assert not started & _children()


async def test_process_ends_when_whoever_started_it_is_gone() -> None:
    """Its input ends then."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _STARTS_ONE_AND_DIES), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    output, _ = await process.communicate()  # ends when the last one that could write to it has ended

    assert int(output) > 0


_STARTS_ONE_AND_DIES = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "bot.seedfile.processes.reader"], stdin=subprocess.PIPE)
os.write(1, str(child.pid).encode())
os.kill(os.getpid(), 9)
"""


def test_process_ends_quietly_when_nobody_takes_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of a bot that was killed doesn't end with a traceback of its reader."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # with it, nothing is left to be flushed at the end
    ours, its = os.pipe()
    os.close(ours)
    try:
        request = pack_request([("gone.txt", "gone.txt")], INSTANCE_SHELF, NOW)
        command = [sys.executable, "-m", "bot.seedfile.processes.reader"]
        done = subprocess.run(command, input=request, stdout=its, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(its)

    assert (done.returncode, done.stderr) == (0, b"")


def test_program_answers_until_its_input_ends(files: list[NamedFile]) -> None:
    """One answer a question."""
    asked, answered = io.BytesIO(pack_request(files[:1], INSTANCE_SHELF, NOW) * 2), io.BytesIO()

    serve(asked, answered)

    assert answered.getvalue() == pack_response(read_seed_files(files[:1], INSTANCE_SHELF, NOW)) * 2


def test_answers_that_nobody_took_yet_keep_no_process_from_reading_on(files: list[NamedFile]) -> None:
    """The one that stores looks up only now and then."""
    ours, its = os.pipe()
    try:
        command = [sys.executable, "-m", "bot.seedfile.processes.reader"]
        subprocess.run(command, input=pack_request(files[:1], INSTANCE_SHELF, NOW), stdout=its, check=True)
        size = fcntl.fcntl(ours, fcntl.F_GETPIPE_SZ)
    finally:
        os.close(ours)
        os.close(its)

    assert size == PIPE_SIZE


async def test_problem_names_the_file_as_it_was_asked_for(files: list[NamedFile]) -> None:
    """Not by its path on the disk of the process."""
    last = (await _read(files, readers=1))[-1][-1]

    assert isinstance(last, RefusedSeed)
    assert last.path == "seeds/gone.txt"
