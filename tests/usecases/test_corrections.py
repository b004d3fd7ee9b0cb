"""Posted messages and their articles over a real store: whatever happens, a message is corrected, and seldom."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typing_extensions import override

from bot.news.article import INSTANCE_SHELF, article_id
from bot.news.choosing.correction import BETWEEN_EDITS, MOST_EDITS, CorrectionState
from bot.news.delivery import DeliveryKey, EditionKey
from bot.news.message.draft import Draft
from bot.news.message.messenger import Messenger, Outcome, Posted, ReadBack, Refused, Unclear
from bot.news.schedules.posting import USUAL, Posting
from bot.news.schedules.schedule import ScheduleState
from bot.render.format.terminal import to_text
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.delivery.corrections import Corrector
from bot.usecases.digest import Corrections, plan_edition
from tests.support.candidates import MIDWEEK, NOW, lone_words
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.ledger import set_state
from tests.support.makers import make_schedule, make_seed
from tests.support.postoffice import NoticeBoard

STEMS: Final = ("ant", "bee", "cow")
SCHEDULE: Final = make_schedule(count=3)
KEY: Final = EditionKey(NOW.date().isoformat())
MESSAGE: Final = 500
REFUSALS: Final = {
    "forbidden": Refused(cause="no_permission", detail="403"),
    "limited": Refused(cause="rate_limited", can_retry=True, retry_after_s=90.0),
    "failed": Refused(cause="unreachable", detail="502", can_retry=True),
    "failed after all": Refused(cause="unreachable", detail="502", can_retry=True),
    "formless": Refused(cause="invalid_form", detail="50035"),
    "deleted": Refused(cause="message_gone", detail="10008"),
    "no channel": Refused(cause="channel_gone", detail="10003"),
}
ARRIVES: Final = frozenset({"fine", "lost", "killed after", "failed after all"})
PASSING: Final = (
    *("fine", "fine", "lost", "cut", "killed before", "killed after"),
    *("forbidden", "limited", "failed", "failed after all"),
)
"""Troubles that end."""


class OneMessage(Messenger):
    """A message that can be edited, as long as Discord is in the mood for it.

    Attributes:
        mood: What becomes of the next edit.
        shown: What it showed from when on.
        edits: The number of requests.
    """

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.mood = "fine"
        self.shown: list[tuple[datetime, Draft]] = []
        self.edits = 0

    @override
    async def edit(self, channel_id: int, message_id: int, draft: Draft, *, fence_s: float = 20.0) -> Outcome:
        assert (channel_id, message_id) == (SCHEDULE.channel_id, MESSAGE)
        self.edits += 1
        mood, self.mood = self.mood, "fine"
        if mood in ARRIVES and (not self.shown or self.shown[-1][1] != draft):
            self.shown.append((self._clock.now(), draft))
        if mood in REFUSALS:
            return REFUSALS[mood]
        if mood.startswith("killed"):
            raise asyncio.CancelledError
        return Posted(message_id=MESSAGE) if mood == "fine" else Unclear(detail=mood)

    @override
    async def post(
        self,
        channel_id: int,
        draft: Draft,
        *,
        nonce: str,
        mention_roles: tuple[int, ...] = (),
        title: str = "",
        posting: Posting = USUAL,
        fence_s: float = 20.0,
    ) -> Outcome:
        raise AssertionError("nothing is posted again")

    @override
    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        raise AssertionError("nothing is published again")

    @override
    async def open_thread(self, channel_id: int, message_id: int, name: str) -> Outcome:
        raise AssertionError("no thread is opened")

    @override
    async def read_back(self, channel_id: int, key: str, *, after: datetime, before: datetime) -> ReadBack:
        raise AssertionError("nothing is to be found")

    @override
    async def tell_user(self, user_id: int, draft: Draft) -> Outcome:
        raise AssertionError("nobody is told")

    @override
    def discord_offset_s(self) -> float:
        return 0.0


class Newsroom:
    """An edition of three stories that was posted at `NOW`, and the process that corrects it."""

    def __init__(self, store: SqliteStore, clock: ManualClock) -> None:
        self.store = store
        self.clock = clock
        self.board = NoticeBoard()
        self.message = OneMessage(clock)
        self.titles = {stem: lone_words(stem) for stem in STEMS}
        self.hidden: set[str] = set()
        self.ever_hidden: set[str] = set()
        self.key = DeliveryKey(channel_id=SCHEDULE.channel_id, schedule_id=SCHEDULE.id, edition=KEY, part=1)
        self.restart()

    def restart(self) -> None:
        """Begin a new process on the same file."""
        self.corrections = Corrections(self.store, self.clock)
        self.corrector = Corrector(
            store=self.store, messenger=self.message, notifier=self.board, clock=self.clock, jitter=lambda: 0.5
        )

    async def post(self) -> None:
        """Plan the edition, and send it."""
        await self.store.schedules.save_schedule(SCHEDULE, next_due_at=None)
        await self.put(*STEMS)
        planned = await plan_edition(self.store, SCHEDULE, key=KEY, due_at=NOW, now=NOW)
        assert planned is not None
        (row,) = await self.store.deliveries.claim(now=NOW, lease_until=NOW + timedelta(minutes=2))
        assert await self.store.deliveries.mark_sent(row.key, row.attempt, message_id=MESSAGE, at=NOW)
        self.message.shown.append((NOW - BETWEEN_EDITS, row.draft))

    async def put(self, *stems: str) -> None:
        """Import articles with their present titles."""
        seeds = [make_seed(stem, title=self.titles[stem], published_at=MIDWEEK) for stem in stems]
        await self.store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=NOW, is_first_import=True)

    async def retitle(self, stem: str, title: str) -> None:
        """Correct an article's title."""
        self.titles[stem] = title
        await self.put(stem)

    async def hide(self, stem: str, *, hidden: bool = True) -> None:
        """Hide an article, or show it again."""
        await self.store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, stem), hidden=hidden)
        self.hidden = self.hidden | {stem} if hidden else self.hidden - {stem}

    async def live(self, minutes: float = 1.0) -> None:
        """Let time pass, then let the process do what is due."""
        self.clock.advance(minutes * 60)
        await self.corrections.look(self.clock.now())
        self.ever_hidden |= self.hidden
        was_killed = self.message.mood.startswith("killed")
        await self.corrector.do_due()
        await self.corrector.finish()
        if was_killed and self.message.mood == "fine":
            self.restart()

    @property
    def text(self) -> str:
        """What the message shows."""
        return to_text(self.message.shown[-1][1], 1000)

    @property
    def edited_at(self) -> list[datetime]:
        """When it changed."""
        return [at for at, _ in self.message.shown[1:]]

    async def state(self) -> CorrectionState | None:
        """What became of its correction."""
        correction = await self.store.corrections.find_correction(self.key)
        return None if correction is None else correction.state


