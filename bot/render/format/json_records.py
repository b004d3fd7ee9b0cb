"""Values as plain JSON records: the documented shapes of the command line's `--json` (docs/commands.md, JSON).

Moments are ISO 8601 in UTC, ids are strings, absent values are null; a key is never left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.news.article import Article, SeedProblem
from bot.news.checkup.finding import Finding
from bot.news.edition import Choice, Pick, Verdict
from bot.news.search import SearchResult
from bot.news.stories.evidence import TiedStory
from bot.news.stories.related import Coverage, RelatedArticle

Json = dict[str, object]


def article_record(article: Article) -> Json:
    """One article."""
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
    """What `newsdesk search --json` prints."""
    return {
        "query": result.query.typed,
        "total": result.total,
        "has_more_than_counted": result.has_more_than_counted,
        "is_broadened": result.is_broadened,
        "is_cut_short": result.is_cut_short,
        "suggestion": result.suggestion or None,
        "ignored": list(result.query.ignored),
        "articles": [article_record(article) for article in result.articles],
    }


def coverage_record(coverage: Coverage, tied: TiedStory | None = None) -> Json:
    """What `newsdesk related --json` prints."""
    return {
        "article": article_record(coverage.article),
        "outlets": coverage.outlets,
        "related": [_related_record(related) for related in coverage.related],
        "timeline": [article.id for article in coverage.timeline],
        "story": None if tied is None else _story_record(tied),
    }


def choice_record(choice: Choice) -> Json:
    """What `newsdesk digest preview --json` prints."""
    return {
        "window": {"start": _moment(choice.window.start), "end": _moment(choice.window.end)},
        "is_first": choice.is_first,
        "is_archive": choice.is_archive,
        "picks": [_pick_record(pick) for pick in choice.picks],
        "verdicts": [_verdict_record(verdict) for verdict in choice.verdicts],
    }


def problem_records(problems: Sequence[SeedProblem]) -> list[Json]:
    """The refused files of `newsdesk check --json` and `newsdesk ingest --json`."""
    return [
        {
            "path": problem.path,
            "line": problem.line,
            "field": problem.field or None,
            "reason": problem.reason,
            "cure": problem.cure,
        }
        for problem in problems
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
