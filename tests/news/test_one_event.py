"""Which reports are one story: made-up reports of every kind that looks alike and isn't, and that looks unlike and is.

Each pair is grouped alone, with no other article to lend it counts, company or a background. A text is `title` or
`title | excerpt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest

from bot.news.article import Article, Provider
from bot.news.stories.story import group_stories
from tests.support.candidates import outlet
from tests.support.makers import make_article

TWO_OUTLETS_APART: Final = (
    # one town
    ("Town pool reopens after repair", "School adds a third bus"),
    ("Market adds evening hours", "Repair cafe opens in the old school"),
    ("Town pool reopens after repair", "Repair cafe opens in the old school"),
    ("School adds a third bus", "Market adds evening hours"),
    ("Council approves budget for new roofs", "Library extends opening hours in winter"),
    ("Fire damages barn on the county road", "Choir wins county prize for the third time"),
    ("Riverside bakery turns fifty", "Riverside bridge closes for inspection"),
    # columns and roundups
    ("Weekly roundup", "Weekly roundup"),
    ("Weekly roundup | New seats for the theatre in Elm Street", "Weekly roundup | Ferry fares rise by a tenth"),
    ("Morning briefing", "Morning briefing"),
    ("News in brief", "News in brief"),
    ("Letters to the editor", "Letters to the editor"),
    ("Editor's note", "Editor's note"),
    ("Photo of the day | Herons at the weir", "Photo of the day | A tram in fog"),
    ("Things to know today", "What to watch this weekend"),
    ("Ask the doctor", "Ask the gardener"),
    ("From the archives: the flood of 1953", "From the archives: a king visits the mill"),
    ("Weather: rain in the north, sun in the south", "Weather: storm warning for the coast"),
    # templates of two outlets
    ("Company profile: Harlan Tools", "Company profile: Osterby Foods"),
    ("Acme launches new phone", "Borealis launches new camera"),
    ("How to prune roses in spring", "How to repair a bicycle tube"),
    ("Review: a tense thriller set in Lisbon", "Review: a gentle comedy set in Cork"),
    ("Obituary: Martha Quill, weaver", "Obituary: Oskar Lund, ferryman"),
    ("Interview with the new mayor", "Interview with a retired teacher"),
    # quarterly figures
    ("Harlan Tools earns 4 percent more", "Osterby Foods profit falls 9 percent on cocoa"),
    ("Osterby Foods beats estimates in second quarter", "Velden Steel cuts its outlook for the second quarter"),
    ("Velden Steel raises its dividend", "Harlan Tools pays no dividend this year"),
    ("Third-quarter results of Harlan Tools", "Third-quarter loss at Osterby Foods widens"),
    # sports results
    ("Rovers beat United in the rain", "City beat Wanderers after extra time"),
    ("Falcons win opening game in Turku", "Otters lose their first game of the season"),
    ("Late goal lifts Rovers", "Wanderers rescue a point in the last minute"),
    ("Lindqvist wins women's 100m final", "Okoro wins men's marathon"),
    ("Coach praises young team after draw", "Coach blames referee after defeat"),
    # sorts of events
    ("Man charged after pub fight in Derby", "Woman charged after shop theft in Leeds"),
    ("Two injured in crash on coastal road", "Three injured in fire at paper mill"),
    ("Storm leaves Galway without power", "Strike leaves thousands in Milan waiting for trains"),
    ("Minister resigns over expenses", "Minister defends plan for schools"),
    ("Battery maker raises 20 million", "Translation startup raises 5 million from investors"),
    # how-to beside a leak, a shop beside a bridge
    ("How to back up your phone", "Leaked images show phone with folding screen"),
    ("Bakery on Bridge Street wins pie award", "Bridge over the Tarn closes after cracks are found"),
)

ONE_OUTLET_APART: Final = (
    # products of one template, series, live pages and figures
    ("Introducing Notely for teams", "Introducing Sketchly for teams"),
    ("Now available: Boardwise for mobile", "Now available: Chartwise for mobile"),
    ("Announcing general availability of Flowgate", "Announcing general availability of Dataport"),
    ("Composting for beginners, part 1", "Composting for beginners, part 2"),
    ("The lighthouse keepers of Skerryvore, part 1 of 3", "The lighthouse keepers of Skerryvore, part 2 of 3"),
    ("Council live blog, Monday", "Council live blog, Tuesday"),
    ("Live: Rovers v United", "Live: City v Wanderers"),
    ("Harlan Tools results, first quarter", "Harlan Tools results, second quarter"),
    ("Release notes 4.2.1", "Release notes 4.2.2"),
    ("Crossword 1,204", "Crossword 1,205"),
    ("Morning briefing | Rain and a late train", "Morning briefing | The mayor's speech"),
    ("Traffic report: delays on the ring road", "Traffic report: ring road clear again"),
)

TWO_OUTLETS_TOGETHER: Final = (
    # the same event in other words
    ("Harbour ferry collides with pier in Oslo", "Oslo: a ferry hits the harbour's pier"),
    ("Massachusetts senate halts police facial recognition", "Facial recognition ban passes Massachusetts senate"),
    ("Velden Steel to buy Harlan Tools for 2 billion", "Harlan Tools agrees to takeover by Velden Steel"),
    ("Avalanche buries ski lodge near Zermatt", "Rescuers search Zermatt lodge after avalanche"),
    ("Comet Ison survives pass behind the sun", "Ison: comet emerges from behind the sun"),
    ("Plosser wants faster tapering of bond purchases", "Fed's Plosser calls for quicker tapering"),
    ("Titanfall servers crash on launch night", "Launch of Titanfall marred by server outage"),
    ("Elephants can tell human voices apart", "Elephants recognise human voices, study finds"),
    # the same agency text
    ("Dam bursts above Brumadinho, dozens missing", "Dam bursts above Brumadinho, dozens missing"),
    ("Quake of magnitude 6.1 shakes Crete | No injuries were reported", "Quake of magnitude 6.1 shakes Crete"),
    # a weak title, and excerpts that agree
    (
        "News in brief | Divers recover the bell of the frigate Aurelia off Gotland",
        "News in brief | The bell of the frigate Aurelia was recovered off Gotland by divers",
    ),
    (
        "Weekly roundup | A meteorite fell through the roof of a garage in Uppsala",
        "Weekly roundup | Uppsala garage: meteorite falls through its roof",
    ),
    # results, figures and places of the same event
    ("Lindqvist wins 100m final in Turin", "Turin: sprinter Lindqvist takes 100m gold"),
    ("Osterby Foods profit falls on cocoa prices", "Cocoa prices weigh on Osterby Foods' profit"),
    ("Millbrook barn fire kills forty sheep", "Forty sheep die in barn fire at Millbrook"),
    ("Wolves return to the Veluwe forest", "First wolves in decades seen in Veluwe"),
    ("Sbarro files for bankruptcy again", "Pizza chain Sbarro in second bankruptcy"),
    ("Scorpion stings passenger on Alaska Airlines flight", "Alaska Airlines passenger stung by scorpion"),
)

ONE_OUTLET_TOGETHER: Final = (
    # the same text, posted again or with an addition
    ("Dam bursts above Brumadinho, dozens missing", "Dam bursts above Brumadinho, dozens missing"),
    ("Avalanche buries ski lodge near Zermatt", "Avalanche buries ski lodge near Zermatt: live updates"),
    ("Scorpion stings passenger on flight to Portland", "Update: scorpion stings passenger on flight to Portland"),
)


def report(number: int, text: str, *, source: int) -> Article:
    """An outlet's report."""
    title, _, excerpt = text.partition(" | ")
    return make_article(f"r{number}", title=title, excerpt=excerpt, provider=outlet(source))


