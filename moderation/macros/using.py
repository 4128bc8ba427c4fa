"""A template is filled in for a case, and each reply that came of it is counted."""

from __future__ import annotations

from sqlalchemy import select

from accounts.members.queries import card
from common import clock, i18n, settings
from common.config import current_config
from common.db import db, insert_once, update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from forum.categories.models import Category
from forum.products.models import Product
from forum.questions.models import Question
from moderation.escalation import casework
from moderation.macros.keeping import one
from moderation.macros.models import Macro, MacroUse
from moderation.macros.permissions import can_write_macros
from moderation.macros.rules import filled, unresolved


def offered(actor: Actor, language: str, category_id: int, is_public: bool = True) -> list[Macro]:
    """The templates somebody may use for a question: of its language, of its category or of all, the most used first."""
    mine = Macro.is_shared.is_(True) | (Macro.owner_id == actor.member_id)
    fits = Macro.category_id.is_(None) | (Macro.category_id == category_id)
    live = (Macro.retired_at.is_(None), Macro.language == language, Macro.is_public.is_(is_public))
    query = (
        select(Macro)
        .where(*live, mine, fits)
        .order_by(Macro.used_count.desc(), Macro.title, Macro.id)
        .limit(100)
    )
    return list(db.session.scalars(query))


def refuse_unfilled(body: str, field: str) -> None:
    """Refuse a text in which a variable has no value yet. Raises Invalid for that field of the form."""
    if left := unresolved(body):
        sentence = _("“%(name)s” has no value yet: fill it in before you send.", name=left[0])
        raise Invalid(fields={field: sentence})


def added_to(typed: str, words: str) -> str:
    """A template's words under what was typed; once."""
    return f"{typed.rstrip()}\n\n{words}" if typed.strip() and words not in typed else words


def fill_in(actor: Actor, case_id: int, macro_id: int) -> tuple[str, list[tuple[str, str]]]:
    """A template's text for a case, and what was filled in. Raises Forbidden, NotFound."""
    require(can_write_macros(actor))
    macro = one(macro_id)
    if macro.retired_at is not None or not (macro.is_shared or macro.owner_id == actor.member_id):
        raise NotFound()
    return filled(macro.body, values_of(actor, case_id))


def values_of(actor: Actor, case_id: int) -> dict[str, str]:
    """What is known about a case, in the language of its question."""
    case = casework.load(case_id)
    row = db.session.execute(
        select(
            Question.title,
            Question.slug,
            Question.language,
            Question.author_id,
            Category,
            Product.name.label("product"),
        )
        .select_from(Question)
        .join(Category, Category.id == Question.category_id)
        .outerjoin(Product, Product.id == Question.product_id)
        .where(Question.id == case.question_id)
    ).one()
    with i18n.using_language(row.language):
        today = str(i18n.day(i18n.local(clock.now())))
    asker = card(row.author_id)
    return {
        "asker": asker.name if asker.slug or asker.is_mask else "", "agent": actor.display_name, "brand": settings.get("brand.name"),
        "product": row.product or "", "category": row.Category.name(row.language), "title": row.title, "date": today,
        "link": f"{current_config().base_url}/{row.language}/questions/{case.question_id}/{row.slug}",
    }  # fmt: skip


def note_use(actor: Actor, case_id: int, macro_id: int | None, post_id: int | None) -> None:
    """A reply was sent that came of a template (``post_id``: none for a private one), inside the open unit of work. Once
    for each reply."""
    if macro_id is None or db.session.get(Macro, macro_id) is None:
        return
    made = insert_once(
        MacroUse,
        macro_id=macro_id,
        case_id=case_id,
        member_id=actor.member_id,
        post_id=post_id,
        used_at=clock.now(),
    )
    if made is not None:
        update_where(Macro, Macro.id == macro_id, used_count=Macro.used_count + 1)
