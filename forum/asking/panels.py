"""The ask page, filled with what was typed; the same for its route, for other apps' sharing, and after a refusal."""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import Response, render_template

from common import clock
from common.permissions import may_write
from common.web import actor
from forum.asking.again import earlier_question
from forum.asking.rules import VISIT
from forum.asking.suggesting import suggest
from forum.browsing.queries import categories, common_tags
from forum.fields.queries import all_fields
from forum.home.queries import first_reply_minutes
from forum.images.rules import MEGABYTE
from forum.masks.queries import offer
from forum.privacy.guarding import look
from forum.products import queries as products
from forum.questions.forms import AskForm
from forum.thread.panels import Trouble, with_status

LARGEST_FORM = 10 * MEGABYTE
"""More than this is refused before it is read; the page says so before it is sent."""


def new_visit() -> str:
    """The mark of a visit to the ask page."""
    return secrets.token_urlsafe(12)


def typed_fields(form: AskForm) -> dict[str, str]:
    """Everything of the form that will be public text."""
    return {"title": form.title, "body": form.body, "tried": form.tried, **form.details}


def ask_page(
    form: AskForm, trouble: Trouble | None = None, checked: bool = False, restored: bool = False, shared: str = "",
    found: bool = False,
) -> Response:  # fmt: skip
    """The ask page. ``checked``: solutions were asked for; ``found``: products were; ``shared``: the last words of
    the text came from another app."""
    who = actor()
    refused = None if may_write(who) or not who.signed_in else may_write(who).sentence
    visit = form.visit if VISIT.fullmatch(form.visit) else new_visit()
    typed = replace(form, opened=form.opened or int(clock.now().timestamp()), visit=visit)
    suggested = suggest(form.title, form.body, form.product_id, form.category_id)
    chosen_id = form.category_id or (suggested.category.id if suggested.category else None)
    shows_private = checked or found or trouble is not None or restored
    body = render_template(
        "forum/questions/ask.html", here="ask", reader=who, typed=typed, refusal=trouble,
        errors=trouble.fields if trouble else {}, signed_out=not who.signed_in, refused_because=refused,
        restored=restored, checked=checked or bool(form.title), categories=categories(), topics=common_tags(40),
        earlier=earlier_question(who, form.about_id), suggested=suggested, open_first=checked, first_reply=first_reply_minutes(), shared=shared,
        choices=products.choices(who, form.product_id), chosen_id=chosen_id, masks=offer(who),
        found=products.find(form.product_q) if form.product_q else None, fields=all_fields(),
        private=look(typed_fields(form), who.language) if shows_private else None, largest=LARGEST_FORM, now=clock.now().isoformat(),
    )  # fmt: skip
    return with_status(body, trouble)
