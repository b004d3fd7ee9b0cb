"""Recognise the language of a text by its function words, and by its letters.

A text counts as English unless another language has more function words in it than English has, at least `FEWEST`;
a letter that only a few languages write counts as one for each of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

ENGLISH: Final = "en"

FEWEST: Final = 2.5
"""Different function words, at least, of a language that isn't English: names have one or two ("Oscar de la Hoya")."""

_FUNCTION_WORDS: Final = {
    "en": (
        "the of and to in a is for on that with as by at from are was be it his her he she they have has had not but "
        "an or its their this will who after over about says said new you your we our how what when where why more"
    ),
    "de": (
        "der die das und ist ein eine einen einem einer von im mit zu den dem des sich nicht auf fur als auch es an "
        "werden aus er hat dass sie nach wird bei noch um am sind vor zum zur uber wie wir ich oder aber nur gegen mehr"
    ),
    "nl": (
        "de het een van en in is dat op te met voor zijn niet aan er om ook als bij naar uit dan door over ze maar "
        "hij wordt werd heeft geen nog tot deze dit meer na wat zich hun moet kan tegen onder"
    ),
    "sv": (
        "och att det som en ett pa ar av for den med till inte har om i de var fran vid efter ska kan nu mot hur vi "
        "han hon sig men eller blir under over alla nar ny nya"
    ),
    "da": (
        "og at det som en et pa er af for den med til ikke har om i de var fra ved efter skal kan nu mod hvor vi han "
        "hun sig men eller bliver under over alle nar ny nye der deres"
    ),
    "no": (
        "og at det som en et pa er av for den med til ikke har om i de var fra ved etter skal kan na mot hvor vi han "
        "hun seg men eller blir under over alle nar ny nye der deres"
    ),
    "fi": (
        "ja on ei se etta oli han mutta kun niin myos joka ovat tai sen mukaan kuin vuoden ovat jo nyt uusi yli ollut"
    ),
    "fr": (
        "le la les de des du et en un une est que qui dans pour pas sur au aux par avec ce cette son sa ses plus ne se "
        "il elle ils sont ete apres comme mais ou nous vous leur leurs selon contre chez entre fait a l d"
    ),
    "es": (
        "el la los las de del y en un una es que se por para con no su sus al lo como mas pero este esta entre tras "
        "sobre ha han fue ser son sin desde hasta contra ya muy cuando tambien segun"
    ),
    "pt": (
        "o os a as de do da dos das e em um uma que se por para com nao seu sua ao aos mais mas no na nos nas foi ser "
        "sao sem desde ate contra ja muito quando tambem segundo apos entre sobre pelo pela"
    ),
    "it": (
        "il lo la gli le di del della dei delle degli e in un una uno che si per con non su sul sulla al alla ai da "
        "dal dalla nel nella piu ma sono stato come anche dopo contro tra fra ha hanno questo questa"
    ),
    "ro": (
        "si de la in cu pe nu din care sa se un o este au pentru mai dupa lui prin fost cel ce dar ca intre lor fara "
        "sunt"
    ),
    "pl": (
        "w i z na do nie sie jest to ze o po za od przez dla jak ale czy jego byl byla sa oraz przy pod juz tylko tym "
        "jako po ma beda bedzie moze roku przed"
    ),
    "cs": (
        "a v na se je ze do s z to o i za pro po podle jsou byl byla jako ale aby uz ktery ktera od k ve pri nebo roku"
    ),
    "hu": "a az es hogy nem egy is van volt meg csak de ha mar mint el azt ez lesz szerint utan ezer uj ki",
    "tr": "ve bir bu da de icin ile olarak cok daha gibi kadar sonra olan ama ne var yok yeni en o mi her",
}
"""Common words, folded. Danish and Norwegian, Spanish and Portuguese share most of theirs: a few decide."""

_LETTERS: Final = (
    ("\u00e4\u00f6", ("de", "sv", "fi")),
    ("\u00fc", ("de", "tr", "hu")),
    ("\u00df", ("de",)),
    ("\u00e5", ("sv", "da", "no")),
    ("\u00e6\u00f8", ("da", "no")),
    ("\u00f1\u00bf\u00a1", ("es",)),
    ("\u00e3\u00f5", ("pt",)),
    ("\u00e7", ("fr", "pt", "tr")),
    ("\u00ea\u00e8\u00e0\u00f9\u00ee\u00f4\u0153", ("fr", "it")),
    ("\u00f2\u00ec", ("it",)),
    ("\u0142\u0105\u0119\u015b\u017c\u017a\u0107\u0144", ("pl",)),
    ("\u0159\u011b\u016f\u010d\u0161\u017e", ("cs",)),
    ("\u0151\u0171", ("hu",)),
    ("\u011f\u0131\u015f", ("tr",)),
    ("\u0103\u0219\u021b\u0163", ("ro",)),
)

LANGUAGES_OF_WORD: Final = {
    word: tuple(language for language, words in _FUNCTION_WORDS.items() if word in words.split())
    for word in {word for words in _FUNCTION_WORDS.values() for word in words.split()}
}
"""The languages of each function word, folded."""

_LANGUAGES_OF_LETTER: Final = {letter: languages for letters, languages in _LETTERS for letter in letters}
_LETTER_HINTS: Final = re.compile(f"[{''.join(_LANGUAGES_OF_LETTER)}]")


def language_of(text: str, words: Iterable[str]) -> str:
    """Recognise the language of a text, as its ISO 639-1 code; English if nothing speaks against it.

    Args:
        text: As written; its letters are hints that folded words have lost.
        words: The words of the text, folded.
    """
    scores: dict[str, float] = {}
    for word in set(words):
        for language in LANGUAGES_OF_WORD.get(word, ()):
            scores[language] = scores.get(language, 0.0) + 1
    if not text.isascii():
        for letter in set(_LETTER_HINTS.findall(text.lower())):
            for language in _LANGUAGES_OF_LETTER[letter]:
                scores[language] = scores.get(language, 0.0) + 1
    best = max(scores, key=scores.__getitem__, default=ENGLISH)
    return best if scores.get(best, 0.0) >= max(FEWEST, scores.get(ENGLISH, 0.0) + 0.5) else ENGLISH
