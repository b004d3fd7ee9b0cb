"""What editors did to drafts on their desks, and what was posted against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from bot.news.article import ArticleId
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import LATE_AFTER
from bot.news.schedules.desk import Deed as DeskDeed
from tests.simulation.decisions import Decisions, Deed, Switch
from tests.simulation.judging import Begun, Breaches, Shown, name_of

_DraftId: TypeAlias = tuple[ScheduleId, EditionKey]

_HOLDS: Final = frozenset({DeskDeed.HOLD, DeskDeed.SKIP})
_FREES: Final = frozenset({DeskDeed.APPROVE, DeskDeed.SEND})
_TAKES_OUT: Final = frozenset({DeskDeed.DROP, DeskDeed.SWAP})
_CLOCKS_DIFFER: Final = timedelta(seconds=5)


@dataclass(slots=True, kw_only=True, eq=False)
class EditorsAct:
    """One act of an editor.

    Attributes:
        command: When it was asked for and answered.
        article: The story; None for the draft as a whole.
        shown: The draft's messages as the editor was shown them in the answer; None until it was answered.
        is_clock_right: False if the machine's clock was wrong, so that the draft may have been drawn as late.
    """

    command: Deed
    deed: DeskDeed
    article: ArticleId | None = None
    shown: tuple[str, ...] | None = None
    is_clock_right: bool = True


@dataclass(slots=True, kw_only=True)
class Drafts:
    """All that editors did; an act that was refused is left out.

    Attributes:
        waiting: The schedules whose drafts wait for an approval.
    """

    acts: defaultdict[_DraftId, list[EditorsAct]] = field(default_factory=lambda: defaultdict(list))
    waiting: set[ScheduleId] = field(default_factory=set)

    def is_held(self, draft: _DraftId, since: datetime, at: datetime) -> bool:
        """True if a draft may not be posted at a moment, for certain.

        Args:
            draft: Which one.
            since: A moment before it was drafted.
            at: The moment.
        """
        acts = self.acts.get(draft, [])
        holds = [act.command for act in acts if act.deed in _HOLDS]
        if draft[0] in self.waiting:
            holds.append(Deed(asked_at=since, answered_at=since, over_at=since))
        return Switch(on=holds, off=[act.command for act in acts if act.deed in _FREES]).is_on(at)

    def taken_out(self, draft: _DraftId, at: datetime) -> set[ArticleId]:
        """Find the stories that were taken out of a draft before a moment, for certain."""
        acts = self.acts.get(draft, ())
        return {act.article for act in acts if act.article and act.deed in _TAKES_OUT and act.command.is_done(at)}

    def last_shown(self, draft: _DraftId, at: datetime) -> EditorsAct | None:
        """Find the act after which nothing was done to a draft until a moment; None if that isn't certain."""
        acts = [act for act in self.acts.get(draft, ()) if act.command.asked_at <= at]
        last = max(acts, key=lambda act: act.command.asked_at, default=None)
        if last is None or last.shown is None or not last.command.is_done(at) or not last.is_clock_right:
            return None
        others = (act for act in acts if act is not last)
        return None if any(act.command.may_come_after(last.command) for act in others) else last


def judge_drafts(
    shown: Iterable[Shown], drafts: Drafts, decisions: Decisions, since: datetime, found: Breaches
) -> None:
    """Compare every message that was posted with what editors did to its draft, and add what is against it.

    Args:
        shown: The messages.
        drafts: What editors did.
        decisions: What admins decided, which may change a draft after an act.
        since: A moment before everything.
        found: Gets the breaches.
    """
    for each in shown:
        begun, name = each.begun, name_of(each)
        draft = (begun.schedule, begun.edition)
        if begun.edition.startswith("x"):
            continue  # an extra edition is never drafted
        if drafts.is_held(draft, since, begun.at):
            found.while_held.append(name)
        dropped = sorted(drafts.taken_out(draft, begun.at) & begun.articles)
        found.dropped += [f"{article} in {name}" for article in dropped]
        last = drafts.last_shown(draft, begun.at)
        if last is None or last.shown is None or _may_be_drawn_again(last, begun, decisions):
            continue
        found.compared += 1
        if last.shown[begun.part - 1 : begun.part] != (begun.text,):
            found.not_as_shown.append(f"{name}, part {begun.part}, after {last.deed}")


def _may_be_drawn_again(act: EditorsAct, begun: Begun, decisions: Decisions) -> bool:
    """True if the rules draw a message again after an act: late, as plain text, a story hidden, another channel."""
    if begun.is_plain or begun.at - begun.due_at > LATE_AFTER - _CLOCKS_DIFFER:
        return True
    moves = (deed for _, deed in decisions.channels[begun.schedule] if deed.asked_at <= begun.at)
    if any(deed.may_come_after(act.command) for deed in moves):
        return True
    drafted = "".join(act.shown or ())
    hidden = (
        article for article, switch in decisions.hidden.items() if any(deed.asked_at <= begun.at for deed in switch.on)
    )
    return any(f'"{article}"' in drafted for article in hidden)
