"""Write the next version of a document, and publish it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from common import audit, clock, freshness, jobs, settings, text
from common.db import affected, db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.content.terms import numbers, queries
from forum.content.terms.models import TermsVersion
from forum.content.terms.permissions import can_publish_terms, can_write_terms
from forum.content.terms.rules import CHANGE_MAX, TEXT_MAX, Document, VersionState, missing_clauses

ANNOUNCE = "terms.announce"
LATEST = 365


@dataclass(frozen=True, slots=True)
class Draft:
    """The next version as it was sent."""

    text_fr: str
    text_en: str
    changes_fr: str
    changes_en: str
    is_significant: bool


def save(actor: Actor, document: Document, typed: Draft) -> None:
    """Keep the draft of the next version; there is one for each document."""
    require(can_write_terms(actor))
    values = {
        name: text.normalise(getattr(typed, name)).strip()
        for name in ("text_fr", "text_en", "changes_fr", "changes_en")
    }
    faults: dict[str, Sentence | str] = {}
    for name, value in values.items():
        most = TEXT_MAX if name.startswith("text") else CHANGE_MAX
        if len(value) > most:
            faults[name] = _("Please keep to %(high)s characters.", high=most)
        elif not value:
            faults[name] = _("Both languages are needed.")
        elif name.startswith("text") and document == Document.CHARTER and (lost := missing_clauses(value)):
            faults[name] = _("Decisions name these rules, so they stay: %(rules)s.", rules=", ".join(lost))
    if faults:
        raise Invalid(fields=faults)
    now = clock.now()
    row: dict[str, Any] = values | {
        "is_significant": typed.is_significant,
        "saved_at": now,
        "made_by_id": actor.member_id,
    }
    with unit_of_work():
        is_draft = (TermsVersion.document == document, TermsVersion.state == VersionState.DRAFT)
        if not update_where(TermsVersion, *is_draft, **row):
            number = _next_number(document)
            if (
                insert_once(
                    TermsVersion,
                    document=document,
                    number=number,
                    state=VersionState.DRAFT,
                    digest="",
                    **row,
                )
                is None
            ):
                raise Conflict()


def _next_number(document: Document) -> int:
    newest = db.session.scalar(select(func.max(TermsVersion.number)).where(TermsVersion.document == document))
    return (newest or (1 if document == Document.CHARTER else 0)) + 1


def drop(actor: Actor, document: Document) -> bool:
    """Throw the draft away. True when there was one."""
    require(can_write_terms(actor))
    is_draft = (TermsVersion.document == document, TermsVersion.state == VersionState.DRAFT)
    with unit_of_work():
        return affected(db.session.execute(delete(TermsVersion).where(*is_draft))) > 0


def publish(actor: Actor, document: Document, effective_at: datetime, saved_at: datetime, reason: str) -> int:
    """Publish the draft; returns its number. Never changed afterwards.

    A significant change is told to every member at once and in force ``terms.notice_days`` later at the earliest.
    ``saved_at`` is when the draft that was looked at was saved: :class:`Conflict` when somebody changed it since.
    """
    require(can_publish_terms(actor))
    words, now = text.normalise(reason).strip(), clock.now()
    waiting = queries.draft(document)
    if waiting is None or waiting.saved_at != saved_at:
        raise Conflict(_("The draft has changed since you opened this page. Please look again."))
    faults: dict[str, Sentence | str] = {}
    if len(words) < 5:
        faults["reason"] = _("Say in a few words why you change this.")
    if waiting.is_significant and effective_at < now + numbers.notice():
        faults["effective"] = _(
            "A significant change is told %(days)s days before.", days=numbers.notice().days
        )
    if effective_at > now.replace(year=now.year + 1, day=min(now.day, 28)):
        faults["effective"] = _("Choose a day within a year.")
    if faults:
        raise Invalid(fields=faults)
    version_id, number, significant = waiting.id, waiting.number, waiting.is_significant
    digest = hashlib.sha256(f"{waiting.text_fr}\0{waiting.text_en}".encode()).hexdigest()
    effective_at = max(effective_at, now)
    with unit_of_work():
        still = (
            TermsVersion.id == version_id,
            TermsVersion.state == VersionState.DRAFT,
            TermsVersion.saved_at == saved_at,
        )
        values = {
            "state": VersionState.PUBLISHED,
            "effective_at": effective_at,
            "published_at": now,
            "digest": digest,
        }
        if not update_where(TermsVersion, *still, **values):
            raise Conflict(_("The draft has changed since you opened this page. Please look again."))
        after = {
            "version": number,
            "from": effective_at.isoformat(),
            "sha256": digest,
            "significant": significant,
        }
        audit.write(actor, "terms.published", str(document), number, None, after, words)
        if significant:
            line = numbers.required_line(str(document), number, effective_at)
            settings.change(actor, "terms.required", [*settings.get("terms.required"), line], words)
            jobs.enqueue(ANNOUNCE, {"version_id": version_id, "after": 0}, f"{ANNOUNCE}:{version_id}:0")
        freshness.touch(freshness.SITE)
    return number
