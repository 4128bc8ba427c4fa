"""What a member has typed and not sent: applications and reports, on the server."""

from __future__ import annotations

from sqlalchemy import delete, select

from common import clock
from common.db import db, insert_once, update_where
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work
from rewards.trials.models import TrialDraft

APPLICATION, REPORT = "application", "report"


def keep(member_id: int, trial_id: int, kind: str, fields: dict[str, str]) -> None:
    """Keep a form as it is; the newest wins."""
    values = {
        "fields": {name: without_cards(text) for name, text in fields.items()},
        "updated_at": clock.now(),
    }
    with unit_of_work():
        if insert_once(TrialDraft, member_id=member_id, trial_id=trial_id, kind=kind, **values) is None:
            update_where(TrialDraft, *_of(member_id, trial_id, kind), **values)


def kept(member_id: int | None, trial_id: int, kind: str) -> dict[str, str]:
    """What was typed before; empty where nothing was."""
    if member_id is None:
        return {}
    return db.session.scalar(select(TrialDraft.fields).where(*_of(member_id, trial_id, kind))) or {}


def drop(member_id: int, trial_id: int, kind: str) -> None:
    """The form was sent."""
    gone = delete(TrialDraft).where(*_of(member_id, trial_id, kind))
    db.session.execute(gone.execution_options(synchronize_session=False))


def _of(member_id: int, trial_id: int, kind: str) -> tuple:
    return (TrialDraft.member_id == member_id, TrialDraft.trial_id == trial_id, TrialDraft.kind == kind)
