"""The pieces of the proof: each is done by a process of its own and answers with plain values."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.store.sqlite import store_of
from tests.kinds.interleavings import Pair, Trials
from tests.kinds.town_in_steps import TownInSteps
from tests.simulation import clock_faults, soak
from tests.simulation.careless import CARELESS
from tests.simulation.crash_points import SCRIPTS, crash_everywhere
from tests.simulation.deciding import DecidingWorld
from tests.simulation.inline import empty_newsroom
from tests.simulation.oracle import Tally
from tests.simulation.quiet import quiet_log
from tests.simulation.restores import RestoringWorld
from tests.simulation.rhythms import RHYTHMS
from tests.simulation.summer_time import HOURS, check_zone
from tests.simulation.variants import VARIANTS
from tests.simulation.weather import chance
from tests.simulation.world import World
from tests.simulation.zones import ZoneClass

_WRONG_FOR: Final = (timedelta(minutes=10), timedelta(hours=3))


@dataclass(slots=True, kw_only=True)
class Answer:
    """What a job came to.

    Attributes:
        problems: Sentences; none where all is as it must be. For a control they are what it is there to find.
        figures: What was counted.
        seconds: Of the processor's time.
    """

    problems: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    figures: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0


def play_worlds(variant: str, seeds: Sequence[int]) -> Answer:
    """Play some seeds; the worlds of a variant that isn't the protocol are expected to have problems."""
    began, answer = time.process_time(), Answer()
    with quiet_log() as surprises:
        for seed in seeds:
            world = World(seed, variant=VARIANTS[variant])
            findings = world.run()
            answer.tally.add(world.tally)
            found = [*findings.lost[:2], *findings.doubled[:2], *surprises[:2]]
            surprises.clear()
            if found:
                answer.problems.append(f"{'; '.join(found)}\n    again: {_replay(seed, variant)}")
    gc.collect()
    answer.seconds = time.process_time() - began
    return answer


def play_restores(seeds: Sequence[int]) -> Answer:
    """Play some seeds in which files are restored from backups."""
    began, answer = time.process_time(), Answer()
    with quiet_log() as surprises:
        for seed in seeds:
            world = RestoringWorld(seed)
            findings = world.run()
            answer.tally.add(world.tally)
            found = [*findings.lost[:2], *findings.doubled[:2], *surprises[:2]]
            surprises.clear()
            if found:
                again = f"python -m tests.simulation --seed {seed} --restores --trace"
                answer.problems.append(f"{'; '.join(found)}\n    again: {again}")
    answer.seconds = time.process_time() - began
    return answer


def _replay(seed: int, variant: str) -> str:
    return f'python -m tests.simulation --seed {seed} --variant "{variant}" --trace'


def play_crash_points(number: int, stride: int) -> Answer:
    """Kill one script at each of its steps."""
    began, answer, runs = time.process_time(), Answer(), 0
    with quiet_log() as surprises:
        for where, findings in crash_everywhere(SCRIPTS[number], stride=stride):
            runs += 1
            answer.problems += [f"{where}: {each}" for each in (*findings.lost, *findings.doubled)]
        answer.problems += surprises
    answer.figures = {"crash points": runs}
    answer.seconds = time.process_time() - began
    return answer


def play_interleavings(pairs: Sequence[Pair], orders: int) -> Answer:
    """Interleave pairs of deeds."""
    began, answer, tried = time.process_time(), Answer(), 0
    with quiet_log() as surprises, TemporaryDirectory() as folder, closing(_town(Path(folder))) as town:
        for pair in pairs:
            trials = Trials(town, pair)
            answer.problems += trials.check(trials.orders(chance(str(pair)), orders))
            tried += trials.tried
        answer.problems += surprises
    answer.figures = {"pairs": len(pairs), "interleavings": tried}
    answer.seconds = time.process_time() - began
    return answer


def _town(folder: Path) -> TownInSteps:
    return TownInSteps(folder, empty_newsroom())


def play_decisions(control: str, seeds: Sequence[int]) -> Answer:
    """Play worlds in which admins decide; those of a control are expected to break what it leaves out.

    Args:
        control: Its name; an empty one for the bot as it is.
        seeds: Of the worlds.
    """
    began, answer = time.process_time(), Answer()
    make_store = next((each.make_store for each in CARELESS if each.name == control), store_of)
    figures: Counter[str] = Counter()
    with quiet_log() as surprises:
        content = empty_newsroom()
        for seed in seeds:
            world = DecidingWorld(seed, content, make_store=make_store)
            world.run()
            breaches = world.breaches
            figures.update(
                decisions=world.decisions.asked,
                editors_acts=world.drafts_edited,
                as_last_shown=breaches.compared,
                messages=breaches.messages,
                stories=breaches.stories,
                crashes=world.tally.crashes,
                under_way=breaches.under_way,
            )
            for kind, sentences in breaches.by_kind().items():
                figures[kind] += len(sentences)
                answer.problems += [f"seed {seed}: {kind}: {each}" for each in sentences[:2]]
            answer.problems += surprises
            surprises.clear()
    answer.figures = {kind.replace("_", " "): count for kind, count in figures.items()}
    answer.seconds = time.process_time() - began
    return answer


def play_zones(zones: Sequence[ZoneClass]) -> Answer:
    """Tick zones through their changes."""
    began, answer = time.process_time(), Answer()
    source = chance(len(zones))
    with quiet_log() as surprises:
        for zone in zones:
            answer.problems += list(check_zone(zone, source))
        answer.problems += surprises
    windows = sum(max(1, len(zone.changes)) for zone in zones)
    answer.figures = {
        "zones": sum(len(zone.names) for zone in zones),
        "zones that differ": len(zones),
        "changes": sum(len(zone.changes) for zone in zones),
        "schedules ticked": windows * 7 * len(HOURS) + len(zones) * len(RHYTHMS),
    }
    answer.seconds = time.process_time() - began
    return answer


def play_clock_faults() -> Answer:
    """Steps of the wall clock, special days, downtimes."""
    began, answer, cases = time.process_time(), Answer(), 0
    with quiet_log() as surprises:
        for day in clock_faults.DAYS:
            for offset in clock_faults.OFFSETS:
                for step in clock_faults.STEPS:
                    for span, restarts in product(_WRONG_FOR, (False, True)):
                        answer.problems += clock_faults.check_step(
                            day, step, offset, right_again_after=span, restarts=restarts
                        )
                        cases += 1
                for down in clock_faults.DOWNTIMES:
                    answer.problems += clock_faults.check_downtime(day, down, offset)
                    cases += 1
        answer.problems += surprises
    answer.figures = {"cases": cases}
    answer.seconds = time.process_time() - began
    return answer


def play_soak(channels: int) -> Answer:
    """Seven weeks of one process."""
    began, answer = time.process_time(), Answer()
    with quiet_log() as surprises:
        weeks = list(soak.Soak(channels).weeks())
        answer.problems = [*soak.problems_of(weeks), *surprises]
    answer.figures = {
        "channels": channels,
        "deliveries": sum(week.delivered for week in weeks),
        "MB after week 1": round(weeks[0].resident_bytes / 1e6, 1),
        "MB after week 7": round(weeks[-1].resident_bytes / 1e6, 1),
        "objects after week 1": weeks[0].objects,
        "objects after week 7": weeks[-1].objects,
        "tasks left": weeks[-1].tasks - weeks[0].tasks,
    }
    answer.seconds = time.process_time() - began
    return answer
