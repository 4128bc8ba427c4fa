"""Send what stands on the ask page: the text, the device, what the category asks, and that it was asked after all."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Invalid
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.asking.again import link_to_own
from forum.asking.visiting import note_asked
from forum.fields.keeping import checked_details
from forum.questions.asking import ask_question
from forum.questions.forms import AskForm
from forum.questions.permissions import can_ask
from forum.questions.rules import PostKind
from forum.questions.writing import Posted, checked_text


def send_question(
    actor: Actor, form: AskForm, composed_seconds: float | None = None, draft: str | None = "ask"
) -> Posted:
    """Ask what the form holds. Raises what ``ask_question`` raises; Invalid names every faulty field at once.

    ``draft`` is what was sent with it and goes; None where it did not come from the page."""
    require(can_ask(actor))
    details, masked = _details(actor, form)
    with unit_of_work():
        posted = ask_question(
            actor, title=form.title, body=form.whole_body(), category_id=form.category_id, tags=form.tag_names(),
            language=form.language, composed_seconds=composed_seconds, product_id=form.product_id, details=details,
            draft=draft, unnamed=form.unnamed,
        )  # fmt: skip
        note_asked(actor, form.visit)
        if not form.unnamed:  # a link to what one asked by name would say who asks
            link_to_own(actor, posted.id, form.about_id)
    return replace(posted, masked=tuple(dict.fromkeys((*posted.masked, *masked))))


def _details(actor: Actor, form: AskForm) -> tuple[dict[str, str], tuple[str, ...]]:
    if form.category_id is None:
        return {}, ()
    try:
        return checked_details(actor, form.category_id, form.details)
    except Invalid as invalid:
        faults = dict(invalid.fields)
    try:
        checked_text(actor, PostKind.QUESTION, form.whole_body(), form.title)
    except Invalid as invalid:
        faults = {**invalid.fields, **faults}
    raise Invalid(fields=faults)
