"""What the forms of routing send, read into what the verbs take."""

from __future__ import annotations

from typing import Any

from accounts.members.queries import by_names
from common.errors import Invalid
from common.i18n import _
from forum.questions.forms import as_id
from moderation.routing.ordering.editing import RuleDraft
from moderation.routing.ordering.teaming import TeamDraft

MOST = 4_000


def rule(form: Any) -> RuleDraft:
    """A rule; words one a line, references of products separated by commas or lines."""
    return RuleDraft(
        _name(form.get("name")), as_id(form.get("team_id")), tuple(form.getlist("categories")), _split(form.get("products")),
        tuple(word.lower() for word in _lines(form.get("words"))), tuple(form.getlist("languages")),
    )  # fmt: skip


def team(form: Any) -> TeamDraft:
    """A team; its lead by public name. Raises Invalid."""
    return TeamDraft(
        _name(form.get("name_fr")), _name(form.get("name_en")), named(form.get("lead"), "lead"), as_id(form.get("overflow_id")),
        as_id(form.get("calendar_id")),
        form.get("is_outside") == "1", form.get("takes_danger") == "1", form.get("is_fallback") == "1",
    )  # fmt: skip


def named(written: str | None, field: str) -> int | None:
    """The member of this name; None for an empty field. Raises Invalid."""
    name = " ".join((written or "").split()).removeprefix("@")[:100]
    if not name:
        return None
    member_id = by_names([name]).get(name)
    if member_id is None:
        raise Invalid(fields={field: _("There is no member of this name.")})
    return member_id


def _name(written: str | None) -> str:
    return " ".join((written or "").split())[:200]


def _lines(written: str | None) -> list[str]:
    return list(
        dict.fromkeys(" ".join(line.split()) for line in (written or "")[:MOST].splitlines() if line.strip())
    )


def _split(written: str | None) -> tuple[str, ...]:
    return tuple(_lines((written or "").replace(",", "\n")))
