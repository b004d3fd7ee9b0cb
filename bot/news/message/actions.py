"""Actions of buttons and selects: the names in their custom ids, with the arguments of each.

Names stay in posted messages for years, so a name is never reused with another meaning.
"""

from __future__ import annotations

from typing import Final

COVERAGE: Final = "cov"
"""Show full coverage of an article, privately: (article id)."""

COVERAGE_CHOICE: Final = "covs"
"""Show full coverage of the article chosen in a select, privately: () or (delivery key)."""

EDITION_WHY: Final = "why"
"""Show how an edition was chosen: (delivery key). Every posted part has it, so that the key can be read back."""

SEARCH_PAGE: Final = "sp"
"""Show another page of a view by editing the private response: (view id, page number from 1)."""

SEARCH_AS_TYPED: Final = "sat"
"""Repeat a search without corrections by editing the private response: (view id)."""

SHARE: Final = "share"
"""Post a private response to the channel: (article id) or (view id, page)."""

SCHEDULE_SEND_NOW: Final = "snow"
"""Send an extra edition as it was previewed, for admins: (schedule id, `picks_key`)."""

SCHEDULE_EDIT_APPLY: Final = "eapply"
SCHEDULE_EDIT_CANCEL: Final = "ecancel"
"""Apply an edit as its difference was shown, or drop it, for editors: (its token)."""

SCHEDULES_RESUME: Final = "sres"
"""Resume the schedules that were paused while the bot was out of the server, for admins: (server id)."""

SCHEDULE_LIST: Final = "slist"
"""Show another part of the list of schedules by editing the private response, for admins: (index of the first)."""

DESK_MESSAGE: Final = "dkey"
"""Mark a message of the editors' desk, so that it is found when its channel is read back; does nothing: (key)."""

DESK_STORY: Final = "dstory"
"""Show what can be done with the chosen story of a draft, for admins: (schedule id, edition key, revision)."""

DESK_APPROVE: Final = "dok"
DESK_HOLD: Final = "dhold"
DESK_SEND: Final = "dsend"
"""Decide about a draft, for admins: (schedule id, edition key, revision)."""

DESK_DROP: Final = "ddrop"
DESK_UP: Final = "dup"
DESK_SWAP: Final = "dswap"
"""Change a story of a draft by editing the private response, for admins: (schedule id, edition key, article id,
revision)."""

DESK_NOTE: Final = "dnote"
DESK_HEADLINE: Final = "dhead"
"""Open the form for an editor's note or title, for admins: as above."""

DESK_NOTE_FORM: Final = "dnotef"
DESK_HEADLINE_FORM: Final = "dheadf"
"""Store what was written in that form, for admins: as above."""

SUGGESTION_TAKE: Final = "gtake"
SUGGESTION_REFUSE: Final = "grefuse"
"""Decide about a suggestion, for editors: (server id, suggestion id)."""

SUGGESTION_NAME: Final = "gname"
"""Show the member's name with their suggestion: (suggestion id)."""

DELIVERY_SEND_AGAIN: Final = "dagain"
DELIVERY_SEND_UNREAD: Final = "dunread"
"""Send messages of unknown outcome although their channel can't be read, for admins: (schedule id), or as below."""

DELIVERY_IS_THERE: Final = "dthere"
DELIVERY_SKIP: Final = "dskip"
"""Resolve an UNKNOWN delivery, for admins: (schedule id, edition key, part)."""

SETUP: Final = "setup"
"""Open the form for a first schedule, for admins: () or (greeting key), which the greeting is found by."""

EXAMPLE: Final = "example"
"""Show an edition of the shipped seeds, privately: () or (greeting key)."""

SETUP_FORM: Final = "setupf"
"""Create or change a schedule, as a sent form says, for admins: (schedule id, the hexadecimal
microseconds at which the form was opened) for a new one, (schedule id) for one that exists."""

SETUP_CHANGE: Final = "setupc"
"""Open the form of a schedule, for admins: (schedule id)."""

SETUP_CHECK: Final = "setupp"
"""Check a schedule's channel again by editing the private response, for admins: (schedule id)."""

SETUP_WAIT: Final = "setupw"
"""Confirm when a schedule's next edition comes by editing the private response, for admins: (schedule id)."""

ADMIN_LOG: Final = "alog"
"""Show other entries of a server's log by editing the private response, for managers: (index of the first)."""

CONTENT_IMPORT: Final = "cimp"
"""Import what a preview showed, for editors: (the staged upload's token)."""

CONTENT_ROLL_BACK: Final = "crback"
"""Roll a batch back as it was previewed, for editors: (batch, `Rollback.key`)."""

SETTINGS_APPLY: Final = "setapp"
"""Import a file of settings as it was previewed, for admins: (its token)."""
