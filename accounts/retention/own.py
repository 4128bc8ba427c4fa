"""The retention rules of this package: reports of messages, and the trail of acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, select

from accounts.messages.models import Message, MessageReport
from accounts.retention.models import HoldKind, LegalHold
from accounts.retention.periods import Rule, register
from common import audit, clock
from common.db import db
from common.i18n import _

_author = select(Message.author_id).where(Message.id == MessageReport.message_id).scalar_subquery()


def _nothing_held() -> Any:
    return ~exists().where(LegalHold.open_key.is_not(None), LegalHold.until_at > clock.now())


def _shorten(before: datetime, most: int) -> int:
    return audit.shorten(before, most) if db.session.scalar(select(_nothing_held())) else 0


register(
    Rule(
        "message-reports", _("Reports of private messages"), "privacy.message_report_days", MessageReport,
        lambda before: MessageReport.decided_at < before, {HoldKind.MEMBER: (MessageReport.reporter_id, _author)},
    ),
    365, _("How long after the decision a report of a private message is kept."),
)  # fmt: skip
register(
    Rule(
        "audit", _("The log of the desk"), "privacy.audit_days", audit.AuditEntry,
        lambda before: and_(audit.AuditEntry.at < before, _nothing_held()), through=("audit_entry",), shorten=_shorten,
    ),
    1_095, _("How long acts stand in the log. While anything is under a legal hold, nothing of it goes."), low=365,
)  # fmt: skip