def sizes(texts: Sequence[str], *, outlets: int) -> list[int]:
    """How many reports each story of these texts has, the outlets taking turns."""
    reports = [report(number, text, source=number % outlets) for number, text in enumerate(texts)]
    return sorted(len(story.articles) for story in group_stories(reports))


@pytest.mark.parametrize(("one", "other"), TWO_OUTLETS_APART)
def test_reports_of_two_events_are_two_stories(one: str, other: str) -> None:
    """A town, a column, a template or a sort of event in common is not an event."""
    assert sizes([one, other], outlets=2) == [1, 1]


@pytest.mark.parametrize(("one", "other"), ONE_OUTLET_APART)
def test_an_outlets_posts_on_two_things_are_two_stories(one: str, other: str) -> None:
    """Its own words tie nothing."""
    assert sizes([one, other], outlets=1) == [1, 1]


@pytest.mark.parametrize(("one", "other"), TWO_OUTLETS_TOGETHER)
def test_two_outlets_reports_of_one_event_are_one_story(one: str, other: str) -> None:
    """Even where nobody else reports it."""
    assert sizes([one, other], outlets=2) == [2]


@pytest.mark.parametrize(("one", "other"), ONE_OUTLET_TOGETHER)
def test_an_outlets_text_that_is_posted_again_is_one_story(one: str, other: str) -> None:
    """Word for word, or with a word more."""
    assert sizes([one, other], outlets=1) == [2]


