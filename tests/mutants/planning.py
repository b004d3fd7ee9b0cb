"""Faults of planning: what an edition is chosen from, when it is planned, and what an older copy of the file forgot."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

_BASIS: Final = "bot/store/sqlite/ledger/basis.py"
_EDITIONS: Final = "bot/store/sqlite/ledger/editions.py"
_DUE: Final = "bot/usecases/schedule/due.py"
_PLAN: Final = "bot/usecases/digest/plan.py"
_RECOVERY: Final = "bot/usecases/recovery.py"

_OF_PLANS: Final = ("tests/store/ledger/test_digest_plan.py", "tests/kinds/test_guards.py")
_OF_TOLD: Final = ("tests/store/ledger/test_digest_told.py",)
_OF_TICKS: Final = ("tests/usecases/test_tick.py",)
_OF_COPIES: Final = ("tests/kinds/test_older_copy.py",)

PLANNING: Final = (
    Mutant(
        name="an edition is stored although another one told the same",
        file=_BASIS,
        old="if read_told_editions(connection, edition.schedule_id, basis.schedule.channel_id) != basis.told:",
        new="if basis.told is None:",
        proofs=_OF_PLANS,
    ),
    Mutant(
        name="an edition is stored with an article that was hidden meanwhile",
        file=_EDITIONS,
        old="if await self.taken_down(sorted(set(picked.values())), sorted(picked)):",
        new="if not edition.key:",
        proofs=("tests/kinds/test_many_articles.py",),
    ),
    Mutant(
        name="an edition is stored for a schedule that was changed meanwhile",
        file=_BASIS,
        old="if find_schedule(connection, edition.schedule_id) != basis.schedule:",
        new="if find_schedule(connection, edition.schedule_id) is None:",
        proofs=_OF_PLANS,
    ),
    Mutant(
        name="an edition is stored for a schedule that was deleted",
        file=_EDITIONS,
        old='_EXISTS: Final = "SELECT 1 FROM schedule WHERE schedule_id = ? AND deleted_at IS NULL"',
        new='_EXISTS: Final = "SELECT 1 FROM schedule WHERE schedule_id = ?"',
        proofs=_OF_PLANS,
    ),
    Mutant(
        name="of two schedules that are due together the second doesn't know the first",
        file=_EDITIONS,
        old="schedule_id <> :schedule_id AND edition.due_at <= :before",
        new="schedule_id <> :schedule_id AND edition.due_at < :before",
        proofs=_OF_TOLD,
    ),
    Mutant(
        name="stories of a best-of count as told again",
        file=_EDITIONS,
        old="    WHERE is_best_of = 0 AND (",
        new="    WHERE (",
        proofs=_OF_TOLD,
    ),
    Mutant(
        name="a look for breaking news that finds none takes the day",
        file="bot/usecases/digest/plan.py",
        old='    if schedule.rule == "breaking" and not chosen.choice.picks and not is_extra:\n',
        new='    if schedule.rule == "nothing":\n',
        proofs=("tests/usecases/test_breaking.py",),
    ),
    Mutant(
        name="breaking news is posted in quiet hours",
        file="bot/news/choosing/recheck.py",
        old="    return schedule.breaking.is_quiet(local) or now - row.due_at > MAX_LATENESS",
        new="    return now - row.due_at > MAX_LATENESS",
        proofs=("tests/news/test_breaking.py",),
    ),
    Mutant(
        name="an edit moves the weeks of a schedule of every second week",
        file="bot/news/schedules/schedule.py",
        old="    if before is not None and before.rhythm.every is Every.SECOND_WEEK:\n",
        new="    if before is None:\n",
        proofs=("tests/news/test_rhythm.py",),
    ),
    Mutant(
        name="a part that is still to be posted doesn't count as told",
        file=_EDITIONS,
        old="AND state IN ('planned', 'sending', 'unknown', 'sent')",
        new="AND state IN ('unknown', 'sent')",
        proofs=_OF_TOLD,
    ),
    Mutant(
        name="an extra edition of a moment ago is not known to the due one",
        file=_PLAN,
        old="_MEANWHILE: Final = timedelta(minutes=10)",
        new="_MEANWHILE: Final = timedelta(0)",
        proofs=("tests/usecases/test_digest.py",),
    ),
    Mutant(
        name="an edition is sent however late it is",
        file=_PLAN,
        old="    if now - due_at > schedule.max_lateness:\n",
        new="    if now < due_at - schedule.max_lateness:\n",
        proofs=("tests/usecases/test_digest.py",),
    ),
    Mutant(
        name="other stories than those of the preview are sent",
        file=_PLAN,
        old="if asked.previewed is not None and chosen.choice.picks and "
        "picks_key(chosen.choice.picks) != asked.previewed:",
        new='if asked.previewed == "":',
        proofs=("tests/kinds/test_promises.py", "tests/usecases/test_digest.py"),
    ),
    Mutant(
        name="a schedule moves on before its edition is stored",
        file=_DUE,
        old="    edition = await _plan_latest(schedule, digests, plan, now)\n",
        new="    await _move_on(schedules, schedule, now)\n"
        "    edition = await _plan_latest(schedule, digests, plan, now)\n",
        proofs=_OF_TICKS,
    ),
    Mutant(
        name="the tick overwrites an admin's change",
        file=_DUE,
        old="if is_waiting else None\n",
        new="if outlook is not None else None\n",
        proofs=_OF_TICKS,
    ),
    Mutant(
        name="editions are planned by a clock that may be wrong",
        file=_DUE,
        old="    if not trust.may_plan():\n",
        new="    if trust is None:\n",
        proofs=_OF_TICKS,
    ),
    Mutant(
        name="one schedule that can't be planned stops all others",
        file=_DUE,
        old="        except Exception:  # whatever is wrong with one schedule must not stop the others\n",
        new="        except LookupError:\n",
        proofs=_OF_TICKS,
    ),
    Mutant(
        name="a server with many due schedules is planned before all others",
        file=_DUE,
        old="        places[schedule.guild_id] += 1\n",
        new="        places[schedule.guild_id] += 0\n",
        proofs=_OF_TICKS,
    ),
    Mutant(
        name="an import too many may wait for a turn",
        file="bot/usecases/ingest/turns.py",
        old="if len(self._shelves) >= MOST_AT_ONCE + MOST_WAITING:",
        new="if len(self._shelves) > MOST_AT_ONCE + MOST_WAITING:",
        proofs=("tests/kinds/test_limits.py",),
    ),
    Mutant(
        name="editions are computed in the threads of members",
        file="bot/app/planning.py",
        old="        with working_for(WorksFor.EDITIONS):\n            await self._run_tick()\n",
        new="        with working_for(WorksFor.MEMBERS):\n            await self._run_tick()\n",
        proofs=("tests/kinds/test_threads.py",),
    ),
    Mutant(
        name="a server with uploads alone is not missed",
        file="bot/usecases/schedule/servers.py",
        old="sorted(await store.kept_guilds() - set(here) - left):",
        new="sorted({each.guild_id for each in schedules} - set(here) - left):",
        proofs=(
            "tests/faults/test_discord_servers.py::test_server_with_uploads_alone_that_is_left_while_the_bot_is_down_is_purged_after_30_days",
        ),
    ),
    Mutant(
        name="an edition is planned for a channel that is still to be read back",
        file="bot/app/planning.py",
        old="        if self._gates.holds(schedule.id):\n",
        new="        if schedule.id < 0:\n",
        proofs=_OF_COPIES,
    ),
    Mutant(
        name="another file is taken for the one that it was",
        file=_RECOVERY,
        old="if alive_at is None or known != file or abs(self._now() - alive_at) > GAP:",
        new="if alive_at is None or abs(self._now() - alive_at) > GAP:",
        proofs=_OF_COPIES,
    ),
    Mutant(
        name="an older copy of the same file is taken for the newest",
        file=_RECOVERY,
        old="if alive_at is None or known != file or abs(self._now() - alive_at) > GAP:",
        new="if alive_at is None or known != file:",
        proofs=_OF_COPIES,
    ),
    Mutant(
        name="what is still to be read back is forgotten by a restart",
        file=_RECOVERY,
        old="        self._owed = await self._read_owed()\n",
        new="        self._owed = {}\n",
        proofs=_OF_COPIES,
    ),
    Mutant(
        name="a story that only the channel's message names is told again",
        file=_RECOVERY,
        old="found.get(each.article_id) or _as_named(each, shelves[0], self._now())\n",
        new="found.get(each.article_id)\n            if article is None:\n                continue\n",
        proofs=_OF_COPIES,
    ),
)