@asynccontextmanager
async def open_newsroom(folder: Path) -> AsyncIterator[Newsroom]:
    """The newsroom a minute after its edition was posted."""
    clock = ManualClock(NOW)
    async with open_store(folder / "newsdesk.db", clock=clock) as store:
        newsroom = Newsroom(store, clock)
        await newsroom.post()
        await newsroom.live()
        yield newsroom


@pytest.fixture
async def newsroom(tmp_path: Path) -> AsyncIterator[Newsroom]:
    """The newsroom for one test."""
    async with open_newsroom(tmp_path) as opened:
        yield opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happens, and what becomes of the next edit."""

    act: str
    stem: str
    number: int
    mood: str


steps = st.lists(
    st.builds(
        Step,
        act=st.sampled_from(("retitle", "retitle", "hide", "unhide", "wait", "wait", "restart", "pause", "resume")),
        stem=st.sampled_from(STEMS),
        number=st.integers(0, 2),
        mood=st.sampled_from(PASSING),
    ),
    max_size=10,
)


async def take(newsroom: Newsroom, step: Step) -> None:
    """Let it happen, and a minute or some hours pass."""
    newsroom.message.mood = step.mood
    minutes = 1.0
    match step.act:
        case "retitle":
            await newsroom.retitle(step.stem, f"{lone_words(step.stem)} number{step.number}")
        case "hide" | "unhide":
            await newsroom.hide(step.stem, hidden=step.act == "hide")
        case "restart":
            newsroom.restart()
        case "pause" | "resume":
            state = ScheduleState.PAUSED if step.act == "pause" else ScheduleState.ACTIVE
            await set_state(newsroom.store.schedules, SCHEDULE.id, state)
        case _:
            minutes = 61.0 * step.number
    await newsroom.live(minutes)


def lies(newsroom: Newsroom) -> list[str]:
    """What the message shows and shouldn't, or doesn't and should."""
    text = newsroom.text
    stale = [stem for stem in newsroom.hidden if lone_words(stem) in text]
    shown = {stem for stem in STEMS if lone_words(stem) in text}
    missing = [stem for stem in STEMS if stem not in shown | newsroom.ever_hidden]
    wrong = [stem for stem in shown - newsroom.hidden if newsroom.titles[stem] not in text]
    return [*stale, *missing, *wrong]


async def play(taken: Sequence[Step]) -> None:
    """Take the steps, let all troubles end, and look at the message."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_newsroom(Path(folder)) as newsroom:
            for step in taken:
                await take(newsroom, step)
            newsroom.message.mood = "fine"
            await set_state(newsroom.store.schedules, SCHEDULE.id, ScheduleState.ACTIVE)
            for _ in range(2 * MOST_EDITS):
                await newsroom.live(61.0)

            edits = newsroom.edited_at
            assert len(edits) <= MOST_EDITS
            assert all(later - earlier >= BETWEEN_EDITS for earlier, later in pairwise(edits))
            assert lies(newsroom) == [] or await newsroom.state() is CorrectionState.GIVEN_UP
            assert newsroom.message.shown[-1][1].key == newsroom.message.shown[0][1].key


