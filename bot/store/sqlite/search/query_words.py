"""A query's words as terms of the text index: groups of alternatives, phrases, and excluded words.

Nothing that a person types reaches FTS5: its expressions have word ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from bot.news.search import SearchQuery
from bot.store.sqlite.index.compounds import compounding_of, ending_in, put_together, taken_apart
from bot.store.sqlite.index.forms import Forms, archive_languages, find_forms, find_spellings
from bot.store.sqlite.index.spacing import RARE, count_articles, written_apart, written_together
from bot.store.sqlite.index.view import Part, View
from bot.store.sqlite.index.vocabulary import PREFIX_FROM, Word
from bot.store.sqlite.index.word_code import encode_words, says
from bot.store.sqlite.search.corrections import UNKNOWN_TO, Correction, find_corrections
from bot.text.background import background_share
from bot.text.language.compounds import MOST_PARTS
from bot.text.language.scripts import is_picture, is_single_sign
from bot.text.ranking.timeliness import urgent_words
from bot.text.term_frequencies import FIRST_CONTENT_WORD, NO_WORD, Group, Totals
from bot.text.words import STOP_WORDS, stem

TEXTS: Final = "article_text"
TITLES: Final = "title_text"
"""Names of the text indexes."""

MOST_BEGUN: Final = 10
BEGUN: Final = 0.5
BEGUN_BY_UNKNOWN: Final = 0.8
"""Completions of the last word: at most `MOST_BEGUN`, with weight `BEGUN`; more if the word is nearly unknown."""

ENDING: Final = 0.5
"""Weight of compounds that end in a word: "Hauptbahnhof" for "Bahnhof"."""

JOINED_ALONE: Final = 2.0
"""Weight of what articles write as one ("startups") if the query is one word beside stop words ("start-up"): the word
alone is in other articles, too."""

OTHER_LANGUAGE: Final = 0.8
"""Weight of a word's stem in another of the archive's languages, which may be that of other words."""

_SAYS: Final = "{} EXISTS (SELECT 1 FROM article_words AS w WHERE w.row_id = a.row_id AND says(w.words, :{}))"

_UNKNOWN: Final = Word(id=NO_WORD, articles=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The terms of a query.

    Attributes:
        index: The text index to query: `TITLES` if there are only stop words, else `TEXTS`.
        groups: One for each content word; for stop words only if there is nothing else.
        tokens: The tokens of the groups' words in `title_text`, if that is queried.
        phrased: Words of the phrases, all required.
        excluded: Words that must not occur.
        ranked: The groups, and the words of the phrases.
        typed: The ids of all words, stop words included, in the order typed.
        written: All words, folded, in the order typed.
        corrected: Words that were searched in another spelling too, each with the likeliest.
        unknown: Stems that are in no article; nor a prefix of one, for the last word.
        languages: Those of the archive.
        is_urgent: The query asks for the latest news ("today"); these words need not be in the text.
        sql: Conditions for `article AS a` on required and excluded phrases; may be empty.
        said: The phrases of these conditions by parameter.
    """

    index: str
    groups: Sequence[Group]
    tokens: Mapping[int, str]
    phrased: Sequence[int]
    excluded: Sequence[int]
    ranked: Sequence[Group]
    typed: Sequence[int]
    written: Sequence[str]
    corrected: Mapping[str, str]
    unknown: Sequence[str]
    languages: Sequence[str]
    is_urgent: bool
    sql: str
    said: Mapping[str, Sequence[int]]

    def values(self, part: Part) -> dict[str, bytes]:
        """Return the parameters of `sql` for one file."""
        return {name: encode_words(map(part.own_number, phrase)) for name, phrase in self.said.items()}

    def match(self, part: Part, groups: Iterable[Group]) -> str:
        """Build the FTS5 expression for articles with these groups, all words of phrases and no excluded word."""
        wanted = " AND ".join(
            [*(self._any_of(part, group) for group in groups), *(self._token(part, word) for word in self.phrased)]
        )
        return f"({wanted}) NOT ({self.but(part)})" if self.excluded else wanted

    def but(self, part: Part) -> str:
        """Build the FTS5 expression for excluded words; empty for none."""
        return " OR ".join(self._token(part, word) for word in self.excluded)

    def by_rarity(self) -> list[Group]:
        """Sort the groups that are in some article, rarest first."""
        return sorted((group for group in self.groups if group.alternatives), key=lambda group: group.frequency)

    def _any_of(self, part: Part, group: Group) -> str:
        return "(" + " OR ".join(self._token(part, word) for word in group.alternatives or (NO_WORD,)) + ")"

    def _token(self, part: Part, word: int) -> str:
        return f'"{self.tokens.get(word) or part.token(word)}"'


