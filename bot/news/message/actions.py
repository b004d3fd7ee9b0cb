"""What a button or a select can ask for: the words that its custom id carries, and what their arguments are.

A word stays in messages for years, so none is ever given another meaning.
"""

from __future__ import annotations

from typing import Final

COVERAGE: Final = "cov"
"""Full coverage of an article: (article id). Answered privately."""

COVERAGE_CHOICE: Final = "covs"
"""A select whose values are article ids: full coverage of the chosen one. () or (delivery key), answered privately."""

EDITION_WHY: Final = "why"
"""How an edition was chosen: (delivery key). Stands in every posted part, so that the key can be read back."""

SEARCH_PAGE: Final = "sp"
"""Another page of a stored view: (view id, page number from 1). Edits the private answer."""

SHARE: Final = "share"
"""Show a private answer to the channel: (what, id, ...): `article id` or `view id, page`."""

SCHEDULE_SEND_NOW: Final = "snow"
"""An admin sends an extra edition after a preview: (schedule id)."""

DELIVERY_SEND_AGAIN: Final = "dagain"
DELIVERY_IS_THERE: Final = "dthere"
DELIVERY_SKIP: Final = "dskip"
"""An admin settles an UNKNOWN delivery: (schedule id, edition key, part)."""
