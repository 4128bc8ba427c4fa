"""What is sent from the desk of order."""

from __future__ import annotations

from typing import Any

from common.errors import Invalid
from common.i18n import _
from forum.housekeeping.desk.bulk import Plan
from forum.housekeeping.forms import read_target
from forum.housekeeping.rules import MOST_AT_ONCE, Many
from forum.questions.forms import as_id


def read_ids(values: list[str]) -> list[int]:
    """The ticked questions, each once, at most 200."""
    ids = (as_id(value) for value in values[:1_000])
    return [one for one in dict.fromkeys(ids) if one is not None][:MOST_AT_ONCE]


def read_plan(form: Any) -> Plan:
    """What to do with them. Raises :class:`Invalid` for an act that does not exist."""
    try:
        act = Many(form.get("act", ""))
    except ValueError:
        raise Invalid(fields={"act": _("Choose what to do.")}) from None
    return Plan(
        act=act,
        note=form.get("note", "")[:300],
        target_id=read_target(form, "many"),
        category_id=as_id(form.get("category_id")) or 0,
        topic=form.get("topic", "").strip()[:60],
        reason=form.get("lock-reason" if act == Many.LOCK else "close-reason", "")[:24],
    )
