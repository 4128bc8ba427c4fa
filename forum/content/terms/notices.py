"""Telling members of a significant change before it is in force (DSA article 14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell_many
from common import jobs
from common.db import db
from common.i18n import Sentence, _, day
from common.unit_of_work import unit_of_work
from forum.content.terms.models import TermsVersion
from forum.content.terms.rules import Document
from forum.content.terms.writing import ANNOUNCE

BATCH = 500


def _sentence(params: dict[str, Any]) -> Sentence:
    when = day(datetime.fromisoformat(params["from"]))
    if params["document"] == Document.CHARTER:
        return _("The community rules change on %(day)s: read what is new.", day=when)
    return _("The terms of use change on %(day)s: read what is new.", day=when)


def register_all() -> None:
    """Make the kind known; called once by the package."""
    register(
        Kind(
            "terms-change",
            _sentence,
            lambda params: ("terms.version", {"document": params["document"], "number": params["number"]}),
            event="account",
            is_content=False,
            always=True,
            digest=False,
            button=_("Read what changes"),
        )
    )


@jobs.job(ANNOUNCE)
def announce(payload: dict[str, Any]) -> None:
    """Tell some hundreds of members; the rest is a job that follows."""
    version_id, after = payload["version_id"], payload["after"]
    with unit_of_work():
        row = db.session.get_one(TermsVersion, version_id)
        told = {
            "document": str(row.document),
            "number": row.number,
            "from": str(row.effective_at and row.effective_at.isoformat()),
        }
        open_ = (Member.id > after, Member.closed_at.is_(None), Member.email_verified_at.is_not(None))
        ids = list(db.session.scalars(select(Member.id).where(*open_).order_by(Member.id).limit(BATCH)))
        if not ids:
            return
        tell_many({one: dict(told) for one in ids}, "terms-change", f"terms:{version_id}")
        following = {"version_id": version_id, "after": ids[-1]}
        jobs.enqueue(ANNOUNCE, following, f"{ANNOUNCE}:{version_id}:{ids[-1]}")
