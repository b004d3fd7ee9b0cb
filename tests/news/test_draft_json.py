"""A stored Draft reads the same for ever, and a damaged one is never posted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Picture
from bot.news.message.draft import (
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Link,
    Mention,
    Moment,
    Option,
    Paragraph,
    Section,
    Select,
    Separator,
    Text,
)
from bot.news.message.draft_json import draft_from_json, draft_to_json

NOON = datetime(2021, 5, 7, 12, tzinfo=UTC)

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))

WHOLE = Draft(
    blocks=(
        Mention(role_id=1),
        Paragraph(
            runs=(
                Text(text="a", strong=True, code=True),
                Link(text="b", url="https://b.example/", strong=True),
                Moment(at=NOON, style="long"),
            ),
            kind="heading",
        ),
        Section(
            paragraphs=(Paragraph(runs=()),), accessory=Picture(url="https://p.example/", width=1, height=2, alt="c")
        ),
        Section(paragraphs=(), accessory=Button(action="cov", label="d")),
        Gallery(pictures=(Picture(url="https://p.example/"),)),
        Separator(is_large=True),
        ButtonRow(
            buttons=(Button(action="e", args=("f",), label="g", style="danger", is_private=True, is_disabled=True),)
        ),
        Select(
            action="h",
            args=("i",),
            placeholder="j",
            options=(Option(label="k", value="l", description="m"),),
            is_private=True,
        ),
    ),
    key="n",
)

# As the first version wrote it: messages planned by it must still be posted by every later one.
WRITTEN_BY_FORM_1 = (
    '{"form":1,"draft":{"is":"Draft","blocks":[{"is":"Mention","role_id":1},{"is":"Paragraph","runs":[{"is":"Text",'
    '"text":"a","strong":true,"code":true},{"is":"Link","text":"b","url":"https://b.example/","strong":true},'
    '{"is":"Moment","at":"2021-05-07T12:00:00+00:00","style":"long"}],"kind":"heading"},{"is":"Section","paragraphs":'
    '[{"is":"Paragraph","runs":[],"kind":"body"}],"accessory":{"is":"Picture","url":"https://p.example/","width":1,'
    '"height":2,"alt":"c"}},{"is":"Section","paragraphs":[],"accessory":{"is":"Button","action":"cov","args":[],'
    '"label":"d","style":"secondary","is_private":false,"is_disabled":false}},{"is":"Gallery","pictures":[{"is":'
    '"Picture","url":"https://p.example/","width":null,"height":null,"alt":""}]},{"is":"Separator","is_large":true},'
    '{"is":"ButtonRow","buttons":[{"is":"Button","action":"e","args":["f"],"label":"g","style":"danger","is_private":'
    'true,"is_disabled":true}]},{"is":"Select","action":"h","args":["i"],"placeholder":"j","options":[{"is":"Option",'
    '"label":"k","value":"l","description":"m"}],"is_private":true}],"key":"n","refused":""}}'
)


@pytest.mark.slow
@given(st.from_type(Draft))
def test_any_draft_reads_back_as_it_was(draft: Draft) -> None:
    """Every block, run and field survives."""
    assert draft_from_json(draft_to_json(draft)) == draft


@pytest.mark.slow
@given(st.from_type(Draft))
def test_reading_and_writing_again_gives_the_same_bytes(draft: Draft) -> None:
    """The bytes of a part are fixed: they do not drift from one process to the next."""
    text = draft_to_json(draft)

    assert draft_to_json(draft_from_json(text)) == text


@given(st.text(st.characters(codec=None)).map(lambda text: Draft(blocks=(Paragraph(runs=(Text(text=text),)),))))
def test_the_stored_text_is_ascii_whatever_a_draft_says(draft: Draft) -> None:
    """Half an emoji must not make a database refuse the whole edition."""
    assert draft_to_json(draft).isascii()


def test_a_draft_of_every_block_is_written_in_form_1() -> None:
    """The form's exact bytes: where this fails, old rows would read differently. Mentions have a field more since."""
    assert draft_to_json(WHOLE) == WRITTEN_BY_FORM_1.replace('"role_id":1}', '"role_id":1,"more":[]}')


def test_what_form_1_wrote_is_still_read() -> None:
    """An upgrade between planning and posting changes nothing of the message."""
    assert draft_from_json(WRITTEN_BY_FORM_1) == WHOLE


def test_a_field_that_has_a_default_may_be_missing_in_an_old_text() -> None:
    """A field added later doesn't make older rows unreadable."""
    text = '{"form":1,"draft":{"is":"Draft","blocks":[{"is":"Separator"}]}}'

    assert draft_from_json(text) == Draft(blocks=(Separator(),))


def test_a_moment_is_written_in_utc_wherever_it_was_made() -> None:
    """The same moment gives the same bytes."""
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-5)))

    texts = {draft_to_json(Draft(blocks=(Paragraph(runs=(Moment(at=at),)),))) for at in (NOON, elsewhere)}

    assert len(texts) == 1


def test_a_naive_moment_is_refused_when_it_is_written() -> None:
    """It would mean another moment on another machine."""
    draft = Draft(blocks=(Paragraph(runs=(Moment(at=NOON.replace(tzinfo=None)),)),))

    with pytest.raises(ValueError, match="naive"):
        draft_to_json(draft)


def test_a_text_of_a_later_form_is_refused() -> None:
    """What this version can't know it must not guess."""
    with pytest.raises(ValueError, match="only form 1 is known"):
        draft_from_json(WRITTEN_BY_FORM_1.replace('"form":1', '"form":2'))


@pytest.mark.parametrize(
    "block",
    [
        {"is": "Separator", "is_large": 1},
        {"is": "Separator", "is_large": None},
        {"is": "Separator", "colour": "red"},
        {"is": "Mention"},
        {"is": "Mention", "role_id": "1"},
        {"is": "Mention", "role_id": True},
        {"is": "Nothing"},
        {"is": ["Separator"]},
        {},
        "Separator",
        None,
        {"is": "Paragraph", "runs": {}},
        {"is": "Paragraph", "runs": [], "kind": "loud"},
        {"is": "Paragraph", "runs": [{"is": "Separator"}]},
        {"is": "Paragraph", "runs": [{"is": "Moment", "at": "yesterday"}]},
        {"is": "Paragraph", "runs": [{"is": "Moment", "at": "2021-05-07T12:00:00"}]},
        {"is": "Paragraph", "runs": [{"is": "Moment", "at": "2021-05-07T12:00:00+02:00"}]},
        {"is": "Section", "paragraphs": [], "accessory": None},
        {"is": "Gallery", "pictures": [{"is": "Paragraph", "runs": []}]},
    ],
    ids=json.dumps,
)
def test_a_block_that_no_version_wrote_is_refused(block: Any) -> None:
    """Damage is found when the text is read, not when Discord refuses the message."""
    text = json.dumps({"form": 1, "draft": {"is": "Draft", "blocks": [block], "key": ""}})

    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        draft_from_json(text)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "1", "{}", '{"form":1}', '{"form":1,"draft":null}', "[" * 100_000, '"' + "\\ud800"]
)
def test_a_text_that_is_no_draft_is_refused(text: str) -> None:
    """One error for all of them: the store turns it into a sentence."""
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        draft_from_json(text)


@given(st.data())
def test_a_text_cut_anywhere_is_refused(data: st.DataObject) -> None:
    """Half a row is never half a message."""
    cut = data.draw(st.integers(0, len(WRITTEN_BY_FORM_1) - 1))

    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        draft_from_json(WRITTEN_BY_FORM_1[:cut])
