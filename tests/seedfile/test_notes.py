"""What was ignored, changed or left out of a seed is noted; a seed that is read whole has no note."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF, RefusedSeed, Seed
from bot.seedfile.known import READ, nearest_field
from bot.seedfile.notes import MOST_NOTES
from bot.seedfile.seed import read_seed
from tests.support.seed_files import NOW, SHIPPED, front, make_seed_file

PAGE = {"title": "R", "webUrl": "https://other.example/r", "publishedDateTime": "2021-05-08"}


def _notes(data: bytes) -> list[str]:
    seed = read_seed(data, path="a.md", shelf=INSTANCE_SHELF, now=NOW)
    assert isinstance(seed, Seed), seed
    return [f"{note.field}: {note.reason}" for note in seed.notes]


def test_no_real_record_has_a_note(data: Path) -> None:
    """Upstream's fields are all known, and all of their values are usable."""
    files = [*SHIPPED.iterdir(), *(data / "upstream" / "news").iterdir()]

    assert [note for file in files for note in _notes(file.read_bytes())] == []


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"quality": "high"}, "quality: not an integer, ignored"),
        ({"heat": 1.5}, "heat: not an integer, ignored"),
        ({"draft": "perhaps"}, "draft: not true or false, ignored"),
        ({"type": "podcast"}, "type: unknown type, read as article"),
        ({"category": ["a"]}, "category: not a short text, ignored"),
        ({"category": "x" * 201}, "category: not a short text, ignored"),
        ({"excerpt": {"a": 1}}, "excerpt: not a text, ignored"),
        ({"ampWebUrl": "amp"}, "ampWebUrl: not a valid http(s) URL, ignored"),
        ({"provider": "Gazette"}, "provider: not a mapping, ignored"),
        ({"provider": {"name": ["a"]}}, "provider.name: not a short text, ignored"),
        ({"provider": {"domain": "no domain"}}, "provider.domain: not a domain, ignored"),
        ({"provider": {"images": "x"}}, "provider.images: no item has a valid url, ignored"),
        ({"provider": {"nmae": "Gazette"}}, "provider.nmae: unknown field, ignored"),
        ({"topics": "AI, Law"}, "topics: one text, split at its commas into 2 topics"),
        ({"topics": ["AI", ["x"]]}, "topics: item 2 ignored: not a short text"),
        ({"topics": {"a": 1}}, "topics: item 1 ignored: not a short text"),
        ({"topics": [f"t{number}" for number in range(21)]}, "topics: 21 items, ignored after 20"),
        ({"images": ["https://a.example/1.jpg"]}, "images: item 1 ignored: no valid url"),
        ({"images": [{"url": "https://a.example/1.jpg", "alt": "A"}]}, "images item 1 alt: unknown field, ignored"),
        (
            {"images": [{"url": "https://a.example/1.jpg", "width": "wide"}]},
            "images item 1 width: not a number of pixels, ignored",
        ),
        ({"images": [{"url": f"https://a.example/{n}.jpg"} for n in range(9)]}, "images: 9 items, ignored after 8"),
        ({"related": "https://other.example/r"}, "related: item 1 ignored: not a mapping"),
        ({"related": [{"title": "R"}]}, "related: item 1 ignored: missing URL, missing date"),
        ({"related": [PAGE, PAGE]}, "related: item 2 ignored: same page as the article or an earlier item"),
        ({"related": [PAGE | {"publishedDateTime": "1066-10-14"}]}, "related: item 1 ignored: before 1900"),
        ({"related": [PAGE | {"date": "x"}]}, "related item 1 date: unknown field, ignored"),
        ({"title": "caf\u00c3\u00a9"}, "title: repaired: UTF-8 that was read as Windows-1252"),
        ({"provider": {"name": "caf\u00c3\u00a9"}}, "provider.name: repaired: UTF-8 that was read as Windows-1252"),
        ({"author": "Ada"}, "author: unknown field, ignored"),
    ],
)
def test_what_is_not_taken_as_written_is_noted(fields: dict[str, object], note: str) -> None:
    """Once, with the field's name."""
    assert _notes(make_seed_file(without=(), **fields)) == [note]


@pytest.mark.parametrize(
    "fields",
    [
        {"quality": None},
        {"quality": "70"},
        {"published": "yes"},
        {"draft": False},
        {"type": "video"},
        {"type": None},
        {"topics": "AI"},
        {"topics": ["AI", "AI", None, ""]},
        {"topics": None},
        {"images": []},
        {"related": []},
        {"provider": None},
        {"provider": {}},
        {"excerpt": None},
        {"excerpt": 7},
        {"secured": "x", "featuredContent": "<iframe>"},
        {"title": "C # and F#"},
        {"excerpt": "&lt;p&gt;HTML&lt;/p&gt;"},
    ],
)
def test_what_is_taken_as_meant_is_not_noted(fields: dict[str, object]) -> None:
    """Absent values, other spellings of the same, upstream's own fields."""
    assert _notes(make_seed_file(without=(), **fields)) == []


YAML = "webUrl: https://a.example/1\npublishedDateTime: 2021-05-07\n"


