"""The numbers of legal notices."""

from __future__ import annotations

from common import settings
from common.i18n import _

settings.define(
    "moderation.notice_proof_bits",
    15,
    unit="bits",
    low=0,
    high=24,
    help=_("Work a visitor’s browser does before a legal notice is taken without a click in a mail: each bit doubles it."),
)  # fmt: skip
settings.define(
    "moderation.notices_an_hour", 10, low=1, high=1000, help=_("Legal notices from one network address in an hour.")
)  # fmt: skip
settings.define(
    "moderation.notice_mails_a_day",
    10,
    low=1,
    high=1000,
    help=_("Mails about new legal notices to one mailbox in a day."),
)
