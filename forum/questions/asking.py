"""Ask a question."""

from collections.abc import Iterable

from accounts.masks.wearing import put_on
from common.db import db
from common.errors import Invalid
from common.i18n import LANGUAGES, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.drafts.drafting import discard
from forum.limits.pacing import keep_pace
from forum.limits.rules import Act
from forum.masks.permissions import require_maskable
from forum.products.filing import chosen_product
from forum.questions import publishing
from forum.questions.models import Post, Question
from forum.questions.permissions import can_ask
from forum.questions.rules import MAX_TAGS, PostKind
from forum.questions.tagging import checked_tags, in_force, set_tags
from forum.questions.writing import Posted, checked_text, send_once
from forum.screening import Screening


def ask_question(
    actor: Actor,
    *,
    title: str,
    body: str,
    category_id: int | None,
    tags: Iterable[str] = (),
    language: str | None = None,
    composed_seconds: float | None = None,
    product_id: int | None = None,
    details: dict[str, str] | None = None,
    draft: str | None = "ask",
    unnamed: bool = False,
) -> Posted:
    """Publish a question, or hold it where the screener says so; the same text within minutes is the first one.

    `composed_seconds`: how long it was typed, when known. Raises Forbidden, Invalid (title, body, category_id, tags,
    product) and TooMany. ``details`` are checked values of the category's fields (``fields.keeping``); ``draft`` is the
    place whose draft this was (None: nowhere). ``unnamed``: under a mask (forum.masks); everybody else reads "a customer".
    """
    require(can_ask(actor))
    clean_title, clean_body = checked_text(actor, PostKind.QUESTION, body, title)
    category = chosen_category(category_id)
    keys = checked_tags(actor, tags)
    about = chosen_product(product_id)
    if unnamed:
        require_maskable(actor, category)
    spoken = language if language in LANGUAGES else actor.language

    def send() -> tuple[Post, Screening]:
        keep_pace(actor, Act.ASK)
        place = db.session.get_one(Category, category.id)
        asker = put_on(actor) if unnamed else actor
        question = Question(
            author_id=asker.member_id,
            title=clean_title,
            slug="",
            body=clean_body,
            category_id=place.id,
            language=spoken,
            product_id=about,
            details=details or {},
        )
        screening = publishing.submit(asker, question, place, composed_seconds)
        topics = tuple(dict.fromkeys((*keys, *in_force(screening.tags))))[:MAX_TAGS]
        set_tags(question.id, topics, published=False)  # its publication counts them
        return question, screening

    with unit_of_work():
        posted = send_once(actor, f"question:{clean_title}\n{clean_body}", send)
        if draft:
            discard(actor, draft)
    return posted


def chosen_category(category_id: int | None) -> Category:
    """The category somebody chose in a form. Raises :class:`Invalid` where there is none."""
    category = db.session.get(Category, category_id) if category_id is not None else None
    if category is None:
        raise Invalid(
            fields={"category_id": _("Choose a category: that is where people who know will look.")}
        )
    return category
