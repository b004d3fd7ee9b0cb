"""Draw what happens: what the operator, one server, another server and a person in direct messages do, in which order.

All draw from few words, links and names, so that the history of one server aims at what another one asks: its words,
misspellings of them, its links, its file names, and the ids of articles that are not its own.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

from bot.news.article import INSTANCE_SHELF, article_id, server_shelf
from tests.support.running_bot import MONDAY

T = TypeVar("T")

Options: TypeAlias = Mapping[str, str | int | bool]

_WHO: Final = (
    "mayor",
    "harbour",
    "harbours",
    "harbor",
    "ferry",
    "ferries",
    "council",
    "counsel",
    "library",
    "orchestra",
)
_DOES: Final = ("opens", "closes", "repairs", "debates", "rebuilds", "floods", "fields", "yields", "sells", "shells")
_WHAT: Final = ("bridge", "bride", "tunnel", "funnel", "market", "garden", "warden", "lantern", "pasture", "posture")
_HOW: Final = ("overnight", "in spring", "after the storm", "with hydrogen", "against protest", "for children")
PRIVATE: Final = ("zephyrine", "quillback", "mossvale", "tarnwick", "hydrogenium", "brigde", "fery", "libary")
"""Words that no article of the instance has; some are one letter away from words that many have."""

TOPICS: Final = ("Shipping", "Shopping", "Culture", "Cultures", "Roads")
DOMAINS: Final = ("gazette.example", "gazelle.example", "courier.example", "herald.example", "tribune.example")
LINKS: Final = tuple(f"https://{domain}/{number}" for domain in DOMAINS for number in range(6))
STEMS: Final = tuple(f"{word}-{number}" for word in ("ferry", "bridge", "market") for number in range(4))
INSTANCE_ARTICLES: Final = 24
_HISTORY: Final = 0.45
_SPAN_DAYS: Final = 20


class Who(StrEnum):
    """Everybody who acts."""

    THEIRS = "another server"
    OURS = "the server"
    DIRECT = "a direct message"
    OPERATOR = "the operator"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that somebody does.

    Attributes:
        who: The one who acts.
        deed: A command's full name; "complete" and "press" for those; other words for anything else.
        options: The command's options; for "complete" also `command`, `focused` and `value`, for "press" `label`.
        file: An upload's name and text, or a file that the operator adds.
    """

    who: Who
    deed: str
    options: Options = field(default_factory=dict)
    file: tuple[str, str] | None = None

    def __str__(self) -> str:
        said = " ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"{self.who}: {self.deed} {said}{' ' + self.file[0] if self.file else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A whole sequence; the steps of `Who.THEIRS` are the history that must change nothing for the others."""

    seed: str
    instance: Mapping[str, str]
    steps: tuple[Step, ...]


class Drawing:
    """Draws a sequence from one seed.

    Args:
        seed: Decides everything.
        ours: The server's id, which its articles' ids depend on.
        theirs: The other server's id.
    """

    def __init__(self, seed: str, *, ours: int, theirs: int) -> None:
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._shelves = (INSTANCE_SHELF, server_shelf(ours), server_shelf(theirs))
        self._titles: list[str] = []
        self._schedules: dict[Who, list[str]] = {Who.OURS: [], Who.THEIRS: []}

    def draw(self, *, length: int) -> Course:
        """Draw a sequence of `length` steps outside of the history, and a history among them."""
        instance = {f"{self._one(STEMS)}-{n}": self.seed_text() for n in range(INSTANCE_ARTICLES)}
        steps: list[Step] = []
        left = length
        while left:
            if self._random.random() < _HISTORY:
                steps.append(self._theirs())
            else:
                steps.append(self._other())
                left -= 1
        return Course(seed=self._seed, instance=instance, steps=tuple(steps))

    def seed_text(self, *, private: float = 0.0, stubs: int = 2) -> str:
        """Write a seed; `private` is the chance of each of its words to be one that the instance doesn't have."""
        title = self._title(private)
        self._titles.append(title)
        domain = self._one(DOMAINS)
        fields: dict[str, object] = {
            "title": title,
            "excerpt": f"{self._title(private)}. {self._title(private)}.",
            "publishedDateTime": self._moment().isoformat(),
            "webUrl": self._one(LINKS),
            "quality": self._random.randrange(60, 100),
            "heat": self._random.randrange(100),
            "published": True,
            "provider": {"name": domain.partition(".")[0].title(), "domain": domain},
            "topics": self._random.sample(TOPICS, self._random.randrange(3)),
            "related": [self._stub(private) for _ in range(self._random.randrange(stubs + 1))],
        }
        lines = "\n".join(f"{name}: {json.dumps(value)}" for name, value in fields.items())
        return f"---\n{lines}\n---\n"

    def _stub(self, private: float) -> dict[str, object]:
        domain = self._one(DOMAINS)
        return {
            "title": self._title(private),
            "publishedDateTime": self._moment().isoformat(),
            "webUrl": self._one(LINKS),
            "provider": {"name": domain.partition(".")[0].title(), "domain": domain},
        }

    def _theirs(self) -> Step:
        return self._drawn(
            Who.THEIRS,
            {
                self._import: 6,
                self._hide: 2,
                self._read: 4,
                self._top: 2,
                self._complete: 1,
                self._schedule: 3,
                self._manage: 1,
            },
        )

    def _other(self) -> Step:
        who = self._random.choices((Who.OURS, Who.DIRECT, Who.OPERATOR, Who.TIME), weights=(12, 4, 1, 2), k=1)[0]
        match who:
            case Who.OPERATOR:
                name = f"{self._one(STEMS)}-{self._random.randrange(2 * INSTANCE_ARTICLES)}.md"
                return Step(who=who, deed="adds a file", file=(name, self.seed_text()))
            case Who.TIME:
                return Step(who=who, deed="passes", options={"hours": self._one(("1", "24", "100"))})
            case Who.DIRECT:
                return self._drawn(who, {self._read: 6, self._top: 1, self._complete: 3, self._press: 2})
            case _:
                own = {self._import: 3, self._hide: 1, self._schedule: 4, self._manage: 2, self._digest: 2}
                return self._drawn(who, {self._read: 7, self._top: 2, self._complete: 4, self._press: 4, **own})

    def _drawn(self, who: Who, deeds: Mapping[Callable[[Who], Step], int]) -> Step:
        (deed,) = self._random.choices([*deeds], weights=[*deeds.values()], k=1)
        return deed(who)

    def _import(self, who: Who) -> Step:
        is_theirs = who is Who.THEIRS
        text = self.seed_text(private=0.3 if is_theirs else 0.0, stubs=6 if is_theirs else 2)
        return Step(who=who, deed="content import", file=(f"{self._one(STEMS)}.md", text))

    def _hide(self, who: Who) -> Step:
        options: Options = {"article": self._article()}
        deed = "content unhide" if self._random.random() < 0.2 else "content hide"
        return Step(who=who, deed=deed, options=options)

    def _read(self, who: Who) -> Step:
        deed = self._one(("search", "search", "search", "latest", "topics", "providers", "story", "related", "related"))
        options: dict[str, str | int | bool] = {}
        match deed:
            case "search":
                options["query"] = self._query()
            case "story" | "related":
                options["article"] = self._article()
            case "latest" if self._random.random() < 0.5:
                options["topic"] = self._one(TOPICS)
            case _:
                pass
        return Step(who=who, deed=f"news {deed}", options=options)

    def _top(self, who: Who) -> Step:
        return Step(who=who, deed="news top", options={"period": self._one(("day", "week", "month", "all"))})

    def _complete(self, who: Who) -> Step:
        command, focused = self._one(
            (
                ("news story", "article"),
                ("news related", "article"),
                ("news search", "topic"),
                ("news search", "provider"),
                ("news latest", "topic"),
            )
        )
        word = self._one(TOPICS if focused == "topic" else DOMAINS if focused == "provider" else self._words())
        value = word[: self._random.randrange(1, 7)]
        return Step(who=who, deed="complete", options={"command": command, "focused": focused, "value": value})

    def _press(self, who: Who) -> Step:
        labels = ("Next", "Previous", "Search as typed", "Full coverage", "Why these?", "Send now")
        return Step(who=who, deed="press", options={"label": self._one(labels)})

    def _schedule(self, who: Who) -> Step:
        names = self._schedules[who]
        if not names or self._random.random() < 0.3:
            name = f"Digest {len(names) + 1}"
            names.append(name)
            options: dict[str, str | int | bool] = {"name": name, "day": "daily", "time": "09:00", "timezone": "UTC"}
            if self._random.random() < 0.3:
                options["topics"] = self._one(TOPICS)
            return Step(who=who, deed="schedule create", options=options)
        deed = self._one(("preview", "send-now", "why", "show", "history", "pause", "resume", "skip-next"))
        return Step(who=who, deed=f"schedule {deed}", options={"name": self._one(names)})

    def _manage(self, who: Who) -> Step:
        commands = ("content status", "content problems", "schedule list", "admin doctor", "my data", "help")
        return Step(who=who, deed=self._one(commands))

    def _digest(self, who: Who) -> Step:
        if self._random.random() < 0.5:
            return Step(who=who, deed="digest latest")
        return Step(who=who, deed="digest edition", options={"number": self._random.randrange(1, 4)})

    def _query(self) -> str:
        words = [self._slip(self._one(self._words())) for _ in range(self._random.randrange(1, 4))]
        if self._random.random() < 0.1:
            return self._one(LINKS)
        return " ".join(words)

    def _words(self) -> tuple[str, ...]:
        return (*_WHO, *_DOES, *_WHAT, *PRIVATE)

    def _slip(self, word: str) -> str:
        """Leave out a letter of a word, sometimes."""
        at = self._random.randrange(len(word))
        return word[:at] + word[at + 1 :] if self._random.random() < 0.3 else word

    def _article(self) -> str:
        """Name an article of anybody: by its title, its link, its file's name or its id."""
        match self._random.randrange(4):
            case 0:
                return self._one(LINKS)
            case 1:
                return article_id(self._one(self._shelves), self._one(STEMS))
            case 2:
                return f"{self._one(STEMS)}.md"
            case _:
                return self._one(self._titles)

    def _title(self, private: float) -> str:
        words = [self._one(_WHO), self._one(_DOES), self._one(_WHAT)]
        words = [self._one(PRIVATE) if self._random.random() < private else word for word in words]
        return f"{' '.join(words).capitalize()} {self._one(_HOW)}"

    def _moment(self) -> datetime:
        return MONDAY - timedelta(minutes=self._random.randrange(60, _SPAN_DAYS * 24 * 60))

    def _one(self, things: Sequence[T]) -> T:
        return self._random.choice(things)
