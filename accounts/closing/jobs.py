"""What time does to accounts that were closed."""

from __future__ import annotations

from datetime import timedelta

from accounts.closing import finishing, pseudonyms
from common import jobs


@jobs.periodic("account.finish", every=timedelta(hours=1))
def erase_due() -> None:
    """Accounts that nobody took back in time are erased."""
    finishing.erase_due()


@jobs.periodic("account.votes", every=timedelta(hours=24))
def cut_votes_loose() -> None:
    """Votes of who left a month ago are nobody's."""
    pseudonyms.cut_loose()