def retitled(number: int, mood: str = "fine") -> Step:
    """The first story gets another title."""
    return Step(act="retitle", stem="ant", number=number, mood=mood)


@up_to(40)
@given(steps)
@example([retitled(1, "lost"), retitled(2, "forbidden"), retitled(0)])
@example([retitled(1, "killed after"), Step(act="hide", stem="bee", number=0, mood="killed before")])
@example(
    [retitled(1, "failed after all"), retitled(2, "forbidden"), Step(act="wait", stem="ant", number=2, mood="fine")]
)
def test_message_is_true_in_the_end_and_edited_once_an_hour_and_three_times_at_most(taken: list[Step]) -> None:
    """Whatever becomes of articles, requests and processes; nothing is posted."""
    asyncio.run(play(taken))


@pytest.mark.parametrize("mood", ["lost", "cut", "killed before", "killed after", "failed", "limited"])
async def test_edit_that_did_not_end_is_made_again(newsroom: Newsroom, mood: str) -> None:
    """Once its request must have ended, and as one edit."""
    newsroom.message.mood = mood
    await newsroom.retitle("ant", "Ants lift the library")
    await newsroom.live()
    assert await newsroom.state() is CorrectionState.SENDING

    newsroom.restart()
    await newsroom.live(0.5)
    assert newsroom.message.edits == 1
    await newsroom.live(1.5)
    correction = await newsroom.store.corrections.find_correction(newsroom.key)

    assert "Ants lift the library" in newsroom.text
    assert correction is not None
    assert (correction.state, correction.edits, len(newsroom.edited_at)) == (CorrectionState.DONE, 1, 1)


@pytest.mark.parametrize("mood", ["deleted", "no channel"])
async def test_message_that_is_gone_is_left_alone(newsroom: Newsroom, mood: str) -> None:
    """Nothing is asked again, and nobody is bothered."""
    newsroom.message.mood = mood
    await newsroom.retitle("ant", "Ants lift the library")
    await newsroom.live()
    await newsroom.retitle("ant", "Ants lift the town hall")
    await newsroom.live(61.0)

    assert await newsroom.state() is CorrectionState.GIVEN_UP
    assert (newsroom.message.edits, newsroom.board.causes) == (1, [])


async def test_form_that_is_refused_is_sent_as_plain_text(newsroom: Newsroom) -> None:
    """The next minute; it counts once."""
    newsroom.message.mood = "formless"
    await newsroom.retitle("ant", "Ants lift the library")
    await newsroom.live()
    await newsroom.live()

    assert "Ants lift the library" in newsroom.text
    assert newsroom.message.shown[-1][1].refused == "50035"
    assert len(newsroom.edited_at) == 1


