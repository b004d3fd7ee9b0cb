"""A seed file becomes an article and its coverage: what was seen in real files, and what is wrong in bad ones."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF, Picture, Provider, Seed, SeedProblem, article_id, server_shelf, stub_id
from bot.seedfile.seed import read_seed
from tests.support.seed_files import NOW, SHIPPED, front, make_seed_file, problem_of

AMP = "https://amp.example/1"


def _seed(data: bytes, path: str = "a.txt") -> Seed:
    result = read_seed(data, path=path, shelf=INSTANCE_SHELF, now=NOW)
    assert isinstance(result, Seed), result
    return result


def _problem(data: bytes, path: str = "a.txt") -> SeedProblem:
    return problem_of(read_seed(data, path=path, shelf=INSTANCE_SHELF, now=NOW))


def _related(**fields: object) -> dict[str, object]:
    return {"title": "R", "webUrl": "https://other.example/r", "publishedDateTime": "2021-05-08"} | fields


def test_every_real_record_is_read(data: Path) -> None:
    """192 records of two years of upstream."""
    files = sorted((data / "upstream" / "news").iterdir())

    results = [read_seed(file.read_bytes(), path=file.name, shelf=INSTANCE_SHELF, now=NOW) for file in files]

    assert (len(results), {type(result) for result in results}) == (192, {Seed})


def test_a_shipped_seed_is_read_whole() -> None:
    """Every field of the file is where the code looks for it."""
    file = SHIPPED / "001_c491b083016e13b6.txt"

    seed = _seed(file.read_bytes(), path=str(file))
    article = seed.article

    assert article.id == article_id(INSTANCE_SHELF, "001_c491b083016e13b6")
    assert article.title.startswith("Guardrails needed for police use")
    assert article.excerpt.endswith("guardrails on the use ...")
    assert article.published_at == datetime(2023, 11, 23, 11, 54, tzinfo=UTC)
    assert article.url.startswith("https://www.bostonherald.com/2023/11/23/guardrails-needed")
    assert article.aliases[0] == f"{article.url}amp/"
    assert (article.quality, article.heat, article.listed, article.kind) == (62, 92, True, "article")
    assert article.provider == Provider(domain="bostonherald.com", name="Boston Herald")
    assert article.topics == ("Computer Vision", "AI")
    assert [(picture.width, picture.height) for picture in article.pictures] == [(1024, 671)]
    assert [stub.provider.name for stub in seed.coverage] == ["WBUR", "Biometric Companies", "Daily Mail"]
    assert [stub.quality for stub in seed.coverage] == [39, 36, 7]


def test_the_stem_is_the_name_without_folder_and_ending() -> None:
    """It names the article, for ever."""
    assert _seed(make_seed_file(), path="seeds/2021/05.a.md").article.stem == "05.a"


def test_the_same_file_on_another_shelf_is_another_article() -> None:
    """A server's upload never answers for the instance's article."""
    mine, theirs = _seed(make_seed_file()), read_seed(make_seed_file(), path="a.txt", shelf=server_shelf(7), now=NOW)

    assert isinstance(theirs, Seed)
    assert mine.article.id != theirs.article.id


def test_a_reader_is_sent_to_the_web_url_before_all_others() -> None:
    """Upstream's own order."""
    article = _seed(make_seed_file(originalUrl="https://a.example/1", ampWebUrl=AMP)).article

    assert (article.url, article.aliases) == ("https://www.example.com/reform", ("https://a.example/1", AMP))


def test_a_reader_is_sent_to_the_original_where_there_is_no_web_url() -> None:
    """12 of 197 real seeds have none."""
    article = _seed(make_seed_file(without=("webUrl",), originalUrl="https://a.example/1", ampWebUrl=AMP)).article

    assert (article.url, article.aliases) == ("https://a.example/1", (AMP,))


def test_a_reader_is_sent_to_the_amp_page_where_there_is_nothing_better() -> None:
    """It is a page that can be read."""
    assert _seed(make_seed_file(without=("webUrl",), originalUrl="none", cdnAmpWebUrl=AMP)).article.url == AMP


