"""Parse typed lists of topics and providers, and compare them with the names in the archive.

Items are separated by commas; an item in quotes may contain some: `"Arts, Culture", sport`. A provider is given by its
domain, a URL or its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from bot.errors import BadInputError
from bot.text.clean import clean
from bot.text.words import fold

MOST_NAMES: Final = 25
"""Names in one list."""

_ITEM: Final = re.compile(r'\s*(?:"([^"]*)"?)?([^,]*)(?:,|$)')
_QUOTES: Final = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"'))
_DOMAIN: Final = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}")
_COMPLETED: Final = re.compile(r".*\((\S+\.\S+)\)")
_NEAREST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """The topics and providers of the articles that a server sees.

    Attributes:
        topics: Folded label → label.
        providers: Domain → name.
    """

    topics: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)

    def domains_named(self, name: str) -> tuple[str, ...]:
        """Find the domains of the providers with a name; case and diacritics don't matter."""
        wanted = folded(name)
        return tuple(domain for domain, known in self.providers.items() if folded(known) == wanted)

    def near_topics(self, topic: str) -> tuple[str, ...]:
        """Find the topics that a folded one may have been meant for."""
        names = {**self.topics, **{_letters(key): label for key, label in self.topics.items()}}
        near = get_close_matches(topic, names, n=_NEAREST) or get_close_matches(_letters(topic), names, n=_NEAREST)
        return tuple(dict.fromkeys(names[match] for match in near))

    def near_providers(self, typed: str) -> tuple[str, ...]:
        """Find the providers that a name or a domain may have been meant for, as `WBUR (wbur.org)`."""
        names = {
            **{folded(name): domain for domain, name in self.providers.items()},
            **{key: key for key in self.providers},
        }
        near = get_close_matches(folded(typed), names, n=_NEAREST)
        return tuple(dict.fromkeys(f"{self.providers[names[match]]} ({names[match]})" for match in near))


NOTHING_KNOWN: Final = KnownNames()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a list, cleaned."""

    text: str
    is_quoted: bool = False


def split_names(typed: str) -> tuple[Item, ...]:
    """Split a list into its items, without empty ones."""
    found = (_item(match) for match in _ITEM.finditer(typed.translate(_QUOTES)))
    return tuple(item for item in found if item.text)


def _item(match: re.Match[str]) -> Item:
    quoted, rest = match.groups()
    return Item(text=clean(f"{quoted or ''} {rest}"), is_quoted=quoted is not None)


def last_name(typed: str) -> tuple[str, str]:
    """Split a list that is being typed into its finished items, as typed, and the beginning of the last one."""
    text = typed.translate(_QUOTES)
    begins = max((match.start() for match in _ITEM.finditer(text) if match.start() < len(text)), default=0)
    if text.rstrip().endswith(",") and text.count('"') % 2 == 0:
        begins = len(text)
    return text[:begins].strip(), clean(text[begins:].replace('"', " "))


def as_item(name: str) -> str:
    """Write a name as an item of a list, in quotes if it contains a comma."""
    bare = name.translate(_QUOTES).replace('"', "")
    return f'"{bare}"' if "," in bare else bare


def read_topics(typed: str) -> tuple[str, ...]:
    """Parse a list of topics, each folded; one that no article has may come later, so it is accepted.

    Raises:
        BadInputError: the list is empty or too long.
    """
    return _checked(folded(item.text) for item in split_names(typed))


def read_providers(typed: str, known: KnownNames = NOTHING_KNOWN) -> tuple[str, ...]:
    """Parse a list of providers to their domains; an unknown domain may come later, so it is accepted.

    Raises:
        BadInputError: the list is empty or too long, or has a name that is neither known nor a domain.
    """
    return _checked(domain for item in split_names(typed) for domain in _domains(item, known))


def _domains(item: Item, known: KnownNames) -> tuple[str, ...]:
    found = find_domains(item, known)
    if found:
        return found
    near = known.near_providers(item.text)
    cure = did_you_mean(near) or "Give its domain, such as wbur.org."
    raise BadInputError(f"Unknown provider “{item.text[:60]}”.", cure=cure)


def find_domains(item: Item, known: KnownNames) -> tuple[str, ...]:
    """Find the domains that an item names: a known one, those of a known name, or what has the form of one."""
    domain = domain_in(item.text)
    if domain in known.providers:
        return (domain,)
    named = known.domains_named(item.text)
    if named:
        return named
    return (domain,) if _DOMAIN.fullmatch(domain) and not item.is_quoted else ()


def read_mutes(typed: str, known: KnownNames = NOTHING_KNOWN) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Parse one list of topics and providers to folded topics and domains; unknown ones are accepted.

    What is known decides; of a text that is not known the form does. In quotes it is a topic: `"Node.js"`.

    Raises:
        BadInputError: the list is empty or too long.
    """
    topics: list[str] = []
    providers: list[str] = []
    for item in split_names(typed):
        domains = () if folded(item.text) in known.topics else find_domains(item, known)
        providers += domains
        topics += [] if domains else [folded(item.text)]
    _checked([*topics, *providers])
    return tuple(dict.fromkeys(filter(None, topics))), tuple(dict.fromkeys(providers))


def domain_in(typed: str) -> str:
    """Read `example.com` from itself, from `https://www.example.com/news` or from `Example (example.com)`."""
    text = clean(typed)
    if completed := _COMPLETED.fullmatch(text):
        text = completed[1]
    return text.casefold().rpartition("://")[2].partition("/")[0].removeprefix("www.")


def folded(label: str) -> str:
    """Fold a name for comparison: without case, diacritics and extra spaces."""
    return " ".join(fold(clean(label)).split())


def _letters(label: str) -> str:
    return re.sub(r"[\W_]+", "", label)


def _checked(found: Iterable[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name for name in found if name))
    if not names:
        raise BadInputError("The list is empty.", cure="Give a comma-separated list.")
    if len(names) > MOST_NAMES:
        raise BadInputError(f"{len(names)} given; the limit is {MOST_NAMES}.", cure="Shorten the list.")
    return names


def _either(names: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def did_you_mean(names: Sequence[str]) -> str:
    """Ask whether one of several names was meant; empty if there is none."""
    return f"Did you mean {_either(names)}?" if names else ""
