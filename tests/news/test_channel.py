"""What a schedule needs of its channel, and what is said where something is missing."""

from __future__ import annotations

import pytest

from bot.news.checkup.channel import Kind, NoPlace, Permission, Place, Survey, place_findings
from bot.news.checkup.finding import Finding
from bot.news.schedule import Schedule
from tests.support.makers import make_schedule

CHANNEL = 100
ROLE = 8
ALL = frozenset(Permission)


def found(place: Place | NoPlace, schedule: Schedule | None = None, **survey: dict[int, bool]) -> list[Finding]:
    """What is said of the channel of a schedule."""
    places = {CHANNEL: place}
    return list(place_findings(schedule or make_schedule(), Survey(places=places, pingable=survey.get("pingable", {}))))


@pytest.mark.parametrize("kind", ["text", "announcement", "thread", "forum"])
def test_place_that_allows_everything_needs_nothing(kind: Kind) -> None:
    """Nothing is said where nothing is to do."""
    assert found(Place(kind=kind, allowed=ALL)) == []


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("text", {"View Channel", "Send Messages", "Embed Links", "Read Message History"}),
        ("announcement", {"View Channel", "Send Messages", "Embed Links", "Read Message History"}),
        ("thread", {"View Channel", "Send Messages in Threads", "Embed Links", "Read Message History"}),
        ("forum", {"View Channel", "Create Posts", "Embed Links", "Read Message History"}),
    ],
)
def test_place_of_each_kind_needs_these_permissions_and_no_other(kind: Kind, needed: set[str]) -> None:
    """Each by the name that Discord's settings show."""
    missed = {permission for permission in ALL if found(Place(kind=kind, allowed=ALL - {permission}))}
    assert missed == needed


def test_hidden_channel_is_said_to_be_hidden_and_nothing_else() -> None:
    """Without that permission Discord takes all others away, too."""
    (finding,) = found(Place(kind="text"))
    assert finding.text.startswith("View Channel is missing")


def test_channel_without_the_right_to_post_says_nothing_of_pictures() -> None:
    """Discord takes that permission along."""
    (finding,) = found(Place(kind="text", allowed=ALL - {Permission.SEND, Permission.EMBED_LINKS}))
    assert finding.text.startswith("Send Messages is missing")


@pytest.mark.parametrize(("why", "said"), [("gone", "is gone"), ("hidden", "View Channel is missing")])
def test_channel_that_discord_does_not_show_is_something_to_do(why: str, said: str) -> None:
    """Gone for good, or hidden from the bot."""
    (finding,) = found(NoPlace(why="gone" if why == "gone" else "hidden"))
    assert finding.is_well is False
    assert said in finding.text


def test_channel_without_an_answer_is_neither_well_nor_ill() -> None:
    """It was not looked at, and that is what is said."""
    (finding,) = found(NoPlace(why="unknown", detail="503"))
    assert finding.is_well is None
    assert "503" in finding.text


def test_channel_of_another_kind_is_something_to_do() -> None:
    """Nobody can post to a category."""
    (finding,) = found(Place(kind="other", allowed=ALL))
    assert "can't post to" in finding.text


def test_locked_thread_needs_the_right_to_manage_threads() -> None:
    """Only who has it can write there."""
    locked = Place(kind="thread", allowed=ALL - {Permission.MANAGE_THREADS}, is_locked=True)
    assert "Manage Threads is missing" in found(locked)[0].text
    assert found(Place(kind="thread", allowed=ALL, is_locked=True)) == []


def test_forum_that_wants_a_tag_which_nobody_may_set_is_something_to_do() -> None:
    """Discord would refuse the post."""
    (finding,) = found(Place(kind="forum", allowed=ALL, has_tag_for_us=False))
    assert "tag" in finding.cure


def test_role_that_is_gone_is_something_to_do() -> None:
    """The edition would mention nobody."""
    (finding,) = found(Place(kind="text", allowed=ALL), make_schedule(mention_role=ROLE), pingable={})
    assert "is gone" in finding.text


@pytest.mark.parametrize("may_ping_all", [True, False])
@pytest.mark.parametrize("is_pingable", [True, False])
def test_role_is_pinged_where_everybody_may_or_the_bot_may_ping_all(*, is_pingable: bool, may_ping_all: bool) -> None:
    """One of the two is enough."""
    allowed = ALL if may_ping_all else ALL - {Permission.MENTION_ALL_ROLES}
    schedule = make_schedule(mention_role=ROLE)
    findings = found(Place(kind="text", allowed=allowed), schedule, pingable={ROLE: is_pingable})
    assert bool(findings) is not (is_pingable or may_ping_all)


@pytest.mark.parametrize("kind", ["text", "thread", "forum"])
def test_publishing_from_anything_but_an_announcement_channel_is_something_to_do(kind: Kind) -> None:
    """There is nobody to publish to."""
    (finding,) = found(Place(kind=kind, allowed=ALL), make_schedule(publish=True))
    assert "announcement" in finding.text


@pytest.mark.parametrize("place", [NoPlace(why="gone"), NoPlace(why="hidden"), Place(kind="text")])
def test_notice_channel_that_cannot_be_posted_to_is_something_to_do(place: Place | NoPlace) -> None:
    """Or trouble would be told to somebody else than was chosen."""
    schedule = make_schedule(notice_channel_id=5)
    survey = Survey(places={CHANNEL: Place(kind="text", allowed=ALL), 5: place})
    (finding,) = place_findings(schedule, survey)
    assert "notices" in finding.text


def test_everything_to_do_says_how() -> None:
    """A complaint without a cure helps nobody."""
    schedule = make_schedule(publish=True, mention_role=ROLE, notice_channel_id=5)
    for place in (Place(kind="thread", is_locked=True, allowed=frozenset({Permission.VIEW})), NoPlace(why="gone")):
        assert all(finding.cure for finding in place_findings(schedule, Survey(places={CHANNEL: place})))
