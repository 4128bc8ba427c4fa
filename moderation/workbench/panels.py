"""What the case's page shows of the workbench: who else is at it, templates, the line of templates in the rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common import rail
from common.i18n import _
from common.web import actor
from forum.browsing.queries import category_by_slug
from moderation.escalation.permissions import can_work
from moderation.macros import using
from moderation.macros.permissions import can_write_macros
from moderation.workbench import present, replying
from moderation.workbench.rules import Seen


def presence(case: Any) -> str:
    """Who else looks at the case or writes in it; the page renews its own place. Two statements."""
    return render_template(
        "moderation/workbench/_presence.html",
        case_id=case.card.id,
        people=present.others(actor(), case.card.id),
    )


def reply(case: Any) -> str:
    """What stands in the reply's form beside its text: up to where the case was read, and the templates. Two statements.

    A page that comes back with a text in it (a template, a refusal) shows no news: it has been read as far as before."""
    who, card = actor(), case.card
    if not can_work(who):
        return ""
    filed = category_by_slug(card.category_slug)
    found = using.offered(who, card.language, filed.id if filed else 0)
    return render_template(
        "moderation/workbench/_reply.html", case_id=card.id, seen=Seen.of(request.form.get("seen")) or replying.seen_now(card.id), macros=found,
        chosen=request.form.get("macro_id", ""),
    )  # fmt: skip


RAIL = rail.Line("macros.index", "note", _("Templates"), can_write_macros)
