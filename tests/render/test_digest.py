"""An edition's messages: what is where, and that nothing absurd is too much for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import Unpack

from bot.news.article import Article, Picture, Provider
from bot.news.edition import Edition, Pick, Window
from bot.news.message import actions
from bot.news.message.draft import (
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Link,
    Mention,
    Moment,
    Paragraph,
    Section,
    Select,
    Separator,
    Text,
    mentioned_roles,
)
from bot.news.message.plain_text import plain_draft
from bot.news.schedules.posting import TopicRole
from bot.news.schedules.rhythm import Every, Rhythm
from bot.news.schedules.schedule import EVERY_DAY, Weekday
from bot.render.edition.digest import count_fitting, draft_edition, draft_empty_note
from bot.render.edition.head import days_of
from bot.render.format.limits import fits, size_of
from bot.render.format.markdown import write_paragraphs
from bot.render.format.terminal import to_text
from bot.text.pages import without_tracking
from bot.text.words import fold
from tests.render.absurd import any_text, editions, moments
from tests.render.reading import links, server_sees
from tests.support.examples import up_to
from tests.support.makers import (
    HERALD,
    SOME_DAY,
    WBUR,
    ArticleFields,
    make_article,
    make_edition,
    make_pick,
    make_schedule,
)

NOW = datetime(2021, 5, 10, 9, tzinfo=UTC)
# Drawing an edition up takes longer than drawing it: these claims are about its shape, not about its texts.
few = up_to(25)

PICTURE = Picture(url="https://a.example/p.jpg")


def key_of(part: int) -> str:
    """A nonce for each part."""
    return f"{part:025}"


def drawn(edition: Edition, *, mention_role: int | None = None, now: datetime = NOW) -> tuple[Draft, ...]:
    """The edition's messages, with keys."""
    return draft_edition(edition, make_schedule(mention_role=mention_role), keys=key_of, now=now)


def drawn_one(edition: Edition, *, mention_role: int | None = None, now: datetime = NOW) -> Draft:
    """The only message."""
    (draft,) = drawn(edition, mention_role=mention_role, now=now)
    return draft


def edition_of(*articles: Article) -> Edition:
    """Each of them picked, alone in its story."""
    return make_edition(picks=tuple(map(make_pick, articles)))


def five_with_pictures() -> Edition:
    """What a weekly digest usually is."""
    return edition_of(*(make_article(stem, pictures=(PICTURE,), excerpt="What happened. And why.") for stem in "abcde"))


@given(editions(), st.none() | st.integers(1, 2**63), any_text, moments)
def test_every_part_fits_discords_limits(edition: Edition, role: int | None, name: str, now: datetime) -> None:
    """Whatever the titles, excerpts, names, URLs, pictures and counts are."""
    schedule = make_schedule(mention_role=role, name=name)
    drafts = draft_edition(edition, schedule, keys=key_of, now=now)

    assert [fits(draft) for draft in drafts] == [[]] * len(drafts)


@given(editions(), st.lists(st.integers(2**62, 2**63 - 1), min_size=10, max_size=10, unique=True))
def test_the_roles_of_ten_topics_fit_beside_any_edition(edition: Edition, roles: list[int]) -> None:
    """Even if every topic is in it."""
    picks = tuple(replace(pick, article=replace(pick.article, topics=("ai",))) for pick in edition.picks)
    by_topic = tuple(TopicRole(topic="ai", role_id=role) for role in roles)
    schedule = make_schedule(mention_role=2**63 - 2, topic_roles=by_topic)
    drafts = draft_edition(replace(edition, picks=picks), schedule, keys=key_of, now=NOW)

    assert [fits(draft) for draft in drafts] == [[]] * len(drafts)


@pytest.mark.parametrize(("topics", "roles"), [(("AI",), {7, 1}), (("Law", "AI"), {7, 1, 2}), (("Fashion",), {7})])
def test_an_edition_mentions_the_roles_of_its_topics_beside_the_usual_one(
    topics: tuple[str, ...], roles: set[int]
) -> None:
    """A role whose topic is not in it is left in peace."""
    by_topic = (TopicRole(topic="ai", role_id=1), TopicRole(topic="law", role_id=2))
    schedule = make_schedule(mention_role=7, topic_roles=by_topic)
    (draft,) = draft_edition(edition_of(make_article("a", topics=topics)), schedule, keys=key_of, now=NOW)

    assert mentioned_roles(draft) == roles
    assert sum(isinstance(block, Mention) for block in draft.blocks) == 1


