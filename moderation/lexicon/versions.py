"""The words in force, changing them, and an older version again. Every change is a new version, audited with its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from common import audit, clock
from common.db import db, insert_once
from common.errors import Conflict, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.lexicon import rules
from moderation.lexicon.builtin_rules import BUILT_IN, BUILT_IN_NUMBER
from moderation.lexicon.models import LexiconVersion
from moderation.lexicon.permissions import can_change_words
from moderation.lexicon.rules import FIRST, Lexicon, Words


def _fault(kind: str, phrase: str) -> Sentence:
    if kind == "many":
        return _("A list holds at most %(most)s phrases.", most=rules.LIST_MOST)
    if kind == "empty":
        return _("The words of danger are what keeps people safe: this list cannot be empty.")
    return _(
        "“%(phrase)s” is no phrase that can be looked for: up to five words, * only at the end of one.",
        phrase=phrase,
    )


_MEANWHILE = _("Somebody changed the words in the meantime. What you typed is kept: compare, then save.")


def in_force() -> Lexicon:
    """The version questions are weighed by now."""
    query = (
        select(LexiconVersion.number, LexiconVersion.words).order_by(LexiconVersion.number.desc()).limit(1)
    )
    newest = db.session.execute(query).first()
    return FIRST if newest is None else _ready(newest.number, json.dumps(newest.words, sort_keys=True))


@lru_cache(maxsize=4)
def _ready(number: int, words: str) -> Lexicon:
    return rules.lexicon(number, json.loads(words))


def words_of(number: int | None = None) -> tuple[int, Words]:
    """The lists of a version (default: the newest), with its number. Raises NotFound."""
    if number == BUILT_IN_NUMBER:
        return BUILT_IN_NUMBER, BUILT_IN
    query = select(LexiconVersion).order_by(LexiconVersion.number.desc()).limit(1)
    row = db.session.scalar(query if number is None else query.where(LexiconVersion.number == number))
    if row is None:
        if number is None:
            return BUILT_IN_NUMBER, BUILT_IN
        raise NotFound()
    return row.number, row.words


def change(actor: Actor, typed: Mapping[tuple[str, str], str], reason: str, seen: int) -> int:
    """Make a new version of what was typed; ``seen`` is the version the form showed. Returns its number.

    Raises Forbidden, Invalid (a phrase, an empty list of danger, no reason), Conflict (changed meanwhile).
    """
    require(can_change_words(actor))
    words, wrong = rules.as_kept(typed), {}
    for (name, code), (kind, phrase) in rules.faults(words).items():
        wrong[f"{name}_{code}"] = _fault(kind, phrase)
    if not reason.strip():
        wrong["reason"] = _("Say in a few words why.")
    if wrong:
        raise Invalid(fields=wrong)
    return _write(actor, words, reason.strip()[:200], seen)


def bring_back(actor: Actor, number: int, seen: int) -> int:
    """The words of an older version, as a new one. Raises Forbidden, NotFound, Conflict."""
    require(can_change_words(actor))
    _number, words = words_of(number)
    kept = {name: {code: list(words[name][code]) for code in rules.LANGUAGES} for name in words}
    return _write(actor, kept, str(_("Version %(number)s again", number=number)), seen)


def _write(actor: Actor, words: dict[str, Any], reason: str, seen: int) -> int:
    with unit_of_work():
        number, before = words_of()
        if number != seen:
            raise Conflict(_MEANWHILE)
        changed = rules.differences(before, words)
        if not changed:
            return number
        made = {"words": words, "reason": reason, "created_at": clock.now(), "created_by_id": actor.member_id}
        if insert_once(LexiconVersion, number=number + 1, **made) is None:
            raise Conflict(_MEANWHILE)
        summary = [
            f"{name}/{code}: +{', '.join(more)} -{', '.join(less)}"[:500]
            for name, code, more, less in changed
        ]
        audit.write(actor, "escalation.words", "lexicon", number + 1, number, summary, reason)
        return number + 1
