"""What the commands that search and explain print: their own words, with names that the next command takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.cli.article import article_lines, name_label
from bot.cli.digest import reason_lines
from bot.cli.output.line import Line
from bot.cli.related import coverage_lines
from bot.cli.search import result_lines
from bot.news.article import Article, ArticleId
from bot.news.edition import Choice, Reason, Verdict, Window
from bot.news.search import SearchQuery, SearchResult
from bot.news.stories.related import Coverage, RelatedArticle
from bot.render.format.json_records import search_record
from bot.text.ranking.score_parts import ScoreParts
from tests.support.command_line import Run
from tests.support.makers import make_article, make_stub

AT = datetime(2024, 5, 17, 9, tzinfo=UTC)


def texts(lines: Iterable[Line]) -> list[str]:
    """The lines' texts."""
    return [line.text for line in lines]


def found(*articles: Article, total: int | None = None, more: bool = False, typed: str = "lamps") -> SearchResult:
    """A search's result."""
    return SearchResult(
        query=SearchQuery(words=(typed,), typed=typed),
        articles=articles,
        total=len(articles) if total is None else total,
        has_more_than_counted=more,
    )


@pytest.mark.parametrize(
    ("result", "heading"),
    [
        (found(), "No articles found."),
        (found(make_article()), "1 article:"),
        (found(make_article(), make_article("b")), "2 articles:"),
        (found(make_article(), total=12), "12 articles, the first 1:"),
        (found(make_article(), total=1000, more=True), "More than 1,000 articles, the first 1:"),
    ],
)
def test_a_search_says_how_much_it_found_and_shows(result: SearchResult, heading: str) -> None:
    """One article is not "1 articles"."""
    assert texts(result_lines(result))[0] == heading


def test_a_search_that_found_nothing_says_what_to_try() -> None:
    """There is no list to look at."""
    assert texts(result_lines(found())) == ["No articles found.", "Try fewer or other words."]


PARTS = ScoreParts(
    complete=0.48, words=0.2, share=0.1, adjacent=0.0, typed=0.03, story=0.01, votes=0.0, exact=0.08, time=0.5
)


def test_an_explained_search_prints_the_parts_of_each_score() -> None:
    """As the sum that it is; parts of 0 are left out."""
    shown = texts(result_lines(replace(found(make_article(), make_article("b")), parts=(PARTS, None))))

    assert (
        "Relevance 0.450 = time 0.50 x"
        " (complete 0.480 + words 0.200 + share 0.100 + typed 0.030 + story 0.010 + exact 0.080)" in shown
    )
    assert "Not ranked by relevance." in shown


def test_a_search_that_was_not_asked_to_explain_prints_no_parts() -> None:
    """They would be noise."""
    assert not any("elevance" in line for line in texts(result_lines(found(make_article()))))


def test_a_corrected_search_names_the_option_for_the_words_as_typed() -> None:
    """A terminal has no buttons."""
    shown = texts(result_lines(replace(found(make_article()), corrected=(("vlog", "blog"),))))

    assert shown[1:3] == ["Also searched: blog for vlog.", "For the words as typed, add --as-typed."]


def test_an_article_is_listed_with_source_link_and_name() -> None:
    """The name is what `related` and `hide` take."""
    article = make_article("004_lamps", title="Lamps", url="https://wbur.org/a", published_at=AT)
    shown = texts(article_lines(article, note="same story"))

    assert shown[0] == "Lamps"
    assert "2024-05-17" in shown[1]
    assert shown[2:] == ["same story", "https://wbur.org/a", "file 004_lamps"]


@pytest.mark.parametrize("stem", ["two words", "-option", "it's", "tr\u00e9s", "$(reboot)", "a\nb"])
def test_a_file_name_that_a_shell_would_not_take_gives_way_to_the_id(stem: str) -> None:
    """The label can be pasted as it is."""
    article = make_article(stem)

    assert name_label(article) == f"id {article.id}"


def test_an_article_without_a_file_is_named_by_its_id_and_has_no_score() -> None:
    """It is known only from another article's list."""
    stub = make_stub()
    shown = texts(article_lines(stub))

    assert shown[-1] == f"id {stub.id}"
    assert "score" not in shown[1]


def test_coverage_that_is_not_one_story_comes_under_its_own_headings() -> None:
    """Related articles, and those that only a seed names."""
    asked, near, far = make_article(), make_article("near"), make_article("far")
    related = (
        RelatedArticle(article=near, source="computed", similarity=0.5, why="shares: lamps"),
        RelatedArticle(article=far, source="explicit", similarity=0.01, why="named as related"),
    )
    shown = texts(coverage_lines(Coverage(article=asked, related=related, timeline=(asked, near, far)), None))

    assert shown.index("Related: 1 article, most similar first") < shown.index("file near")
    assert shown.index("Named by a seed, on another topic: 1 article, most similar first") < shown.index("file far")


def test_an_article_that_is_alone_is_said_to_be() -> None:
    """An empty list explains nothing."""
    article = make_article()
    shown = texts(coverage_lines(Coverage(article=article, related=(), timeline=(article,)), None))

    assert shown[-1] == "No other article in the archive reports this."


def test_a_hidden_candidate_is_named_by_its_id() -> None:
    """`hide --undo` takes it."""
    verdict = Verdict(article_id=ArticleId("mfrggzdfmztwq"), reason=Reason.HIDDEN)
    shown = texts(reason_lines(Choice(window=Window(start=None, end=AT), picks=(), verdicts=(verdict,)), {}))

    assert shown[-1] == "id mfrggzdfmztwq"


def test_an_edition_without_candidates_says_so() -> None:
    """An empty list explains nothing."""
    shown = texts(reason_lines(Choice(window=Window(start=None, end=AT), picks=(), verdicts=()), {}))

    assert shown[-1] == "No candidates: no article arrived in the window."


def test_every_name_that_a_search_prints_is_taken_by_the_next_command(newsdesk: Run) -> None:
    """File names and ids alike."""
    newsdesk("ingest")
    listed = newsdesk("search", "facial recognition").out + newsdesk("related", "001_c491b083016e13b6").out
    names = {line.split()[1] for line in listed.splitlines() if line.startswith(("  file ", "  id "))}

    assert len(names) > 3
    assert {newsdesk("related", name).status for name in names} == {0}
    assert not [name for name in names if "Not in the archive" in newsdesk("related", name).out]


@pytest.mark.parametrize(
    "command",
    [
        ("search", "facial"),
        ("search", "nothing-of-that-name"),
        ("related", "001_c491b083016e13b6"),
        ("check", "seeds"),
        ("ingest",),
        ("digest", "preview", "--why"),
        ("hide", "001_c491b083016e13b6"),
    ],
    ids=" ".join,
)
def test_no_output_mentions_what_only_discord_has(newsdesk: Run, command: tuple[str, ...]) -> None:
    """No slash command, no button, and the last line is complete."""
    newsdesk("ingest")
    said = newsdesk(*command)

    assert not [word for word in said.out.split() if word.startswith(("/news", "/digest", "/schedule", "["))]
    assert said.out.endswith("\n")


def test_article_that_was_not_compared_has_no_score() -> None:
    """An exact link is found without comparing texts."""
    record = search_record(replace(found(make_article()), parts=(None,)))

    assert record["scores"] == [None]