def read_words(view: View, query: SearchQuery) -> Words:
    """Look up a query's words, with their alternatives and document frequencies."""
    totals = view.totals()
    languages = archive_languages(view)
    found = find_forms(view, _all_words(query), languages)
    for word, spelled in find_spellings(view, query.typed, query.words, languages).items():
        found[word] = {**found.get(word, {}), **spelled}
    query, found, typed = _respaced(view, _without_noise(query, found), found, languages)
    forms = {stem(word): of for word, of in found.items()}
    known = {each: next(iter(of.values())) for each, of in forms.items()}
    together = _together(view, query.words, languages)
    urgent = urgent_words(query.words)
    if any(stem(word) in together for word in urgent):  # "USA today" is a name
        urgent = frozenset()
    content = [word for word in query.words if word not in STOP_WORDS and word not in urgent]
    is_urgent = bool(urgent and (content or query.phrases))
    if not content:
        content = [word for word in query.words if word not in STOP_WORDS] or list(query.words)
    by_stem = {stem(word): word for word in reversed(content)}
    last = query.words[-1] if query.words and query.words[-1] in content else ""
    stems = list(dict.fromkeys(map(stem, content)))
    beside = {each: [known[other] for other in stems if other in known and other != each] for each in stems}
    joined = JOINED_ALONE if len(content) == 1 else 1.0
    rare = [by_stem[each] for each in stems if count_articles(forms.get(each, {})) <= RARE]
    ending = ending_in(view, rare if len(stems) <= MOST_PARTS else [], compounding_of(languages))
    corrections = {
        each: find_corrections(view, by_stem[each], known.get(each, _UNKNOWN), beside[each], languages)
        for each in (stems if query.corrects else ())
        if each not in together
    }
    groups = [
        _group(
            view,
            by_stem[each],
            known.get(each, _UNKNOWN),
            forms.get(each, {}),
            ((together.get(each, {}), joined), (ending.get(by_stem[each], {}), ENDING)),
            corrections.get(each, ()),
            totals,
            is_last=stem(last) == each,
        )
        for each in stems
    ]
    phrases = [_ids(phrase, known) for phrase in query.phrases]
    phrased = {stem(word): known.get(stem(word), _UNKNOWN) for phrase in query.phrases for word in phrase}
    others = [
        Group(
            word=word.id,
            alternatives={word.id: 1.0} if word.articles else {},
            frequency=_frequency(totals, {each: word}),
        )
        for each, word in phrased.items()
        if each not in by_stem
    ]
    ranked = [*groups, *others]
    # Stop words alone are searched unstemmed in titles.
    in_titles = bool(ranked) and all(0 <= group.word < FIRST_CONTENT_WORD for group in ranked)
    tokens = {known[stem(word)].id: word for word in reversed(_asked_words(query))} if in_titles else {}
    barred = [_ids(words.split(), known) for words in query.excluded]
    excluded = [each[0] for each in barred if len(each) == 1 and each[0] >= FIRST_CONTENT_WORD and not in_titles]
    conditions = _conditions(
        view,
        [phrase for phrase in phrases if len(phrase) > 1 or phrase[0] < FIRST_CONTENT_WORD],
        [phrase for phrase in barred if len(phrase) > 1 or phrase[0] not in excluded],
    )
    return Words(
        index=TITLES if in_titles else TEXTS,
        groups=groups,
        tokens=tokens,
        phrased=[word.id for word in phrased.values() if in_titles or not 0 <= word.id < FIRST_CONTENT_WORD],
        excluded=excluded,
        ranked=ranked,
        typed=_ids(typed, known),
        written=typed,
        corrected={by_stem[each]: of[0].written for each, of in corrections.items() if of and each not in phrased},
        unknown=[
            each
            for each in dict.fromkeys([*by_stem, *phrased])
            if each not in known and by_stem.get(each) not in ending and not _is_unfinished(view, last, each)
        ],
        languages=languages,
        is_urgent=is_urgent,
        sql="".join(sql for sql, _, _ in conditions),
        said={name: phrase for _, name, phrase in conditions},
    )


def _ids(words: Iterable[str], known: Mapping[str, Word]) -> list[int]:
    return [known.get(stem(word), _UNKNOWN).id for word in words]


def _asked_words(query: SearchQuery) -> list[str]:
    return [*query.words, *(word for phrase in query.phrases for word in phrase)]


def _all_words(query: SearchQuery) -> list[str]:
    return [*_asked_words(query), *(word for words in query.excluded for word in words.split())]


def _is_unfinished(view: View, last: str, unknown: str) -> bool:
    return len(last) >= PREFIX_FROM and stem(last) == unknown and view.is_begun(last)


