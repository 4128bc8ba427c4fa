"""What other pages show of incidents: a case, a question, the list of a category, the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from common import rail
from common.i18n import _, language
from common.web import actor
from forum.products.queries import by_slug
from moderation.incidents import queries
from moderation.incidents.linking import incident_of
from moderation.incidents.permissions import can_declare, can_see_desk
from moderation.incidents.rules import OPEN, concerns

RAIL = rail.Line(
    "incidents.index",
    "warn",
    _("Incidents"),
    can_see_desk,
    count=lambda _who: rail.Pressing(len(queries.open_incidents())),
)


def of_case(case: Any) -> str:
    """On a case: the incident its question belongs to, or those it may belong to."""
    if not can_declare(actor()):
        return ""
    return render_template(
        "moderation/incidents/_case.html", question_id=case.card.question_id, current=incident_of(case.card.question_id),
        known=queries.open_incidents(), back=url_for("escalation.show", case_id=case.card.id),
    )  # fmt: skip


def of_question(head: Any) -> str:
    """On a question: the incident it is part of, or was part of until its end."""
    if head.incident_at is None and head.incident_over_at is None:
        return ""
    incident = queries.of_question(head.id)
    if incident is None:
        return ""
    over = incident.state not in OPEN or head.incident_at is None
    return render_template(
        "moderation/incidents/_notice.html", incident=queries.as_told(incident, language()), over=over,
        since=incident.resolved_at if over else incident.opened_at,
    )  # fmt: skip


def of_list(category: Any, product: str = "") -> str:
    """Above the list of a category, or of a product by its slug: what is broken there."""
    if product and (chosen := by_slug(product)):
        return of_product(chosen)
    return _known(category.id, None) if category else ""


def of_product(product: Any) -> str:
    """Above the questions about a product: what is broken with it, or with all of its category."""
    return _known(product.category.id if product.category else None, product.id)


def _known(category_id: int | None, product_id: int | None) -> str:
    found = [
        one
        for one in queries.open_incidents()
        if concerns((one.category_id, one.product_id), category_id, product_id)
    ]
    if not found:
        return ""
    return render_template(
        "moderation/incidents/_list.html", incidents=[(one.id, one.title(language())) for one in found[:3]]
    )