def test_every_other_url_of_the_article_is_an_alias_once() -> None:
    """URLs of the same page are one."""
    data = make_seed_file(
        webUrl="https://www.a.example/1",
        originalUrl="http://a.example/1/",
        ampWebUrl=AMP,
        cdnAmpWebUrl="https://cdn.example/amp",
    )

    assert _seed(data).article.aliases == (AMP, "https://cdn.example/amp")


def test_urls_are_cleaned() -> None:
    """What could end a link is percent-encoded."""
    assert _seed(make_seed_file(webUrl="https://a.example/)[x]")).article.url == "https://a.example/%29%5Bx%5D"


def test_quality_heat_and_the_flag_may_be_missing() -> None:
    """None is not 0 and not False."""
    article = _seed(make_seed_file(without=("quality", "heat", "published"))).article

    assert (article.quality, article.heat, article.listed) == (None, None, None)


def test_heat_may_be_negative_and_the_flag_false() -> None:
    """Another article leads this one's story."""
    article = _seed(make_seed_file(heat=-1, published=False)).article

    assert (article.heat, article.listed) == (-1, False)


@pytest.mark.parametrize("value", ["many", "1e3", 1.5, True, None, [7], {"a": 7}, "9" * 19, "\u0663"])
def test_a_score_that_is_no_number_is_none(value: object) -> None:
    """An unusable score never loses the article."""
    assert _seed(make_seed_file(quality=value)).article.quality is None


@pytest.mark.parametrize(
    ("value", "flag"), [("no", False), ("Yes", True), ("FALSE", False), ("maybe", None), (1, None)]
)
def test_a_flag_is_read_as_people_write_it(value: object, flag: bool | None) -> None:  # noqa: FBT001 - what is compared
    """A `no` that became None would list an article that its author took off the list."""
    assert _seed(make_seed_file(published=value)).article.listed is flag


def test_a_number_too_large_for_an_entity_stays_text() -> None:
    """Python refuses to convert more than 4,300 digits."""
    title = "&#" + "9" * 5_000 + "; a"

    assert _seed(make_seed_file(title=title)).article.title == title


def test_entities_are_decoded_until_none_is_left() -> None:
    """Feeds escape what was escaped before."""
    article = _seed(make_seed_file(title="&#8220;R&amp;D&#8221; &amp;lt;", excerpt="A&nbsp;B &eacute;")).article

    assert (article.title, article.excerpt) == ("\u201cR&D\u201d <", "A B \u00e9")


def test_spaces_and_controls_are_folded() -> None:
    """Real excerpts hold tabs, line breaks and runs of spaces."""
    assert _seed(make_seed_file(excerpt=" a\r\n\tb \u00a0 c\x00d\u2028e ")).article.excerpt == "a b c d e"


@pytest.mark.parametrize(
    "title",
    [
        'He said: "it\'s" | done',
        "Power Apps\u2122 \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "#1: [x](y) <@&1>",
        "no",
        "2021-05-07",
        "12:30:45",
        "null and void",
    ],
)
def test_a_title_stays_what_it_is(title: str) -> None:
    """Quotes, colons, bars, signs and emoji; cleaning is done where the text becomes a run."""
    assert _seed(make_seed_file(title=title)).article.title == title


@pytest.mark.parametrize("title", ["1984", "true", "No", "0x10", "1e3", "2021-05-07"])
def test_a_title_without_quotes_stays_what_it_is(title: str) -> None:
    """Also where YAML would see a number, a flag or a date in it."""
    yaml = f"title: {title}\nwebUrl: https://a.example/1\npublishedDateTime: 2021-05-07"

    assert _seed(front(yaml)).article.title == title


