"""What two processes say to each other arrives as it was said."""

from __future__ import annotations

from dataclasses import replace

from bot.news.article import (
    INSTANCE_SHELF,
    Article,
    OtherFile,
    Picture,
    Provider,
    ReadFile,
    RefusedSeed,
    Seed,
    SeedNote,
    SeedProblem,
    article_id,
    stub_id,
)
from bot.seedfile.processes.message import LENGTH, pack_request, pack_response, unpack_request, unpack_response
from tests.support.makers import SOME_DAY, make_article
from tests.support.seed_files import NOW

FULL = Article(
    id=article_id(INSTANCE_SHELF, "a"),
    shelf=INSTANCE_SHELF,
    stem="a",
    title="Title \u201cquoted\u201d",
    published_at=SOME_DAY,
    provider=Provider(domain="a.example", name="A", picture_url="https://a.example/a.png"),
    url="https://a.example/",
    excerpt="Excerpt",
    aliases=("https://b.example/", "https://c.example/"),
    kind="video",
    category="sports",
    quality=7,
    heat=-1,
    listed=False,
    topics=("AI", "\U0001f600"),
    pictures=(Picture(url="https://a.example/1.png", width=1, height=2, alt="Alt"), Picture(url="https://a.example/2")),
)


def _body(message: bytes) -> bytes:
    assert int.from_bytes(message[:LENGTH], "little") == len(message) - LENGTH
    return message[LENGTH:]


def test_seeds_and_problems_arrive_in_their_order_with_all_of_their_fields() -> None:
    """A field that was left out would be lost permanently: the file isn't read again."""
    stub = replace(make_article(), id=stub_id(INSTANCE_SHELF, "https://s.example/"), stem="", is_stub=True)
    problem = SeedProblem(path="b.txt", line=3, field="title", reason="missing title", cure="Write one.")
    note = SeedNote(path="a.txt", line=4, field="date", reason="unknown field, ignored", cure="Remove it.")
    answer: list[ReadFile] = [
        Seed(article=FULL, coverage=(stub, stub), content_hash="abc", notes=(note,)),
        RefusedSeed(path="b.txt", problems=(problem,), notes=(note,)),
        OtherFile(path="README.md"),
        Seed(article=make_article(), content_hash="def"),
    ]

    assert unpack_response(_body(pack_response(answer)), INSTANCE_SHELF) == answer


def test_every_field_that_a_seed_file_can_fill_is_filled_above() -> None:
    """So that a new one is thought of."""
    empty = make_article()
    unfilled = {name for name in Article.__slots__ if getattr(FULL, name) in (None, "", (), False)}

    assert empty.first_seen_at is None
    assert unfilled == {"first_seen_at", "is_hidden", "is_stub", "listed"}


def test_a_request_arrives_with_its_files_and_its_shelf() -> None:
    """The shelf makes the ids."""
    files = [("/seeds/a.txt", "a.txt"), ("/seeds/\udcff.txt", "b.txt")]

    assert unpack_request(_body(pack_request(files, INSTANCE_SHELF, NOW))) == (files, INSTANCE_SHELF, NOW)
