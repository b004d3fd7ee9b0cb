"""Render suggestions: the message on the editors' desk, and the private answers to the member and the editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Draft
from bot.news.servers.suggestion import Suggestion, SuggestionState
from bot.render.article import beside_picture, paragraphs_of
from bot.render.edition.desk import with_desk_key
from bot.render.format.lines import line
from bot.text.clean import clean

_UNDECIDED: Final = (SuggestionState.WAITING, SuggestionState.TAKING)
"""Taking takes a second, or was cut off: then it can be taken again."""

_STATES: Final = {
    **dict.fromkeys(_UNDECIDED, "Take it into this server's articles, or refuse it."),
    SuggestionState.TAKEN: "Taken: it is one of the articles that the next edition is chosen from.",
    SuggestionState.REFUSED: "Refused.",
}


def draft_suggestion(suggestion: Suggestion, key: str) -> Draft:
    """Render the message of a suggestion on the desk, with its key."""
    return with_desk_key(tuple(_blocks(suggestion)), key)


def _blocks(suggestion: Suggestion) -> Iterator[Block]:
    yield line("Suggested for the next edition", "heading")
    yield from beside_picture(suggestion.article, paragraphs_of(suggestion.article))
    if suggestion.credit:
        yield line(f"Suggested by {clean(suggestion.credit)}", "quiet")
    yield line(_STATES[suggestion.state])
    args = (str(suggestion.guild_id), str(suggestion.id))
    if suggestion.state in _UNDECIDED:
        yield ButtonRow(
            buttons=(
                Button(action=actions.SUGGESTION_TAKE, args=args, label="Take"),
                Button(action=actions.SUGGESTION_REFUSE, args=args, label="Refuse"),
            )
        )


def draft_suggested(suggestion: Suggestion) -> Draft:
    """Confirm a suggestion to its member, who may agree to be named."""
    name = Button(
        action=actions.SUGGESTION_NAME, args=(str(suggestion.id),), label="Show my name with it", is_private=True
    )
    return Draft(
        blocks=(
            line("Suggested. The editors will see it on their desk:"),
            *paragraphs_of(suggestion.article),
            line("Your name is not shown with it unless you want it.", "quiet"),
            ButtonRow(buttons=(name,)),
        )
    )


def draft_named() -> Draft:
    """Confirm that a member's name is shown with their suggestion."""
    return Draft(blocks=(line("If it is taken, editions will say that you suggested it."),))


def draft_taken(suggestion: Suggestion) -> Draft:
    """Confirm to an editor that a suggestion was taken."""
    if suggestion.article_id is None:
        said = "I had an article with this link already, so it wasn't added again."
    else:
        said = "Taken into this server's articles. /schedule preview shows whether the next edition has it."
    return Draft(blocks=(line(said),))


def draft_refused() -> Draft:
    """Confirm to an editor that a suggestion was refused."""
    return Draft(blocks=(line("Refused. It can't be suggested again for 30 days."),))
