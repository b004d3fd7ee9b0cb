"""How many examples a Hypothesis test tries, by the profile: `tests/conftest.py` has the profiles."""

from __future__ import annotations

from typing import Final

from hypothesis import settings

_FULL: Final = 100
"""Examples of the profile `thorough`, for which tests that ask for a number of their own get that number."""

_FEWEST: Final = 5


def up_to(count: int, *, steps: int | None = None) -> settings:
    """Ask for a number of examples of its own.

    Args:
        count: Under the profile `thorough`; other profiles give as much less or more as they have less or more.
        steps: Of each example of a state machine; None if it isn't one.
    """
    scaled = max(_FEWEST, count * settings.default.max_examples // _FULL)  # type: ignore[union-attr] # there is one
    return settings(max_examples=scaled) if steps is None else settings(max_examples=scaled, stateful_step_count=steps)
