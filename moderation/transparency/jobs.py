"""Work of the subject outside the request."""

from __future__ import annotations

from datetime import timedelta

from accounts.retention.sweeping import sweep
from accounts.signin.models import SeenMonth
from common import clock
from common.health import Finding, check
from common.jobs import periodic
from common.unit_of_work import unit_of_work
from moderation.transparency import filing, numbers

KEPT = timedelta(days=400)
"""Which months a member was here in is kept as long as two half-years need it."""


@periodic("transparency.forget", every=timedelta(days=1))
def forget_months() -> None:
    """Months that no figure needs any more go."""
    oldest = clock.now() - KEPT
    with unit_of_work():
        sweep("seen-months", SeenMonth, SeenMonth.month < f"{oldest:%Y-%m}")


@check("statements of reasons")
def statements_are_filed() -> Finding:
    """Whether statements wait to be handed to the Commission's database."""
    owed = 0 if numbers.is_small() else filing.waiting()
    advice = "Make the next file: flask transparency file DIR, or /desk/transparency." if owed >= 100 else ""
    return Finding(
        "statements of reasons", True, f"{owed} wait for the next file" if owed else "all handed over", advice
    )
