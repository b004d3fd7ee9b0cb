"""Encode a Draft as the ledger stores it, and decode it.

The text is fixed when a part is planned, and every retry posts it. It has a version, `form`: if a class of
`message/draft` loses or renames a field, the number grows and the older form stays readable here.
"""

from __future__ import annotations

from typing import Final

from bot.news.message.draft import Draft
from bot.news.value_json import plain_from_json, value_from_plain, value_to_json

FORM: Final = 1


def draft_to_json(draft: Draft) -> str:
    """Encode a Draft; the same Draft always gives the same ASCII bytes.

    Raises:
        ValueError: a Moment in it is naive.
    """
    return f'{{"form":{FORM},"draft":{value_to_json(draft)}}}'


def draft_from_json(text: str) -> Draft:
    """Decode a Draft that `draft_to_json` wrote.

    Raises:
        ValueError: the text is damaged, not a Draft's, or of a form that this version doesn't know.
    """
    plain = plain_from_json(text)
    if not isinstance(plain, dict) or plain.keys() != {"form", "draft"}:
        raise ValueError("not the text of a Draft")
    if plain["form"] != FORM:
        raise ValueError(f"a Draft of form {plain['form']!r}, and only form {FORM} is known")
    return value_from_plain(Draft, plain["draft"])
