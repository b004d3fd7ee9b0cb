"""The project's English is a native technical writer's: phrases that only this project would use are not in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.support.prose import (
    DOCUMENTS,
    ROOT,
    Passage,
    docstrings_and_comments,
    python_files,
    read_document,
    string_literals,
)

EVERYWHERE: Final[dict[str, str]] = {
    r"so many\b(?! (?:\w+ )?that\b)": "at most this many, N",
    r"anew": "again, regrouped, rebuilt",
    r"whoever": "anyone who, the person who",
    r"mend(?:s|ed|ing)?": "fix",
    r"stands?(?! for\b| out\b|-)": "is, is in, is posted, remains",
    r"stood (?:there|here|in|on|at the|above|below|beside|before)": "was",
    r"tells?\b(?!(?: \w+){0,2} apart)": "says, shows, names, means",
    r"(?<!there )(?:is|are|was|were) no (?!(?:longer|more|less|fewer|later|earlier|one|other)\b)[a-z]+": "isn't a",
    r"(?:is|are|was|be) none of": "isn't one of",
    r"where nothing is said|(?:if|when) nothing is said": "by default",
    r"for good": "permanently",
    r"the house(?:'s)?": "the project, or nothing",
    r"with commas between": "comma-separated",
    r"(?:is|are) the most(?=[.;,)]|$)": "the limit is N",
    r"(?:of|for|to|by|from|with|than) who": "the person who",
    r"telling words?": "content words",
    r"how alike": "how similar, similarity",
    r"(?:day|search) is over": "has expired",
    r"(?:who|what|how much|how many) there (?:is|are)": "list them",
    r"behind (?:its|their) ports?": "implementation of",
}
"""What must not be read anywhere, as patterns of whole words, and what to write."""

TO_A_PERSON: Final[dict[str, str]] = {
    r"told": "sent, said",
    r"(?:is|was|are) made": "Created X",
    r"order a digest": "schedule a digest",
    r"all (?:is )?well|is all well": "OK, no problems",
    r"goes on": "continues, is resumed",
    r"a lot at once": "too many at once",
    r"answers to that": "no such article",
    r"in a rare way": "an unsupported method",
    r"1 articles|1 stories|1 reports": "1 article",
    r"nothing is needed": "optional",
    r"came into question": "was eligible",
    r"outside of the window": "outside the window",
    r"more than fit": "over the limit",
    r"with less in common": "less similar",
    r"best by NTP": "NTP recommended",
}
"""What must not be read by a user, as well."""

OPENS_WITHOUT_A_NOUN: Final = re.compile(r"(?:^|(?<=[.;:] )|(?<=\n))(?:Who|Whose|Whom) (?![^.;]*\?)[a-z]", re.MULTILINE)
"""A relative that opens a clause without its noun: "Who asks first is answered first"."""

_NOT_PROSE: Final = re.compile(r"`[^`\n]*`|https?://\S+")


def odd_english(passage: Passage, *, to_a_person: bool = False) -> Iterator[str]:
    """Find what a native technical writer would put otherwise; code in backticks is passed over."""
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", _NOT_PROSE.sub("_", passage.text))
    passage = replace(passage, text=text)
    for pattern, better in (EVERYWHERE | TO_A_PERSON if to_a_person else EVERYWHERE).items():
        words = pattern.replace(" ", r"[ \n]")
        for found in re.finditer(rf"(?<![\w-])(?:{words})(?![\w-])", text, re.IGNORECASE):
            yield f"{passage.at(found.start())}: {' '.join(found[0].split())!r}; write: {better}"
    for found in OPENS_WITHOUT_A_NOUN.finditer(text):
        yield f"{passage.at(found.start())}: {found[0]!r} opens a clause; write: anyone who, the member who"


WINGS: Final = sorted(
    path for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
)

_SQL: Final = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE|FROM|JOIN|EXISTS|ORDER BY)\b")


def _files(wing: Path) -> list[Path]:
    return [wing] if wing.is_file() else python_files(f"bot/{wing.name}")


def _is_read_by_a_person(passage: Passage) -> bool:
    """True for sentences and phrases; names, keys and SQL are read by programs."""
    return " " in passage.text.strip() and not _SQL.search(passage.text)


@pytest.mark.parametrize("wing", WINGS, ids=lambda wing: wing.stem)
def test_user_facing_strings_are_plain_english(wing: Path) -> None:
    """Commands, answers, errors, notices, logs and help: any string with more than one word."""
    passages = [each for path in _files(wing) for each in string_literals(path) if _is_read_by_a_person(each)]
    problems = [problem for passage in passages for problem in odd_english(passage, to_a_person=True)]

    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("wing", WINGS, ids=lambda wing: wing.stem)
def test_docstrings_and_comments_are_plain_english(wing: Path) -> None:
    """Developers are people, too."""
    passages = [each for path in _files(wing) for each in docstrings_and_comments(path)]
    problems = [problem for passage in passages for problem in odd_english(passage)]

    assert not problems, "\n".join(problems)


def test_docstrings_and_comments_of_tests_are_plain_english() -> None:
    """They are read as the description of what the bot does; this file's own planted phrases are left out."""
    files = [path for path in python_files("tests") if path != Path(__file__)]
    passages = [each for path in files for each in docstrings_and_comments(path)]
    problems = [problem for passage in passages for problem in odd_english(passage)]

    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_are_plain_english(path: Path) -> None:
    """README, changelog, docs, the example configuration, what `make` prints, and what operators install."""
    problems = list(odd_english(read_document(path), to_a_person=True))

    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "planted",
    [
        "At most so many rows.",
        "The index is made anew.",
        "Whoever saved the schedule is asked.",
        "Mend it, then start again.",
        "It stands in the channel.",
        "Messages stand there.",
        "Rare words tell more.",
        "An edition tells\n    five stories.",
        "This is no zip.",
        "{} is none of skip, note, archive.",
        "The default is 5 where nothing is said.",
        "Delete it for good.",
        "The house keeps its rules.",
        "Topics, with commas between.",
        "{} given; 25 are the most.",
        "The id of who saved it.",
        "Say how alike they are.",
        "This button's day is over.",
        "Who asks last waits longest.",
        "It is quick. Who asks last waits.",
    ],
)
def test_odd_phrase_is_found(planted: str) -> None:
    """The check can fail."""
    assert len(list(odd_english(Passage(path=ROOT / "planted.py", line=1, text=planted)))) == 1