def _conditions(
    view: View, wanted: Sequence[Sequence[int]], barred: Sequence[Sequence[int]]
) -> list[tuple[str, str, Sequence[int]]]:
    """Build the conditions for required and excluded phrases, each with its parameter's name and words."""
    phrases = [(how, each) for how, group in ((" AND", wanted), (" AND NOT", barred)) for each in group]
    known = [(how, phrase) for how, phrase in phrases if NO_WORD not in phrase]
    if known:
        for part in view.parts:
            part.connection.create_function("says", 2, says, deterministic=True)
    return [
        (_SAYS.format(how, f"phrase{number}"), f"phrase{number}", phrase) for number, (how, phrase) in enumerate(known)
    ]


def _group(
    view: View,
    word: str,
    own: Word,
    forms: Forms,
    compounds: Sequence[tuple[Forms, float]],
    corrections: Sequence[Correction],
    totals: Totals,
    *,
    is_last: bool,
) -> Group:
    """Build a word's group of alternatives: corrections, and completions of the last word."""
    words = dict(forms)
    alternatives = {each.id: 1.0 if each.id == own.id else OTHER_LANGUAGE for each in forms.values()}
    for of, weight in compounds:
        words |= of
        alternatives |= {each.id: weight for each in of.values()}
    words = words or {stem(word): own}
    words |= {stem(each.written): each.word for each in corrections}
    alternatives |= {each.word.id: each.weight for each in corrections}
    if is_last and (len(word) >= PREFIX_FROM or is_single_sign(word)):
        weight = BEGUN if own.articles > UNKNOWN_TO else BEGUN_BY_UNKNOWN
        for begun, each in view.begun_words(word, MOST_BEGUN).items():
            words[begun] = each
            alternatives[each.id] = max(weight, alternatives.get(each.id, 0.0))
    return Group(word=own.id, alternatives=alternatives, frequency=_frequency(totals, words))


def _without_noise(query: SearchQuery, found: Mapping[str, Forms]) -> SearchQuery:
    """Leave out unknown emoji, and single signs, which are parts of longer runs, if there are other words."""
    kept = tuple(word for word in query.words if not (is_single_sign(word) or (is_picture(word) and word not in found)))
    return replace(query, words=kept) if not STOP_WORDS.issuperset(kept) or query.phrases else query


def _respaced(
    view: View, query: SearchQuery, found: Mapping[str, Forms], languages: Sequence[str]
) -> tuple[SearchQuery, dict[str, Forms], Sequence[str]]:
    """Ask for a word as two where articles write it so, or where it is a compound of two that they have.

    Returns:
        The query with these parts; the stems of its words; and the words that count as typed, which are the parts only
        of a word that no article has as one.
    """
    content = [word for word in query.words if word not in STOP_WORDS]
    side_by_side = written_apart(view, content, found)
    rare = [word for word in content if word not in side_by_side and count_articles(found.get(word, {})) <= RARE]
    apart = side_by_side | taken_apart(view, rare, compounding_of(languages))
    if not apart:
        return query, dict(found), _asked_words(query)
    typed = tuple(part for word in query.words for part in ((word,) if word in found else apart.get(word, (word,))))
    # A part that is a stop word would be ignored, and two words alone are in other articles too: both are asked for
    # side by side.
    is_alone = len(content) == 1 and not (side_by_side.keys() - found).isdisjoint(content)
    phrases = tuple(pair for pair in apart.values() if is_alone or not STOP_WORDS.isdisjoint(pair))
    words = tuple(
        dict.fromkeys(
            part for word in query.words if apart.get(word) not in phrases for part in apart.get(word, (word,))
        )
    )
    parts = find_forms(view, [part for pair in apart.values() for part in pair], languages)
    asked = replace(query, words=words, phrases=(*query.phrases, *phrases))
    return asked, {**found, **parts}, _asked_words(replace(query, words=typed))


def _together(view: View, words: Sequence[str], languages: Sequence[str]) -> dict[str, Forms]:
    """Find for each stem of a query what its word is together with others, where articles write them as one."""
    joined: dict[str, dict[str, Word]] = {}
    compounds = put_together(view, words, compounding_of(languages))
    for parts, forms in chain(written_together(view, words).items(), compounds.items()):
        for part in parts:
            joined.setdefault(stem(part), {}).update(forms)
    return dict(joined)


def _frequency(totals: Totals, words: Mapping[str, Word]) -> float:
    """Sum the document frequencies of stems; while the archive is small, general news counts too."""
    articles = sum(word.articles for word in words.values())
    return articles + totals.background * sum(map(background_share, words)) if totals.background else articles