def test_a_placeholder_is_no_excerpt() -> None:
    """Upstream writes it where it found none."""
    assert _seed(make_seed_file(excerpt="Placeholder.")).article.excerpt == ""


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-05-07T14:19:00Z", datetime(2021, 5, 7, 14, 19, tzinfo=UTC)),
        ("2021-05-07T14:19:00", datetime(2021, 5, 7, 14, 19, tzinfo=UTC)),
        ("2021-05-07T14:19", datetime(2021, 5, 7, 14, 19, tzinfo=UTC)),
        ("2021-05-07 14:19:00", datetime(2021, 5, 7, 14, 19, tzinfo=UTC)),
        ("2021-05-07t14:19:00z", datetime(2021, 5, 7, 14, 19, tzinfo=UTC)),
        ("2021-05-07", datetime(2021, 5, 7, tzinfo=UTC)),
        ("2021-05-07T14:19:00+02:00", datetime(2021, 5, 7, 12, 19, tzinfo=UTC)),
        ("2021-05-07T14:19:00.1234567Z", datetime(2021, 5, 7, 14, 19, 0, 123456, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_as_iso_8601_and_is_utc(text: str, moment: datetime) -> None:
    """A naive time is UTC, a date alone its midnight."""
    assert _seed(make_seed_file(publishedDateTime=text)).article.published_at == moment


def test_a_naive_time_is_utc_wherever_the_bot_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's zone says nothing about a file."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        article = _seed(make_seed_file(publishedDateTime="2021-05-07T14:19:00")).article
    finally:
        monkeypatch.undo()
        time.tzset()

    assert article.published_at == datetime(2021, 5, 7, 14, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["yesterday", "07/05/2021", "2021-02-30", "1620397140", "0001-01-01T00:00:00+14:00", "", True, None, ["2021"]],
)
def test_a_date_that_cannot_be_read_refuses_the_seed(text: object) -> None:
    """A guess would put the article into the wrong edition."""
    assert _problem(make_seed_file(publishedDateTime=text)).field == "publishedDateTime"


def test_a_provider_is_told_apart_by_its_domain() -> None:
    """Lower case, without `www.`, whatever is around it."""
    provider = _seed(make_seed_file(provider={"name": "W&amp;B", "domain": "WWW.Wbur.org"})).article.provider

    assert provider == Provider(domain="wbur.org", name="W&B")


@pytest.mark.parametrize("provider", [None, {}, "WBUR", {"domain": "](https://evil"}, {"name": [], "domain": 7}])
def test_a_provider_that_is_not_said_is_the_site_of_the_article(provider: object) -> None:
    """The reader's browser will say so too."""
    assert _seed(make_seed_file(provider=provider)).article.provider == Provider(
        domain="example.com", name="example.com"
    )


def test_a_provider_has_its_first_usable_picture() -> None:
    """165 of 197 real seeds name one."""
    provider = {"name": "M", "domain": "m.example", "images": [{"url": "x"}, {"url": "https://m.example/50.jpg"}]}

    assert _seed(make_seed_file(provider=provider)).article.provider.picture_url == "https://m.example/50.jpg"


def test_pictures_that_cannot_be_shown_are_left_out() -> None:
    """Their sizes, too, where they are none."""
    images = [
        {"url": "javascript:x"},
        {"url": "https://a.example/1.jpg", "width": 300, "height": "200"},
        "https://a.example/2.jpg",
        {"url": "https://a.example/3.jpg", "width": 0, "height": -5},
        None,
    ]

    assert _seed(make_seed_file(images=images)).article.pictures == (
        Picture(url="https://a.example/1.jpg", width=300, height=200),
        Picture(url="https://a.example/3.jpg"),
    )


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        (["AI", " AI ", "Computer  Vision", "", None, ["x"]], ("AI", "Computer Vision")),
        ("AI", ("AI",)),
        (None, ()),
        (["a" * 201], ()),
        (["\U0001342f", "AI"], ("AI",)),
    ],
)
def test_topics_are_named_once_and_only_where_they_are_texts(topics: object, expected: tuple[str, ...]) -> None:
    """A single one needs no list."""
    assert _seed(make_seed_file(topics=topics)).article.topics == expected


def test_a_video_is_a_video() -> None:
    """Everything else is an article."""
    assert _seed(make_seed_file(type="video")).article.kind == "video"
    assert _seed(make_seed_file(type="podcast")).article.kind == "article"


def test_coverage_is_a_stub_in_the_seeds_order() -> None:
    """Also where it is later than the article, off its topic and of quality 7."""
    late = _related(webUrl="https://b.example/2", publishedDateTime="2023-12-31", quality=7)

    stubs = _seed(make_seed_file(related=[late, _related()])).coverage

    assert [stub.url for stub in stubs] == ["https://b.example/2", "https://other.example/r"]
    assert stubs[0].id == stub_id(INSTANCE_SHELF, "https://b.example/2")
    assert all(stub.is_stub and not stub.stem for stub in stubs)