@pytest.mark.parametrize(
    "planted",
    [
        "A story that was told.",
        "The schedule is made.",
        "Order a digest",
        "Sending goes on.",
        "1 articles",
        "All is well.",
    ],
)
def test_odd_phrase_for_a_person_is_found(planted: str) -> None:
    """The stricter check can fail, and leaves docstrings alone."""
    passage = Passage(path=ROOT / "planted.py", line=1, text=planted)

    assert len(list(odd_english(passage, to_a_person=True))) == 1
    assert list(odd_english(passage)) == []


@pytest.mark.parametrize(
    "lawful",
    [
        "There is no such article.",
        "It is no longer available, and is no more than a guess.",
        "The standard library understands a standing lock and a stand-in.",
        "A star stands for any text.",
        "So many words that nobody reads them.",
        "Two texts that nothing tells apart.",
        "Amend or recommend it.",
        "Who is it? Who saved it?",
        "The member who saved it, or anyone who can.",
        "The option `stand` and https://example.com/for-good.",
        "Is it good for goodness' sake?",
        "21 articles",
    ],
)
def test_plain_phrase_is_passed_over(lawful: str) -> None:
    """The check has no false alarms."""
    assert list(odd_english(Passage(path=ROOT / "planted.py", line=1, text=lawful), to_a_person=True)) == []


def test_place_of_an_odd_phrase_is_named(tmp_path: Path) -> None:
    """Its own line, also within a docstring of several."""
    path = tmp_path / "planted.py"
    path.write_text('"""A module.\n\nIt stands here.\n"""\n', encoding="utf-8")
    (problem,) = (problem for each in docstrings_and_comments(path) for problem in odd_english(each))

    assert problem.endswith("planted.py:3: 'stands'; write: is, is in, is posted, remains")
