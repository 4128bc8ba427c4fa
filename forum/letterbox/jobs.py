"""Mail outside the request: looking into the mailbox, forgetting what came long ago."""

from __future__ import annotations

from datetime import timedelta

from accounts.retention.sweeping import sweep
from common import clock, jobs
from common.config import current_config
from common.db import update_where
from common.unit_of_work import unit_of_work
from forum.letterbox import fetching
from forum.letterbox.models import IncomingMail

KEPT = timedelta(days=90)
RETURNED = timedelta(days=2)
"""So long the letter that gives the text of a refused question back may be on its way."""


def look_into_mailbox() -> None:
    """Every minute take in what waits in the mailbox, where one is named. Called once by the package."""
    if current_config().imap_url and current_config().reply_address:
        jobs.periodic("letterbox.fetch", every=timedelta(minutes=1))(_fetch)


def _fetch() -> None:
    fetching.fetch()


@jobs.periodic("letterbox.forget", every=timedelta(days=1))
def forget() -> None:
    """What became of a mail is known for three months; the text of a refused question for two days."""
    with unit_of_work():
        there = (IncomingMail.received_at < clock.now() - RETURNED, IncomingMail.returned != "")
        update_where(IncomingMail, *there, returned="")
        sweep("incoming-mails", IncomingMail, IncomingMail.received_at < clock.now() - KEPT)