@few
@given(editions())
def test_every_story_that_fits_is_in_exactly_one_part(edition: Edition) -> None:
    """Splitting loses nothing and repeats nothing."""
    lists = [block for draft in drawn(edition) for block in draft.blocks if isinstance(block, Select)]
    listed = [option.value for each in lists for option in each.options]

    fitting = count_fitting(edition.picks, make_schedule(), now=NOW)
    assert listed == [pick.article.id for pick in edition.picks[:fitting]]


@few
@given(editions())
def test_every_part_carries_its_own_key(edition: Edition) -> None:
    """A part that can't be found again can't be told from one that was never sent."""
    drafts = drawn(edition)
    carried = [
        button.args
        for draft in drafts
        for block in draft.blocks
        if isinstance(block, ButtonRow)
        for button in block.buttons
        if button.action == actions.EDITION_WHY
    ]

    assert [draft.key for draft in drafts] == [key_of(part) for part in range(1, len(drafts) + 1)]
    assert carried == [(draft.key,) for draft in drafts]


@few
@given(editions())
def test_the_plain_second_try_of_every_part_fits_too(edition: Edition) -> None:
    """What Discord refused is sent once more as text, with its key."""
    plain = [plain_draft(draft, refused="400") for draft in drawn(edition)]

    assert [fits(draft) for draft in plain] == [[]] * len(plain)


@few
@given(editions())
def test_an_edition_is_drawn_the_same_each_time(edition: Edition) -> None:
    """A part's bytes are fixed when it is planned."""
    assert drawn(edition) == drawn(edition)


@few
@given(editions())
def test_an_edition_pings_nobody_but_its_role(edition: Edition) -> None:
    """Other people's headlines mention nobody, in any part."""
    for draft in drawn(edition, mention_role=7):
        texts = [block for block in draft.blocks if isinstance(block, Paragraph)]
        sections = [text for block in draft.blocks if isinstance(block, Section) for text in block.paragraphs]
        assert server_sees(write_paragraphs([*texts, *sections])) == []


@few
@given(editions())
def test_an_edition_links_to_its_articles_and_to_nothing_else(edition: Edition) -> None:
    """No title smuggles in an address of its own."""
    written = "\n".join(
        write_paragraphs(block.paragraphs if isinstance(block, Section) else (block,))
        for draft in drawn(edition)
        for block in draft.blocks
        if isinstance(block, Section | Paragraph)
    )

    written_links = [address for _, address in links(written)]
    shown = [pick.article.url for pick in edition.picks[: len(written_links)]]
    assert written_links in (shown, [without_tracking(url) for url in shown])
    assert len(written_links) == count_fitting(edition.picks, make_schedule(), now=NOW)


def test_a_message_begins_with_the_name_and_the_days_and_the_first_three_titles_follow() -> None:
    """What a phone shows as a notification says which edition it is and what is in it."""
    (heading, titles, *_) = drawn_one(five_with_pictures()).blocks

    assert heading == Paragraph(runs=(Text(text="Weekly · 3 to 10 May"),), kind="heading")
    assert titles == Paragraph(runs=(Text(text="Title of a / Title of b / Title of c"),), kind="quiet")


@pytest.mark.parametrize(
    ("start", "end", "now", "said"),
    [
        ("2021-05-03", "2021-05-10", "2021-05-10", "3 to 10 May"),
        ("2021-05-31", "2021-06-07", "2021-06-07", "31 May to 7 June"),
        ("2020-12-28", "2021-01-04", "2021-01-04", "28 December 2020 to 4 January 2021"),
        ("2021-05-03", "2021-05-10", "2023-05-10", "3 to 10 May 2021"),
        ("2021-05-31", "2021-06-07", "2023-06-07", "31 May to 7 June 2021"),
        ("2021-05-10", "2021-05-10", "2021-05-10", "10 May"),
        (None, "2021-05-10", "2021-05-10", "10 May"),
    ],
)
def test_the_days_of_an_edition_are_as_short_as_they_can_be(start: str | None, end: str, now: str, said: str) -> None:
    """A heading on a phone has about 30 characters a line."""
    window = Window(start=_morning(start) if start else None, end=_morning(end))

    assert days_of(window, UTC, _morning(now)) == said


