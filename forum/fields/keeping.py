"""Staff decide what categories ask: a field is added, changed, retired and brought back; each act is audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from common import audit, freshness
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.text import normalise
from common.unit_of_work import after_commit, record, unit_of_work
from forum import events
from forum.browsing import queries as browsing
from forum.categories.models import Category
from forum.fields.models import CategoryField
from forum.fields.permissions import can_keep_fields
from forum.fields.queries import all_fields
from forum.fields.rules import (
    HINT_MAX,
    LABEL_MAX,
    MOST_CHOICES,
    MOST_FIELDS,
    TEXT_MAX,
    FieldFault,
    FieldKind,
    asked_in,
    checked,
    read_choices,
)  # fmt: skip
from forum.masks.wearing import under_mask
from forum.privacy.guarding import masked
from forum.questions.models import Question
from forum.questions.permissions import can_refile, is_own
from forum.questions.rules import PostState
from forum.questions.writing import visible_question

_BIGGEST = 1_000_000_000
WORDS: dict[FieldFault, Sentence] = {
    FieldFault.MISSING: _("We need this to help you. If you do not know, write so."),
    FieldFault.TOO_LONG: _("This is too long."),
    FieldFault.NO_NUMBER: _("A number is expected here."),
    FieldFault.TOO_LARGE: _("This number is too large."),
    FieldFault.NO_CHOICE: _("Choose one of the answers."),
}


@dataclass(frozen=True, slots=True)
class FieldDraft:
    """A field as staff typed it; ``choices`` one a line."""

    label_fr: str = ""
    label_en: str = ""
    hint_fr: str = ""
    hint_en: str = ""
    kind: str = FieldKind.TEXT.value
    required: bool = False
    limit: int | None = None
    choices: str = ""
    position: int = 0


def add_field(actor: Actor, category_id: int | None, draft: FieldDraft) -> int:
    """Have a category (None: every one) ask for something. Raises Forbidden, Invalid, Conflict."""
    require(can_keep_fields(actor))
    values = _checked(draft)
    with unit_of_work():
        if category_id is not None and db.session.get(Category, category_id) is None:
            raise NotFound()
        same = select(func.count()).where(
            CategoryField.category_id.is_(None)
            if category_id is None
            else CategoryField.category_id == category_id,
            CategoryField.active.is_(True),
        )
        if (db.session.scalar(same) or 0) >= MOST_FIELDS:
            raise Conflict(_("A category asks at most %(count)s things.", count=MOST_FIELDS))
        field = CategoryField(category_id=category_id, **values)
        db.session.add(field)
        db.session.flush()
        _note(actor, "field.added", field.id, None, values)
        return field.id


def change_field(actor: Actor, field_id: int, draft: FieldDraft) -> None:
    """Change what a field says and takes. Its kind stays: values that are kept go on meaning the same."""
    require(can_keep_fields(actor))
    values = _checked(draft)
    with unit_of_work():
        field = _field(field_id)
        before = {name: getattr(field, name) for name in values}
        values["kind"] = field.kind
        update_where(CategoryField, CategoryField.id == field_id, **values)
        _note(actor, "field.changed", field_id, before, values)


def retire_field(actor: Actor, field_id: int, active: bool = False) -> bool:
    """Stop asking, or begin again. Questions that have a value keep showing it. True when that is new."""
    require(can_keep_fields(actor))
    with unit_of_work():
        _field(field_id)
        there = (CategoryField.id == field_id, CategoryField.active.is_not(active))
        if not update_where(CategoryField, *there, active=active):
            return False
        _note(actor, "field.resumed" if active else "field.retired", field_id, not active, active)
        return True


def checked_details(
    actor: Actor, category_id: int, typed: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The values of a category's fields as they are kept, by the field's id, and what was masked in them.

    Raises :class:`Invalid` with a sentence per input.
    """
    faults: dict[str, Sentence | str] = {}
    kept: dict[str, str] = {}
    kinds: dict[str, None] = {}
    for field in asked_in(all_fields(), category_id):
        value = checked(field, normalise(str(typed.get(field.name, "")))[: TEXT_MAX * 10])
        if isinstance(value, FieldFault):
            faults[field.name] = WORDS[value]
            continue
        clean, found = masked(value, actor.language) if field.kind == FieldKind.TEXT else (value, ())
        kinds.update(dict.fromkeys(found))
        if clean:
            kept[str(field.id)] = clean
    if faults:
        raise Invalid(fields=faults)
    return kept, tuple(kinds)


def set_details(actor: Actor, question_id: int, typed: Mapping[str, str]) -> bool:
    """Correct what a question's category asks for. True when something changed.

    Values of fields that are asked no more, or of another category, stay. Raises NotFound, Forbidden, Invalid.
    """
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = visible_question(actor, question_id)
        require(can_refile(actor, question))
        before, category_id, version = dict(question.details or {}), question.category_id, question.version
        published, own = question.state == PostState.PUBLISHED, is_own(actor, question)
        values, _masked = checked_details(actor, category_id, typed)
        asked = {str(field.id) for field in asked_in(all_fields(), category_id)}
        after = {key: value for key, value in before.items() if key not in asked} | values
        if after == before:
            return False
        update_where(Question, Question.id == question_id, details=after)
        if not own:
            audit.write(actor, "question.details", "post", question_id, before, after)
        if published:
            record(events.PostEdited(question_id, question_id, actor.member_id, version))
        else:
            freshness.touch(f"question:{question_id}")
        return True


def _checked(draft: FieldDraft) -> dict[str, Any]:
    faults: dict[str, Sentence | str] = {}
    texts = {
        name: " ".join(normalise(getattr(draft, name)).split())
        for name in ("label_fr", "label_en", "hint_fr", "hint_en")
    }
    for name, words in texts.items():
        most = LABEL_MAX if name.startswith("label") else HINT_MAX
        if len(words) > most or (name.startswith("label") and len(words) < 2):
            faults[name] = _("Between 2 and %(high)s characters.", high=most)
    kind = draft.kind if draft.kind in set(FieldKind) else FieldKind.TEXT
    choices = read_choices(normalise(draft.choices)) if kind == FieldKind.CHOICE else ()
    if kind == FieldKind.CHOICE and (
        not 2 <= len(choices) <= MOST_CHOICES
        or any(len(words) > LABEL_MAX for pair in choices for words in pair)
    ):
        faults["choices"] = _("Give 2 to %(most)s answers, one a line.", most=MOST_CHOICES)
    largest = _BIGGEST if kind == FieldKind.NUMBER else TEXT_MAX
    limit = draft.limit if draft.limit is not None else (1_000_000 if kind == FieldKind.NUMBER else 80)
    if not 1 <= limit <= largest:
        faults["limit"] = _("The limit must lie between 1 and %(high)s.", high=largest)
    if faults:
        raise Invalid(fields=faults)
    position = max(0, min(draft.position, 1_000))
    return {
        **texts, "kind": FieldKind(kind), "required": draft.required, "limit": limit, "position": position,
        "choices": [list(pair) for pair in choices],
    }  # fmt: skip


def _field(field_id: int) -> CategoryField:
    field = db.session.get(CategoryField, field_id)
    if field is None:
        raise NotFound()
    return field


def _note(actor: Actor, act: str, field_id: int, before: Any, after: Any) -> None:
    audit.write(actor, act, "category_field", field_id, before, after)
    freshness.touch(freshness.SITE)
    after_commit(browsing.forget)
