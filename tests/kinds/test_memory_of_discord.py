"""Nothing of Discord's is kept without an event or a time that ends it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.news.delivery import DeliveryKey, EditionKey, ScheduleId
from bot.news.message.messenger import Posted
from tests.support.clocks import ManualClock
from tests.support.postoffice import Office, open_office, posted_draft

CHAT: Final = Path(__file__).parents[2] / "bot" / "chat"

ENDS: Final = {
    "account/identifies.py _unstored": "not Discord's: counts, until the database can be written",
    "account/membership.py _next": "the lookup begins",
    "account/membership.py _running": "the lookup ends",
    "account/servers.py _names": "the next look at the list of servers, every ten minutes",
    "account/servers.py _reading": "Discord has answered",
    "posting/messenger.py _forums": "each post fetches the forum, which is dropped if it isn't one",
    "account/notices.py _kept_here": "not Discord's: causes by day, to report each once a day",
    "account/notices.py _put_off": "not Discord's: notices, for ten minutes",
    "account/notices.py _waiting": "not Discord's: notices, until they are delivered or a day old",
    "admission.py _waiting": "not Discord's: commands that wait for their turn",
    "commands/schedule.py _lists": "not Discord's: locks, while a list is drawn",
    "door.py _DECLARED": "not Discord's: the handlers, which are those of the program",
    "http/replays.py _seen_s": "twenty seconds",
    "http/server.py _refused": "not Discord's: counts, one for each reason",
    "once.py _done": "not Discord's: what members pressed; the oldest are dropped",
    "quota.py _begun": "not Discord's: commands of the last minute",
    "quota.py _running": "not Discord's: commands that run",
    "wire/breaker.py _invalid": "ten minutes",
    "wire/limiter.py _passed": "a second",
    "wire/limiter.py _routes": "the wait that Discord named",
}
"""What ends each thing that `bot/chat` keeps between two calls. Besides, discord.py's own state lives from READY on by
the events of the intent "guilds", the gateway's address until its connection ends, the commands' hash for a day."""

_CONTAINERS: Final = ("dict", "set", "list", "deque", "OrderedDict", "WeakValueDictionary", "defaultdict", "Counter")


def kept(path: Path) -> Iterator[str]:
    """Find the containers that a module or its objects keep; a constant is written out whole, and doesn't count."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (
                f"{node.name} (cached)"
                for decorator in node.decorator_list
                if ast.unparse(decorator).partition("(")[0].rpartition(".")[2]
                in {"cache", "lru_cache", "cached_property"}
            )
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        target: ast.expr = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        is_own = isinstance(target, ast.Attribute) or (isinstance(target, ast.Name) and target.col_offset == 0)
        if is_own and _is_filled_later(node.value):
            yield ast.unparse(target).removeprefix("self.")


def _is_filled_later(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).partition("[")[0] in _CONTAINERS
    return isinstance(value, ast.Dict | ast.List | ast.Set) and not ast.unparse(value).strip("{}[]")


def test_everything_that_is_kept_of_discord_has_an_end() -> None:
    """A new cache is entered in the table with what ends it."""
    found = {
        f"{path.relative_to(CHAT).as_posix()} {name}" for path in sorted(CHAT.rglob("*.py")) for name in kept(path)
    }

    assert found == set(ENDS)


@pytest.mark.parametrize(
    "code",
    [
        "class A:\n    def __init__(self):\n        self._tags = {}",
        "class A:\n    def __init__(self):\n        self._tags: dict[int, str] = dict()",
        "_tags = []",
        "@functools.lru_cache(maxsize=10)\ndef tags(forum): ...",
    ],
)
def test_rule_finds_each_way_to_keep_something(tmp_path: Path, code: str) -> None:
    """So that it can fail."""
    (tmp_path / "cache.py").write_text(code, "utf-8")

    assert len(list(kept(tmp_path / "cache.py"))) == 1


async def test_forum_that_begins_to_require_tags_gets_them_with_the_next_post(
    tmp_path: Path, clock: ManualClock
) -> None:
    """No restart is needed, and no post fails."""
    async with open_office(tmp_path, clock, limits=False) as office:
        forum = office.guild.add_channel("forum", kind="forum")
        tag = forum.add_tag("News")
        before = await _post(office, forum.id, 1)
        forum.require_tag()

        after = await _post(office, forum.id, 2)

        assert (isinstance(before, Posted), isinstance(after, Posted)) == (True, True)
        assert sorted(thread.applied_tags for thread in forum.threads) == [(), (tag.id,)]


async def _post(office: Office, forum_id: int, part: int) -> object:
    key = DeliveryKey(channel_id=forum_id, schedule_id=ScheduleId(1), edition=EditionKey("2021-06-03"), part=part)
    draft = posted_draft(key)
    return await office.messenger.post(forum_id, draft, nonce=draft.key, title="An edition")