def _morning(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00Z")


def test_the_days_are_those_of_the_schedules_zone() -> None:
    """At 23:00 UTC on Sunday it is Monday in Berlin."""
    edition = make_edition(window=Window(start=None, end=datetime(2021, 5, 9, 23, tzinfo=UTC)))
    (draft,) = draft_edition(edition, make_schedule(timezone="Europe/Berlin"), keys=None, now=NOW)

    assert to_text(draft).startswith("Weekly · 10 May\n")


def test_an_edition_is_drawn_in_utc_if_its_zone_is_not_known_any_more() -> None:
    """A preview shows the stories all the same."""
    (draft,) = draft_edition(make_edition(), make_schedule(timezone="Europe/Atlantis"), keys=None, now=NOW)

    assert to_text(draft).startswith("Weekly · 3 to 10 May\n")


def test_a_cut_title_in_the_head_is_short_enough_for_a_phone() -> None:
    """Three of them take about four lines."""
    (_, titles, *_) = drawn_one(edition_of(*(make_article(each, title="word " * 50) for each in "abcd"))).blocks

    assert isinstance(titles, Paragraph)
    assert len("".join(run.text for run in titles.runs if isinstance(run, Text))) <= 3 * 60 + 6


def test_the_name_and_the_titles_come_before_the_mention_of_a_role() -> None:
    """A role is pinged wherever it is, but a notification shows the beginning."""
    blocks = drawn_one(five_with_pictures(), mention_role=7).blocks

    assert all(isinstance(block, Paragraph) for block in blocks[:3])
    assert blocks[3] == Mention(role_id=7)


def test_only_the_first_part_mentions_the_role() -> None:
    """Nobody is pinged twice for one edition."""
    many = edition_of(*(make_article(f"a{n}", excerpt="word " * 100, pictures=(PICTURE,)) for n in range(20)))
    drafts = drawn(many, mention_role=7)

    assert len(drafts) > 1
    assert [Mention(role_id=7) in draft.blocks for draft in drafts] == [True] + [False] * (len(drafts) - 1)


def test_a_five_story_edition_with_pictures_is_one_message() -> None:
    """The usual week doesn't scroll away in parts."""
    draft = drawn_one(five_with_pictures(), mention_role=7)

    assert size_of(draft.blocks).components <= 40


def test_a_five_story_edition_with_long_texts_is_one_message() -> None:
    """Excerpts get shorter before the edition is split."""
    long = edition_of(*(make_article(f"a{n}", excerpt="A longer word. " * 100, title="Title " * 40) for n in range(5)))

    assert "longer word" in to_text(drawn_one(long))


def test_five_stories_are_split_if_only_their_links_are_left_of_them_otherwise() -> None:
    """Links this long leave no room for an excerpt in one message."""
    url = f"https://a.example/{'x' * 900}"
    long = edition_of(*(make_article(f"a{n}", url=f"{url}{n}", excerpt="A longer word.") for n in range(5)))

    assert ["longer word" in to_text(draft) for draft in drawn(long)] == [True, True]


def test_short_stories_are_split_by_components_alone() -> None:
    """Nine with pictures would be 41 with what is beside them."""
    short = edition_of(*(make_article(f"a{number}", pictures=(PICTURE,)) for number in range(9)))

    assert [size_of(draft.blocks).components for draft in drawn(short, mention_role=7)] == [37, 9]


def test_the_head_says_name_days_titles_and_how_many_stories_from_how_many_providers() -> None:
    """In this order."""
    edition = replace(
        edition_of(make_article("a", provider=WBUR), make_article("b", provider=WBUR), make_article("c")),
        window=Window(start=NOW - timedelta(days=7), end=NOW),
    )

    assert to_text(drawn_one(edition)).startswith(
        "Weekly · 3 to 10 May\n====================\nTitle of a / Title of b / Title of c\n3 stories from 2 providers\n"
    )


@pytest.mark.parametrize(
    ("edition", "said"),
    [
        (make_edition(is_first=True, window=Window(start=None, end=NOW)), "From the archive · 1 story"),
        (make_edition(is_archive=True), "From the archive · 1 story"),
        (make_edition(is_extra=True), "Sent on request · "),
        (make_edition(is_best_of=True), "Best of what was posted · 1 story"),
        (make_edition(is_late=True), "Late, due 10 May 2021 · "),
    ],
)
def test_the_header_says_what_is_unusual(edition: Edition, said: str) -> None:
    """Old stories, extra editions and late ones are not passed off as this week's."""
    assert said in to_text(drawn_one(edition), 500)


def test_the_lead_has_a_large_picture_and_the_others_a_thumbnail() -> None:
    """Each with its alt text."""
    blocks = drawn_one(five_with_pictures()).blocks
    galleries = [block for block in blocks if isinstance(block, Gallery)]
    thumbnails = [block.accessory for block in blocks if isinstance(block, Section)]

    assert [picture.alt for gallery in galleries for picture in gallery.pictures] == [
        "Image for the article: Title of a"
    ]
    assert [each.alt for each in thumbnails if isinstance(each, Picture)] == [
        f"Image for the article: Title of {stem}" for stem in "bcde"
    ]


def test_a_story_without_a_picture_is_plain_text() -> None:
    """No empty frame is shown for it."""
    blocks = drawn_one(edition_of(make_article("a"), make_article("b"))).blocks

    assert not [block for block in blocks if isinstance(block, Gallery | Section)]


def test_the_real_domain_stands_beside_a_link_whatever_the_seed_claims() -> None:
    """A seed may call itself anything; its link can't."""
    lying = make_article("a", provider=HERALD, url="https://www.evil.example/a")

    assert "Boston Herald (evil.example) · " in to_text(drawn_one(edition_of(lying)))


def test_other_coverage_is_one_line_with_the_first_to_report() -> None:
    """Readers see how large the story is, and where it began."""
    early = make_article("b", provider=WBUR, published_at=SOME_DAY - timedelta(days=1))
    edition = make_edition(picks=(make_pick(make_article("a"), early),))

    assert "2 outlets, first: WBUR, 6 May 2021" in to_text(drawn_one(edition), 500)


def test_the_first_to_report_is_not_named_twice() -> None:
    """The line begins with the pick's own outlet and date."""
    late = make_article("b", provider=WBUR, published_at=SOME_DAY + timedelta(days=1))
    edition = make_edition(picks=(make_pick(make_article("a", provider=HERALD), late),))

    (byline,) = [row for row in to_text(drawn_one(edition), 500).splitlines() if "outlets" in row]

    assert byline.endswith(" · first of 2 outlets")
    assert byline.count("Boston Herald") == 1


def test_an_earlier_report_of_the_picks_own_outlet_is_dated_without_its_name() -> None:
    """The line begins with that name."""
    earlier = make_article("b", provider=HERALD, published_at=SOME_DAY - timedelta(days=1))
    edition = make_edition(
        picks=(make_pick(make_article("a", provider=HERALD), earlier, make_article("c", provider=WBUR)),)
    )

    (byline,) = [row for row in to_text(drawn_one(edition), 500).splitlines() if "outlets" in row]

    assert byline.endswith(" · 2 outlets, first report 6 May 2021")
    assert byline.count("Boston Herald") == 1


def test_a_story_that_nobody_else_reports_has_no_such_line() -> None:
    """Two articles of one provider are one outlet."""
    edition = make_edition(picks=(make_pick(make_article("a"), make_article("b")),))

    assert "outlets" not in to_text(drawn_one(edition))


@pytest.mark.parametrize(
    ("days", "rhythm", "mark"),
    [
        ((Weekday.MONDAY,), Rhythm(), "From last week: "),
        ((Weekday.MONDAY,), Rhythm(every=Every.SECOND_WEEK), "From the last edition: "),
        ((Weekday.MONDAY, Weekday.THURSDAY), Rhythm(), "From the last edition: "),
    ],
)
def test_a_story_that_had_no_place_before_is_marked(days: tuple[Weekday, ...], rhythm: Rhythm, mark: str) -> None:
    """In the words of the schedule's period."""
    pick = replace(make_pick(make_article("a", title="A title")), is_carried=True)

    (draft,) = draft_edition(
        make_edition(picks=(pick,)), make_schedule(days=days, rhythm=rhythm), keys=None, now=SOME_DAY
    )

    assert mark in repr(draft)


def test_a_story_that_comes_back_is_marked_as_an_update() -> None:
    """A reader who saw it last week knows why it is here again."""
    edition = make_edition(picks=(make_pick(make_article("a"), is_update=True), make_pick(make_article("b"))))
    titles = [
        block.runs for block in drawn_one(edition).blocks if isinstance(block, Paragraph) and block.kind == "subheading"
    ]

    assert titles[0][0] == Text(text="Update: ")
    assert isinstance(titles[1][0], Link)


@pytest.mark.parametrize(("hours", "style"), [(5, "relative"), (47, "relative"), (49, "date"), (-1, "date")])
def test_what_is_recent_says_how_long_ago_and_the_rest_its_date(hours: int, style: str) -> None:
    """A clock that is ahead somewhere makes no "in 2 hours"."""
    edition = edition_of(make_article("a", published_at=NOW - timedelta(hours=hours)))
    stamps = [
        run
        for block in drawn_one(edition).blocks
        if isinstance(block, Paragraph)
        for run in block.runs
        if isinstance(run, Moment)
    ]

    assert stamps[-1].style == style


def test_a_preview_has_no_button_that_needs_a_posted_edition() -> None:
    """*Why these?* asks the ledger, which knows nothing of a preview."""
    (draft,) = draft_edition(five_with_pictures(), make_schedule(), keys=None, now=NOW)

    assert draft.key == ""
    assert not [block for block in draft.blocks if isinstance(block, ButtonRow)]


def test_an_empty_week_is_one_line_with_the_key() -> None:
    """For schedules that ask for a note."""
    edition = make_edition(picks=(), window=Window(start=NOW - timedelta(days=7), end=NOW))
    draft = draft_empty_note(edition, make_schedule(), keys=key_of)

    assert to_text(draft).startswith("Weekly: no new stories, 3 May 2021 to 10 May 2021")
    assert draft.blocks[-1] == ButtonRow(
        buttons=(Button(action=actions.EDITION_WHY, args=(key_of(1),), label="Why these?"),)
    )
    assert fits(draft) == []


SECTIONED = make_schedule(topics=("law", "ai"), sections=True)


def headings(drafts: tuple[Draft, ...]) -> list[list[str]]:
    """The headings of each message."""
    return [
        [
            "".join(run.text for run in block.runs if isinstance(run, Text))
            for block in draft.blocks
            if isinstance(block, Paragraph) and block.kind == "heading"
        ]
        for draft in drafts
    ]


def brief(stem: str, **fields: Unpack[ArticleFields]) -> Pick:
    """A story of one line."""
    return replace(make_pick(make_article(stem, **fields)), is_brief=True)


def test_sections_have_headings_in_the_order_of_the_schedules_topics() -> None:
    """Each once, above its first story, and below the line that ends the one before."""
    edition = edition_of(
        make_article("a", topics=("AI",), pictures=(PICTURE,)),
        make_article("b", topics=("Law",), pictures=(PICTURE,)),
        make_article("c", topics=("AI",)),
    )
    (draft,) = draft_edition(edition, SECTIONED, keys=key_of, now=NOW)

    assert headings((draft,)) == [["Weekly · 3 to 10 May", "Law", "AI"]]
    places = [number for number, block in enumerate(draft.blocks) if isinstance(block, Separator)]
    assert draft.blocks[places[0] + 1] == Paragraph(runs=(Text(text="Law"),), kind="heading")
    assert isinstance(draft.blocks[places[0] + 2], Gallery)


def test_a_message_that_begins_within_a_section_repeats_its_heading() -> None:
    """Each message can be read alone."""
    many = edition_of(*(make_article(f"a{n}", topics=("AI",), pictures=(PICTURE,)) for n in range(12)))

    assert [each[1:] for each in headings(draft_edition(many, SECTIONED, keys=key_of, now=NOW))] == [["AI"], ["AI"]]


def test_stories_of_one_line_are_behind_the_others() -> None:
    """Title, provider, and what marks them; no picture, no excerpt."""
    picks = (make_pick(make_article("a")), replace(brief("b", pictures=(PICTURE,), excerpt="Why."), is_update=True))
    draft = drawn_one(make_edition(picks=picks))

    assert to_text(draft, 500).split("Also this week")[1].splitlines()[2] == "• Update: Title of b · Boston Herald"
    assert headings((draft,))[0][1:] == ["Also this week"]
    assert "Why." not in to_text(draft)
    assert [option.value for block in draft.blocks if isinstance(block, Select) for option in block.options] == [
        pick.article.id for pick in picks
    ]


def test_stories_of_one_line_of_another_rhythm_are_headed_without_the_week() -> None:
    """A monthly edition's are not this week's."""
    schedule = make_schedule(days=EVERY_DAY, rhythm=Rhythm(every=Every.MONTH))
    drafts = draft_edition(make_edition(picks=(brief("a"),)), schedule, keys=None, now=NOW)

    assert headings(drafts)[0][1:] == ["Also"]


def test_a_story_of_one_line_without_a_providers_name_has_its_domain() -> None:
    """The line says where its link leads."""
    nameless = brief("a", url="https://a.example/x", provider=Provider(name="", domain="a.example"))

    assert "Title of a · a.example" in drawn_text(nameless)


def drawn_text(pick: Pick) -> str:
    """An edition of one story, without its addresses."""
    (block,) = [
        block
        for block in drawn_one(make_edition(picks=(pick,))).blocks
        if isinstance(block, Paragraph) and any(isinstance(run, Link) for run in block.runs)
    ]
    return "".join(run.text for run in block.runs if isinstance(run, Text | Link))


def test_no_message_has_more_stories_than_its_menu_has_options() -> None:
    """Full coverage of each can be asked for."""
    picks = tuple(brief(f"a{number}") for number in range(30))
    drafts = drawn(make_edition(picks=picks))
    listed = [
        option.value
        for draft in drafts
        for block in draft.blocks
        if isinstance(block, Select)
        for option in block.options
    ]

    assert listed == [pick.article.id for pick in picks]


@few
@given(editions(), st.sets(st.integers(0, 20)), any_text)
def test_every_part_with_sections_and_stories_of_one_line_fits(edition: Edition, which: set[int], topic: str) -> None:
    """Whatever the topics are called."""
    picks = tuple(replace(pick, is_brief=number in which) for number, pick in enumerate(edition.picks))
    topics = tuple({fold(each) for pick in picks for each in (*pick.article.topics, topic)})
    schedule = make_schedule(topics=topics, sections=True, mention_role=7)
    drafts = draft_edition(replace(edition, picks=picks), schedule, keys=key_of, now=NOW)

    assert [fits(draft) for draft in drafts] == [[]] * len(drafts)


def test_breaking_news_says_so() -> None:
    """A reader sees at once why it came."""
    (draft,) = draft_edition(make_edition(), make_schedule(rule="breaking"), keys=None, now=NOW)

    assert "Breaking news · 1 story from 1 provider" in to_text(draft)


@pytest.mark.parametrize(
    ("note_by", "said"), [("", "Editor's note: Worth your time"), ("Ada", "Editor's note by Ada: Worth your time")]
)
def test_note_is_above_its_story(note_by: str, said: str) -> None:
    """With the editor's name if they signed it, and above a large picture, too."""
    article = make_article("a", title="Ferry delayed", pictures=(PICTURE,))
    pick = replace(make_pick(article), note="Worth your time", note_by=note_by)
    text = to_text(drawn_one(make_edition(picks=(pick,))))

    assert said in text
    assert text.index(said) < text.rindex("Ferry delayed")


def test_headline_replaces_the_title_wherever_the_title_is() -> None:
    """In the first line, above the excerpt and in the menu; the link stays."""
    article = make_article("a", title="Ferry delayed", url="https://a.example/ferry")
    draft = drawn_one(make_edition(picks=(replace(make_pick(article), headline="Fog in the fjord"),)))

    assert "Ferry delayed" not in repr(draft)
    assert repr(draft).count("Fog in the fjord") == 3
    assert "https://a.example/ferry" in repr(draft)
