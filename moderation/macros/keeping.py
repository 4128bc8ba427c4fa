"""Templates are written, changed and retired; one for public replies asks for no personal detail (invariant 71)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common import audit, clock, text
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import LANGUAGES, Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.browsing.queries import categories_by_id
from moderation.macros.models import Macro
from moderation.macros.permissions import can_change_macro, can_write_macros
from moderation.macros.rules import BODY_LEAST, BODY_MOST, TITLE_MOST, VARIABLES, unknown
from moderation.replies import guarding


@dataclass(frozen=True)
class MacroDraft:
    """A template as a form sends it."""

    title: str
    body: str
    language: str
    category_id: int | None = None
    is_public: bool = True
    is_shared: bool = False


def save(actor: Actor, draft: MacroDraft, macro_id: int | None = None, seen: int = 0) -> int:
    """Write a new template, or change one. Returns its id. Raises Forbidden, NotFound, Invalid, AsksInPublic, Conflict."""
    require(can_write_macros(actor))
    values = _checked(draft)
    with unit_of_work():
        if macro_id is None:
            made = Macro(**values, owner_id=actor.member_id, changed_at=clock.now())
            db.session.add(made)
            db.session.flush()
            audit.write(actor, "macro.written", "macro", made.id, None, values["title"])
            return made.id
        macro = one(macro_id)
        require(can_change_macro(actor, macro))
        same = (Macro.id == macro_id, Macro.version == (seen or macro.version))
        if not update_where(Macro, *same, **values, version=Macro.version + 1, changed_at=clock.now()):
            raise Conflict(
                _("A colleague has changed this template meanwhile. Your text is kept: compare, then save.")
            )
        audit.write(actor, "macro.changed", "macro", macro_id, macro.title, values["title"])
    return macro_id


def retire(actor: Actor, macro_id: int) -> bool:
    """Offer a template no more. False when it was retired already."""
    with unit_of_work():
        macro = one(macro_id)
        require(can_change_macro(actor, macro))
        if not update_where(Macro, Macro.id == macro_id, Macro.retired_at.is_(None), retired_at=clock.now()):
            return False
        audit.write(actor, "macro.retired", "macro", macro_id)
    return True


def one(macro_id: int) -> Macro:
    """A template as it stands now. Raises NotFound."""
    macro = db.session.get(Macro, macro_id, populate_existing=True)
    if macro is None:
        raise NotFound()
    return macro


def _checked(draft: MacroDraft) -> dict[str, Any]:
    faults: dict[str, Sentence | str] = {}
    title, body = " ".join(draft.title.split()), text.normalise(draft.body).strip()
    if not 2 <= len(title) <= TITLE_MOST:
        faults["title"] = _("A name has %(low)s to %(high)s characters.", low=2, high=TITLE_MOST)
    if not BODY_LEAST <= len(body) <= BODY_MOST:
        faults["body"] = _("The text needs %(low)s to %(high)s characters.", low=BODY_LEAST, high=BODY_MOST)
    elif wrong := unknown(body):
        known = ", ".join(VARIABLES)
        faults["body"] = _(
            "Nothing is known as “%(name)s”. Known are %(known)s; any other needs a word after |.",
            name=wrong[0],
            known=known,
        )
    if draft.language not in LANGUAGES:
        faults["language"] = _("Choose among the languages.")
    if draft.category_id is not None and draft.category_id not in categories_by_id():
        faults["category_id"] = _("Choose among the categories.")
    if faults:
        raise Invalid(fields=faults)
    if draft.is_public:
        guarding.refuse_requests(body)
    return {
        "title": title, "body": body, "language": draft.language, "category_id": draft.category_id,
        "is_public": draft.is_public, "is_shared": draft.is_shared,
    }  # fmt: skip
