"""A question that was sent signed out is carried across signing in: parked for a day under a secret of the browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from accounts.retention.sweeping import sweep
from accounts.signin.tokens import digest, new_secret
from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from forum.drafts.drafting import BODY_KEPT, TITLE_KEPT, KeptDraft, clean_fields, kept_text
from forum.drafts.models import ParkedDraft

PARKED = timedelta(days=1)


def park(title: str, body: str, fields: dict[str, Any], before: str = "") -> str:
    """Keep a visitor's text; returns the secret. What was parked under the secret ``before`` gives way."""
    secret = new_secret()
    with unit_of_work():
        _drop(before)
        db.session.add(
            ParkedDraft(
                secret_hash=digest(secret), title=kept_text(title)[:TITLE_KEPT],
                body=kept_text(body)[:BODY_KEPT], fields=clean_fields(fields), created_at=clock.now(),
            )
        )  # fmt: skip
    return secret


def parked(secret: str) -> KeptDraft | None:
    """What is parked under a secret, if anything. Looking changes nothing."""
    if not 20 <= len(secret) <= 80:
        return None
    young = ParkedDraft.created_at > clock.now() - PARKED
    row = db.session.scalar(select(ParkedDraft).where(ParkedDraft.secret_hash == digest(secret), young))
    return KeptDraft(row.title, row.body, dict(row.fields), row.created_at) if row else None


def unpark(secret: str) -> None:
    """The text was sent, or is not wanted any more."""
    if secret:
        with unit_of_work():
            _drop(secret)


def forget_parked() -> None:
    """What was parked more than a day ago goes."""
    with unit_of_work():
        sweep("parked-drafts", ParkedDraft, ParkedDraft.created_at < clock.now() - PARKED)


def _drop(secret: str) -> None:
    if secret:
        db.session.execute(delete(ParkedDraft).where(ParkedDraft.secret_hash == digest(secret[:80])))
