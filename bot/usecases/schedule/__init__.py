"""Create, change and find schedules; plan what is due; send again what failed."""

from __future__ import annotations

from bot.usecases.schedule.changes import ScheduleChanges
from bot.usecases.schedule.desk import set_desk
from bot.usecases.schedule.due import DueReport, Plan, run_tick
from bot.usecases.schedule.importing import Place, ServerIds, import_settings, try_import
from bot.usecases.schedule.lifecycle import (
    create_schedule,
    delete_schedule,
    edit_schedule,
    pause_schedule,
    resume_schedule,
    skip_next,
    try_edit,
    unskip_next,
)
from bot.usecases.schedule.lookup import (
    ScheduleStatus,
    current_status,
    get_schedule,
    get_schedule_or_default,
    list_schedules,
    show_schedule,
)
from bot.usecases.schedule.pending import (
    PendingChanges,
    ShownEdit,
    ShownSettings,
    pending_edits,
    pending_settings,
)
from bot.usecases.schedule.retry import RETRIED_BY_ADMIN, retry_schedule, state_to_retry
from bot.usecases.schedule.servers import note_servers, resume_rejoined
from bot.usecases.schedule.settings_file import write_settings
from bot.usecases.schedule.setup import SentForm, SetUp, propose_schedule, set_up
from bot.usecases.schedule.topic_role import set_topic_role
from bot.usecases.schedule.trust import ClockTrust

__all__ = [
    "RETRIED_BY_ADMIN",
    "ClockTrust",
    "DueReport",
    "PendingChanges",
    "Place",
    "Plan",
    "ScheduleChanges",
    "ScheduleStatus",
    "SentForm",
    "ServerIds",
    "SetUp",
    "ShownEdit",
    "ShownSettings",
    "create_schedule",
    "current_status",
    "delete_schedule",
    "edit_schedule",
    "get_schedule",
    "get_schedule_or_default",
    "import_settings",
    "list_schedules",
    "note_servers",
    "pause_schedule",
    "pending_edits",
    "pending_settings",
    "propose_schedule",
    "resume_rejoined",
    "resume_schedule",
    "retry_schedule",
    "run_tick",
    "set_desk",
    "set_topic_role",
    "set_up",
    "show_schedule",
    "skip_next",
    "state_to_retry",
    "try_edit",
    "try_import",
    "unskip_next",
    "write_settings",
]
