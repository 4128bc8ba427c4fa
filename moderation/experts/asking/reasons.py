"""Why a member is asked, in words: never anything about money or points (domain/escalation.md §C5)."""

from __future__ import annotations

from common.db import db
from common.i18n import Sentence, _, n_
from forum.browsing.queries import categories_by_id
from forum.products.models import Product
from forum.questions.models import Tag
from moderation.experts.rules import Why


def reason(why: str, topic: str, count: int) -> Sentence | str:
    """The sentence a member reads: what they did in a topic, as it is called in their language."""
    name = _name(topic)
    if why == Why.SOLVED and name:
        return n_(
            "You solved %(count)s question about %(topic)s.", "You solved %(count)s questions about %(topic)s.",
            count, topic=name,
        )  # fmt: skip
    if why == Why.ANSWERED and name:
        return n_(
            "You answered %(count)s question about %(topic)s.", "You answered %(count)s questions about %(topic)s.",
            count, topic=name,
        )  # fmt: skip
    if why == Why.ALIKE:
        return _("You answered a question much like this one.")
    return _("You are here these days, and you help in this language.")


def _name(topic: str) -> Sentence | str:
    """What a topic is called; empty when it is not there any more."""
    kind, _language, number = [*topic.split(":"), "", ""][:3]
    if not number.isdigit():
        return ""
    if kind == "category":
        found = categories_by_id().get(int(number))
        return found.name if found else ""
    if kind == "tag":
        tag = db.session.get(Tag, int(number))
        return tag.label if tag else ""
    product = db.session.get(Product, int(number)) if kind == "product" else None
    return product.name if product else ""
