"""An excerpt adds to its title, or is left out."""

from __future__ import annotations

import pytest

from bot.seedfile.foreign.excerpt import clean_excerpt

TITLE = "Town pool reopens after repair"


@pytest.mark.parametrize(
    "excerpt",
    [
        "Placeholder.",
        "Town pool reopens after repair",
        "town pool reopens after repair.",
        "Town pool reopens after repair - The Gazette",
        "Town pool reopens after repair\u00a0\u00a0The Gazette",
        "Town pool reopens \u2026",
        "",
    ],
)
def test_an_excerpt_that_repeats_the_title_is_left_out(excerpt: str) -> None:
    """Feeds write the title, or title and provider, where they have nothing else."""
    assert clean_excerpt(excerpt, title=TITLE, provider="The Gazette") == ""


@pytest.mark.parametrize(
    "excerpt",
    [
        "Town pool reopens after repair. It took a year.",
        "The pool is open.",
        "Town pool reopens after repair of its roof",
        "Town pool",
    ],
)
def test_an_excerpt_that_says_more_stays(excerpt: str) -> None:
    """Or says something else."""
    assert clean_excerpt(excerpt, title=TITLE, provider="The Gazette") == excerpt


@pytest.mark.parametrize("mark", ["\u2026", "...", " \u2026", " ...", " [\u2026]", " [...]"])
@pytest.mark.parametrize("end", [".", "!", "?", '."', ".\u201d", "\u3002"])
def test_no_ellipsis_follows_a_whole_sentence(end: str, mark: str) -> None:
    """Nothing of it is missing."""
    assert clean_excerpt(f"It took a year{end}{mark}", title=TITLE, provider="") == f"It took a year{end}"


@pytest.mark.parametrize("excerpt", ["It took a ...", "It took a\u2026", "It took a [\u2026]", "Wait..."])
def test_an_ellipsis_behind_a_cut_sentence_stays(excerpt: str) -> None:
    """It says that there is more."""
    assert clean_excerpt(excerpt, title=TITLE, provider="") == excerpt
