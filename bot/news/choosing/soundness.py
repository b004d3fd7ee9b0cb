"""Leave broken records out of an edition, so that one of them never costs another record its place.

A date that can't be right is found by a look at the record. What else may be wrong with one shows when choosing fails:
then each record is tried alone, and those that fail are left out of a second attempt. Trying thousands takes seconds,
but happens only after a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.news.article import Article, is_plausible
from bot.news.edition import Candidate, Reason, Verdict

R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Records that can be worked with.

    Attributes:
        verdicts: One for each candidate that was left out.
    """

    candidates: tuple[Candidate, ...]
    coverage: tuple[Article, ...]
    verdicts: tuple[Verdict, ...]


def sound_records(candidates: Iterable[Candidate], coverage: Iterable[Article]) -> Sound:
    """Leave out the records whose date, now or at the cutoff, can't be right."""
    kept: list[Candidate] = []
    verdicts: list[Verdict] = []
    for candidate in candidates:
        moments = (candidate.article.published_at, candidate.changes[-1].published_at)
        wrong = [at for at in moments if not is_plausible(at)]
        if wrong:
            detail = f"dated {wrong[0].date().isoformat()}, which can't be right"
            verdicts.append(Verdict(article_id=candidate.article.id, reason=Reason.UNUSABLE, detail=detail))
        else:
            kept.append(candidate)
    usable = tuple(article for article in coverage if article.is_dated)
    return Sound(candidates=tuple(kept), coverage=usable, verdicts=tuple(verdicts))


def without_broken(records: Sequence[T], work: Callable[[Sequence[T]], R]) -> tuple[R, tuple[T, ...]]:
    """Work on records; if that fails, work on those that don't fail alone.

    Args:
        records: The records.
        work: A pure function of records; it is called again for each of them after a failure.

    Returns:
        The result, and the records that were left out.

    Raises:
        Exception: the work failed, and no record alone is the cause.
    """
    try:
        return work(records), ()
    except Exception:
        broken = [record for record in records if _fails(record, work)]
        if not broken:
            raise
        return work([record for record in records if record not in broken]), tuple(broken)


def _fails(record: T, work: Callable[[Sequence[T]], object]) -> bool:
    try:
        work([record])
    except Exception:  # noqa: BLE001 - whatever it is, the record is left out for it
        return True
    return False


BROKEN: Final = "choosing failed with this record"
"""`Verdict.detail` of a candidate without which choosing works."""


def broken_verdict(candidate: Candidate) -> Verdict:
    """Build the verdict of a candidate without which choosing works."""
    return Verdict(article_id=candidate.article.id, reason=Reason.UNUSABLE, detail=BROKEN)