@pytest.mark.parametrize(
    ("texts", "outlets"),
    [
        (
            [
                "Town pool reopens after repair",
                "School adds a third bus",
                "Market adds evening hours",
                "Repair cafe opens in the old school",
            ],
            4,
        ),
        (["Introducing Notely for teams", "Introducing Sketchly for teams", "Introducing Boardly for teams"], 1),
        (["Weekly roundup"] * 3, 3),
        (
            [
                "Bridge over the Tarn closes after cracks are found",
                "Bakery on Bridge Street wins pie award",
                "Roof repair begins at the swimming pool",
            ],
            3,
        ),
    ],
)
def test_strangers_do_not_vouch_for_one_another(texts: Sequence[str], outlets: int) -> None:
    """Several reports of one day that share no event are as many stories."""
    assert sizes(texts, outlets=outlets) == [1] * len(texts)


def test_a_stranger_stays_outside_the_story_of_a_day() -> None:
    """Two reports of a closed bridge are a story; the bakery beside a bridge isn't in it."""
    texts = [
        "Bridge over the Tarn closes after cracks are found | Engineers saw them in two piers. Buses take another way.",
        "Cracks found: Tarn bridge closes | Two piers are damaged, engineers say. The bridge may stay shut for weeks.",
        "Bakery wins pie award | The shop by the old bridge bakes since 1931. Its apple pie convinced the jury.",
    ]

    assert sizes(texts, outlets=3) == [1, 2]


def test_one_weak_neighbour_does_not_lend_a_text_its_own_story() -> None:
    """A prize for a bakery isn't in the story of a bridge because a bakery at the bridge is like both."""
    found = "Engineers found cracks in the Weser bridge on Tuesday; it stays closed to traffic."
    texts = [
        f"Bridge over the Weser closed after cracks found | {found}",
        f"Weser bridge closed: inspectors find cracks | {found}",
        f"Cracks force closure of Weser bridge | {found}",
        f"Inspectors close Weser bridge because of cracks | {found}",
        f"Cracks in Weser bridge: closed until spring | {found}",
        "Bakery at the bridge bakes 2,000 buns a day | The bakery by the Weser bridge opens at five.",
        "Bakery wins prize for rye bread",
    ]

    stories = group_stories([report(number, text, source=number) for number, text in enumerate(texts)])

    assert ["r6"] in [[article.stem for article in story.articles] for story in stories]


def test_the_name_of_an_articles_own_site_is_not_evidence() -> None:
    """A report on one of a company's products doesn't connect all posts of the company."""
    acme = Provider(name="Acme", domain="acme.com")
    posts = [
        make_article("r0", title="Acme announces the Acme Kettle 2", excerpt="", provider=acme),
        make_article("r1", title="Acme announces the Acme Toaster 3 with glass front", excerpt="", provider=acme),
        make_article("r2", title="Glass front for new Acme toaster", excerpt="", provider=outlet(1)),
    ]

    stories = group_stories(posts)

    assert sorted(sorted(article.stem for article in story.articles) for story in stories) == [["r0"], ["r1", "r2"]]


def test_an_article_that_says_only_its_sites_name_is_a_story_of_its_own() -> None:
    """It has no evidence at all."""
    named = make_article("r0", title="Acme", excerpt="", provider=Provider(name="Acme", domain="acme.com"))

    assert [len(story.articles) for story in group_stories([named, report(1, "Acme", source=1)])] == [1, 1]


def test_other_outlets_connect_an_outlets_own_follow_up() -> None:
    """By itself an outlet's second report is a story of its own."""
    first = "Avalanche buries ski lodge near Zermatt"
    follow_up = "Zermatt lodge avalanche: rescuers find skier alive"
    alone = [report(0, first, source=0), report(1, follow_up, source=0)]
    others = [
        report(2, "Skier found alive after avalanche buries Zermatt lodge", source=1),
        report(3, "Avalanche at Zermatt ski lodge: rescuers find skier alive", source=2),
    ]

    assert len(group_stories(alone)) == 2
    assert len(group_stories([*alone, *others])) == 1