@pytest.mark.parametrize(
    "item",
    [
        _related(title=None),
        _related(title=" \u200b"),
        _related(webUrl="javascript:x"),
        _related(publishedDateTime="soon"),
        _related(webUrl="http://example.com/reform/#top"),
        "https://other.example/r",
        None,
        [],
    ],
)
def test_a_related_item_that_cannot_be_used_never_costs_the_seed(item: object) -> None:
    """Without a title, a URL or a date it has no place on a timeline; the article itself isn't in its coverage."""
    assert _seed(make_seed_file(related=[item])).coverage == ()


def test_a_page_is_covered_once() -> None:
    """The first item of it counts."""
    twice = [_related(title="first"), _related(title="second", webUrl="http://www.other.example/r/")]

    assert [stub.title for stub in _seed(make_seed_file(related=twice)).coverage] == ["first"]


@pytest.mark.parametrize(
    ("data", "line", "field", "reason"),
    [
        (make_seed_file(title=""), 2, "title", "missing title"),
        (make_seed_file(without=("title",)), None, "title", "missing title"),
        (make_seed_file(webUrl="nowhere"), 5, "webUrl", "not a valid http(s) URL"),
        (make_seed_file(webUrl=None, originalUrl="x"), 11, "originalUrl", "not a valid http(s) URL"),
        (make_seed_file(without=("webUrl",)), None, "webUrl", "missing URL"),
        (make_seed_file(publishedDateTime="soon"), 4, "publishedDateTime", "not a valid date"),
        (make_seed_file(without=("publishedDateTime",)), None, "publishedDateTime", "missing date"),
    ],
)
def test_a_seed_without_what_an_article_needs_is_a_problem(
    data: bytes, line: int | None, field: str, reason: str
) -> None:
    """The line is the field's own, counted from the top of the file."""
    problem = _problem(data)

    assert (problem.line, problem.field, reason in problem.reason) == (line, field, True)


def test_a_problem_is_a_sentence_for_a_person() -> None:
    """File, line, field, reason, cure."""
    assert str(_problem(make_seed_file(title=""), path="seeds/007.txt")) == (
        'seeds/007.txt:2: title: missing title. Write title: "...", in quotes.'
    )


@pytest.mark.parametrize("name", ["\x1b[2J", "a\udce9", "\u202egpj", "a" * 256])
def test_a_file_name_that_cannot_be_shown_is_a_problem(name: str) -> None:
    """It would become the article's stem."""
    assert "name" in _problem(make_seed_file(), path=f"{name}.txt").reason


def test_the_content_hash_leaves_out_secured() -> None:
    """One record has 275 revisions, nearly all of them only that."""
    assert _hash(secured="abc") == _hash(secured="def")


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"excerpt": "Another."},
        {"publishedDateTime": "2021-05-08"},
        {"webUrl": "https://example.com/other"},
        {"originalUrl": "https://example.com/other"},
        {"quality": 63},
        {"heat": -1},
        {"published": False},
        {"type": "video"},
        {"category": "podcast"},
        {"provider": {"name": "Another", "domain": "example.com"}},
        {"topics": ["AI", "Law"]},
        {"images": [{"url": "https://example.com/1.jpg"}]},
        {"related": [_related()]},
    ],
)
def test_the_content_hash_changes_with_everything_that_is_stored(change: dict[str, object]) -> None:
    """Else a change would never arrive."""
    assert _hash(**change) != _hash()


def test_the_content_hash_does_not_change_with_what_is_not_stored() -> None:
    """A player's HTML, a cache flag, the body."""
    with_more = make_seed_file(featuredContent="<iframe>") + b"A body."

    assert _seed(with_more).content_hash == _hash()


def _hash(**fields: object) -> str:
    return _seed(make_seed_file(without=(), **fields)).content_hash


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_in_a_title_and_an_excerpt_is_folded_to_one_line(title: str, excerpt: str) -> None:
    """No control character comes through, and no space is doubled."""
    result = read_seed(make_seed_file(title="T " + title, excerpt=excerpt), path="a.txt", shelf=INSTANCE_SHELF, now=NOW)

    if isinstance(result, Seed):
        for text in (result.article.title, result.article.excerpt):
            assert text == " ".join(text.split())
            assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in text)
