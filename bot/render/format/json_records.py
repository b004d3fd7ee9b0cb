"""Turn values into JSON records: the documented shapes of the command line's `--json` (docs/commands.md, JSON).

Times are ISO 8601 in UTC, ids are strings, absent values are null; no key is ever missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.news.article import Article
from bot.news.article import Finding as SeedFinding
from bot.news.checkup.finding import Finding
from bot.news.content import CheckReport, ImportReport
from bot.news.edition import Choice, Pick, Verdict
from bot.news.search import SearchResult
from bot.news.stories.evidence import TiedStory
from bot.news.stories.related import Coverage, RelatedArticle
from bot.text.ranking.score_parts import ScoreParts

Json = dict[str, object]


def article_record(article: Article) -> Json:
    """Describe an article."""
    return {
        "id": article.id,
        "shelf": article.shelf,
        "stem": article.stem or None,
        "title": article.title,
        "excerpt": article.excerpt,
        "url": article.url,
        "published_at": _moment(article.published_at),
        "provider": {"name": article.provider.name, "domain": article.provider.domain},
        "topics": list(article.topics),
        "kind": article.kind,
        "quality": article.quality,
        "heat": article.heat,
        "score": article.score,
        "listed": article.listed,
        "is_stub": article.is_stub,
    }


def finding_records(findings: Sequence[Finding]) -> list[Json]:
    """Describe findings for `newsdesk doctor --json`; `status` is `ok`, `failing` or `unknown`."""
    return [
        {"check": each.check, "status": each.status.value, "text": each.text, "cure": each.cure or None}
        for each in findings
    ]


def search_record(result: SearchResult) -> Json:
    """Describe a search result for `newsdesk search --json`."""
    return {
        "query": result.query.typed,
        "total": result.total,
        "has_more_than_counted": result.has_more_than_counted,
        "is_broadened": result.is_broadened,
        "is_cut_short": result.is_cut_short,
        "left_out": result.left_out or None,
        "corrected": [{"typed": typed, "searched": searched} for typed, searched in result.corrected],
        "suggestion": result.suggestion or None,
        "ignored": list(result.query.ignored),
        "articles": [article_record(article) for article in result.articles],
        "scores": [_score_record(parts) for parts in result.parts] or None,
    }


def _score_record(parts: ScoreParts | None) -> Json | None:
    if parts is None:
        return None
    return {
        "relevance": round(parts.relevance, 4),
        "time": round(parts.time, 4),
        "complete": round(parts.complete, 4),
        "words": round(parts.words, 4),
        "share": round(parts.share, 4),
        "adjacent": round(parts.adjacent, 4),
        "typed": round(parts.typed, 4),
        "story": round(parts.story, 4),
        "votes": round(parts.votes, 4),
        "exact": round(parts.exact, 4),
    }


def coverage_record(coverage: Coverage, tied: TiedStory | None = None) -> Json:
    """Describe an article's coverage for `newsdesk related --json`; `story` is null if no one else reports it."""
    return {
        "article": article_record(coverage.article),
        "outlets": coverage.outlets,
        "related": [_related_record(related) for related in coverage.related],
        "timeline": [article.id for article in coverage.timeline],
        "story": None if tied is None else _story_record(tied),
    }


def choice_record(choice: Choice) -> Json:
    """Describe a chosen edition for `newsdesk digest preview --json`."""
    return {
        "window": {"start": _moment(choice.window.start), "end": _moment(choice.window.end)},
        "is_first": choice.is_first,
        "is_archive": choice.is_archive,
        "picks": [_pick_record(pick) for pick in choice.picks],
        "verdicts": [_verdict_record(verdict) for verdict in choice.verdicts],
    }


def check_record(report: CheckReport) -> Json:
    """Describe what was read for `newsdesk check --json`."""
    return {
        "articles": report.articles,
        "others": report.others,
        "problems": _finding_records(report.problems),
        "notes": _finding_records(report.notes),
    }


def import_record(report: ImportReport) -> Json:
    """Describe one import for `newsdesk ingest --json`."""
    return {
        "origin": report.origin,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "kept_out": report.kept_out,
        "rejected": report.refused,
        "others": report.others,
        "problems": _finding_records(report.problems),
        "notes": _finding_records(report.notes),
    }


def _finding_records(findings: Sequence[SeedFinding]) -> list[Json]:
    return [
        {
            "path": finding.path,
            "line": finding.line,
            "field": finding.field or None,
            "reason": finding.reason,
            "cure": finding.cure,
        }
        for finding in findings
    ]


def _related_record(related: RelatedArticle) -> Json:
    return {
        "article": article_record(related.article),
        "source": related.source,
        "similarity": round(related.similarity, 4),
        "why": related.why,
    }


def _story_record(tied: TiedStory) -> Json:
    return {
        "id": tied.id,
        "articles": [article.id for article in tied.story.articles],
        "bonds": [
            {
                "article_id": bond.article.id,
                "likeness": round(bond.likeness, 2),
                "words": list(bond.words),
                "has_same_link": bond.has_same_link,
                "has_same_title": bond.has_same_title,
                "edge": bond.edge,
            }
            for bond in tied.bonds
        ],
    }


def _pick_record(pick: Pick) -> Json:
    return {
        "article": article_record(pick.article),
        "is_update": pick.is_update,
        "why": pick.why,
        "story": [article.id for article in pick.story.articles],
        "providers": list(pick.story.providers),
    }


def _verdict_record(verdict: Verdict) -> Json:
    return {"article_id": verdict.article_id, "reason": verdict.reason.value, "detail": verdict.detail}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