async def test_missing_permission_is_noticed_once_and_counts_as_no_edit(newsroom: Newsroom) -> None:
    """However often it is tried; what changes meanwhile is in the edit."""
    await newsroom.retitle("ant", "Ants lift the library")
    for _ in range(4):
        newsroom.message.mood = "forbidden"
        await newsroom.live(61.0)
    await newsroom.retitle("ant", "Ants lift the town hall")
    await newsroom.live(61.0)
    correction = await newsroom.store.corrections.find_correction(newsroom.key)

    assert newsroom.board.causes == ["not corrected"]
    assert "Ants lift the town hall" in newsroom.text
    assert correction is not None
    assert correction.edits == 1


async def test_fourth_correction_is_given_up(newsroom: Newsroom) -> None:
    """And looked at no more."""
    for number in range(6):
        await newsroom.retitle("ant", f"Ants, number {number}")
        await newsroom.live(61.0)

    assert "Ants, number 2" in newsroom.text
    assert (newsroom.message.edits, await newsroom.state()) == (MOST_EDITS, CorrectionState.GIVEN_UP)


async def test_schedule_that_is_paused_before_the_edit_is_not_edited(newsroom: Newsroom) -> None:
    """Its state counts at the moment of the request."""
    await newsroom.retitle("ant", "Ants lift the library")
    await newsroom.corrections.look(newsroom.clock.now())
    await set_state(newsroom.store.schedules, SCHEDULE.id, ScheduleState.PAUSED)
    await newsroom.corrector.do_due()
    await newsroom.corrector.finish()

    assert newsroom.message.edits == 0


async def test_server_that_the_bot_left_is_passed_over(newsroom: Newsroom) -> None:
    """Its messages can't be edited."""
    await newsroom.hide("ant")
    await newsroom.store.schedules.guild_left(SCHEDULE.guild_id, at=newsroom.clock.now())
    await newsroom.live()

    assert (newsroom.message.edits, await newsroom.state()) == (0, None)


async def test_correction_without_room_leaves_the_links_and_takes_the_hidden_story_out(newsroom: Newsroom) -> None:
    """What must vanish vanishes, and the message isn't edited again for the rest."""
    await newsroom.hide("bee")
    urls = {"ant": f"https://a.example/{'x' * 2000}", "cow": f"https://c.example/{'y' * 2000}"}
    long = [make_seed(stem, title=lone_words(stem), published_at=MIDWEEK, url=url) for stem, url in urls.items()]
    await newsroom.store.articles.put_seeds(INSTANCE_SHELF, long, seen_at=NOW)
    for _ in range(3):
        await newsroom.live(61.0)
        newsroom.restart()

    assert lone_words("bee") not in newsroom.text
    assert ("a.example" in newsroom.text, newsroom.message.edits) == (False, 1)


async def test_long_look_is_followed_by_a_rest(newsroom: Newsroom) -> None:
    """So that comparing takes a twentieth of the time at most."""
    await newsroom.retitle("ant", "Ants lift the library")
    looks = newsroom.corrections
    looks._rests_until_s = newsroom.clock.uptime() + 30.0

    assert await looks.look(newsroom.clock.now()) == 0
    newsroom.clock.advance(31.0)
    assert await looks.look(newsroom.clock.now()) == 1


async def test_hidden_article_is_said_to_be_in_no_message_once_it_left(newsroom: Newsroom) -> None:
    """The admin who hides it again is not sent to look for it."""
    bee = article_id(INSTANCE_SHELF, "bee")
    url = next(iter(await newsroom.store.articles.find_articles((INSTANCE_SHELF,), [bee]))).url
    before = await newsroom.store.deliveries.showing(bee, url)
    await newsroom.hide("bee")
    await newsroom.live()

    assert (len(before), await newsroom.store.deliveries.showing(bee, url)) == (1, ())


async def test_another_look_finds_nothing_more_to_do(newsroom: Newsroom) -> None:
    """In the same process and in the next one."""
    await newsroom.retitle("ant", "Ants lift the library")
    found = [await newsroom.corrections.look(newsroom.clock.now()) for _ in range(2)]
    newsroom.restart()
    found.append(await newsroom.corrections.look(newsroom.clock.now()))

    assert found == [1, 0, 0]


def test_moods_are_known() -> None:
    """Each of them means something."""
    assert set(PASSING) <= ARRIVES | REFUSALS.keys() | {"cut", "killed before"}
