"""The questions that remembered words are measured by."""

from __future__ import annotations

from tests.bench.relevance_set import Collection, Question
from tests.bench.remembered_words import FORMS, OTHERS, remembered_words, share_found
from tests.support.makers import SOME_DAY, make_seed

OF_ONE_EVENT = {
    "a": ("A quiet harbour", "Divers search the pontoon of the wrecked ferry."),
    "b": ("Divers searching the wreck", "Ferries at the pontoon"),
    "c": ("Orion inquest opens", "Captain testifies"),
}
"""The first one in order is remembered: "a" has words that "b" has in other forms."""


def asked_of(**reports: tuple[str, str]) -> Collection:
    """The questions of one event, with these titles and excerpts."""
    seeds = tuple(make_seed(stem, title=title, excerpt=excerpt) for stem, (title, excerpt) in reports.items())
    collection = Collection(seeds=seeds, questions=(), truth={"x": dict.fromkeys(reports, "event")})
    return remembered_words(collection, now=SOME_DAY)


def texts_of(collection: Collection, task: str) -> list[str]:
    """What is asked in a task."""
    return [each.text for each in collection.questions if each.task == task]


def test_the_remembered_report_is_not_in_the_archive() -> None:
    """A reader saw it elsewhere; finding it proves nothing."""
    asked = asked_of(**OF_ONE_EVENT)

    assert {seed.article.stem for seed in asked.seeds} == {"b", "c"}
    assert all(each.relevant == {"b", "c"} for each in asked.questions)


def test_words_are_asked_for_that_another_report_has_in_another_form_or_place() -> None:
    """The rarest three: the archive has "divers", too; "pontoon" is in an excerpt in both."""
    assert texts_of(asked_of(**OF_ONE_EVENT), FORMS) == ["ferry search wrecked"]


def test_words_are_asked_for_that_only_the_other_reports_have() -> None:
    """Beside "c", which has none of them."""
    assert texts_of(asked_of(**OF_ONE_EVENT), OTHERS) == ["ferry search wrecked"]


def test_a_story_is_found_if_any_of_its_reports_is_among_the_first_three() -> None:
    """And not if the first comes fourth."""
    questions = [
        Question(id=f"{FORMS}-{n}", text="", document="", at=None, relevant=frozenset({"a", "b"})) for n in range(2)
    ]
    found = share_found(questions, {f"{FORMS}-0": ["x", "y", "b"], f"{FORMS}-1": ["x", "y", "z", "a"]})

    assert found[FORMS] == {"questions": 2, "first": 0, "first 3": 0.5}