@pytest.mark.parametrize(
    ("yaml", "field"),
    [
        ("title: C # and F#", "title"),
        ("title: Pool\nexcerpt: We're #1 and # 2", "excerpt"),
        ("title: Pool\nprovider:\n  name: Shop # 4", "provider.name"),
        ("title: Pool\ntopics:\n  - C # F", "topics"),
        ("title: Pool\ncategory: top\t# news", "category"),
    ],
)
def test_a_text_that_a_comment_cuts_off_is_noted(yaml: str, field: str) -> None:
    """It may have been meant as a comment; then nothing was lost."""
    assert _notes(front(YAML + yaml)) == [f"{field}: cut off by a comment, which begins at ' #'"]


@pytest.mark.parametrize(
    "yaml",
    [
        'title: "C # and F#"',
        "title: 'C # and F#'",
        "title: Pool#1",
        "title: Pool\nquality: 70 # my guess",
        "title: Pool\n# title: Bath # 2",
        'title: Pool\nexcerpt: "One\n  title: Two # three"',
        "title: Pool\nexcerpt: |\n  title: Two # three",
    ],
)
def test_a_number_sign_that_cuts_nothing_off_is_not_noted(yaml: str) -> None:
    """In quotes, in a block, behind a number, in a word."""
    assert _notes(front(YAML + yaml)) == []


def test_a_note_has_the_line_of_its_field() -> None:
    """Also for a part of a field, and after the fields of a whole file."""
    yaml = "title: Pool\nprovider:\n  name: Gazette\n  nmae: x\ndate: x\n"
    seed = read_seed((yaml + YAML).encode(), path="a.yaml", shelf=INSTANCE_SHELF, now=NOW)

    assert isinstance(seed, Seed)
    assert [(note.line, note.field) for note in seed.notes] == [(5, "date"), (2, "provider.nmae")]


def test_notes_of_a_file_are_limited() -> None:
    """A file of nothing but unknown fields doesn't fill the report."""
    assert (
        len(_notes(make_seed_file(without=(), **{f"field{number}": 1 for number in range(MOST_NOTES + 1)})))
        == MOST_NOTES
    )


def test_a_note_does_not_change_the_content_hash() -> None:
    """What is not stored is not a change."""
    seeds = [
        read_seed(data, path="a.md", shelf=INSTANCE_SHELF, now=NOW)
        for data in (make_seed_file(), make_seed_file(author="Ada"))
    ]

    assert len({seed.content_hash for seed in seeds if isinstance(seed, Seed)}) == 1


def test_a_rejected_seed_has_all_of_its_problems_and_its_unknown_fields() -> None:
    """The field that is missing may be there under another name."""
    result = read_seed(front("titel: Pool\nurl: x"), path="a.md", shelf=INSTANCE_SHELF, now=NOW)

    assert isinstance(result, RefusedSeed)
    assert [problem.field for problem in result.problems] == ["title", "webUrl", "publishedDateTime"]
    assert [(note.field, note.cure) for note in result.notes] == [
        ("titel", "Newsdesk reads title."),
        ("url", "Newsdesk reads webUrl."),
    ]


@pytest.mark.parametrize("lacking", ["title", "webUrl", "publishedDateTime"])
def test_a_rejected_seed_has_the_notes_on_its_other_fields(lacking: str) -> None:
    """So that one check lists everything there is to fix."""
    data = make_seed_file(
        without=(lacking,), quality="high", provider="Gazette", topics="AI, Law", related=[{"title": "R"}]
    )

    result = read_seed(data, path="a.md", shelf=INSTANCE_SHELF, now=NOW)

    assert isinstance(result, RefusedSeed)
    assert [problem.field for problem in result.problems] == [lacking]
    assert [note.field for note in result.notes] == ["quality", "provider", "topics", "related"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("date", "publishedDateTime"),
        ("pubDate", "publishedDateTime"),
        ("published_at", "publishedDateTime"),
        ("publishedDatetime", "publishedDateTime"),
        ("published-date-time", "publishedDateTime"),
        ("weburl", "webUrl"),
        ("link", "webUrl"),
        ("description", "excerpt"),
        ("tags", "topics"),
        ("Title", "title"),
        ("qualty", "quality"),
        ("image", "images"),
        ("layout", ""),
        ("x" * 10_000, ""),
    ],
)
def test_the_field_that_was_meant_is_named(name: str, meant: str) -> None:
    """By another format's name, another spelling, or a slip."""
    assert nearest_field(name) == meant


def test_every_field_is_nearest_to_itself() -> None:
    """Whatever its spelling."""
    assert {field: nearest_field(field.upper()) for field in READ} == {field: field for field in READ}


def test_the_latest_date_is_two_days_ahead() -> None:
    """Every time zone, and tomorrow's embargo; one second more is a slip."""
    ahead = [NOW + timedelta(hours=48), NOW + timedelta(hours=48, seconds=1)]
    results = [
        read_seed(make_seed_file(publishedDateTime=at.isoformat()), path="a.md", shelf=INSTANCE_SHELF, now=NOW)
        for at in ahead
    ]

    assert [type(result) for result in results] == [Seed, RefusedSeed]


def test_a_draft_is_not_listed() -> None:
    """Even if it says that it is published."""
    seed = read_seed(make_seed_file(draft=True, published=True), path="a.md", shelf=INSTANCE_SHELF, now=NOW)

    assert isinstance(seed, Seed)
    assert seed.article.listed is False
