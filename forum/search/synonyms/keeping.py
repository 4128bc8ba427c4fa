"""Groups of synonyms: added, changed, removed. Audited; in force at the next search."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from common import audit, clock, freshness, text
from common.db import affected, db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import LANGUAGES, Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.search.synonyms import rules
from forum.search.synonyms.models import SynonymEntry, SynonymGroup
from forum.search.synonyms.permissions import can_keep_synonyms
from forum.search.synonyms.widening import SYNONYMS, key_of


def add_group(actor: Actor, language: str, typed: str) -> int:
    """A new group. Raises :class:`Invalid` when an entry belongs to another group already."""
    require(can_keep_synonyms(actor))
    if language not in LANGUAGES:
        raise Invalid(fields={"language": _("Choose a language.")})
    entries = _checked(language, typed)
    with unit_of_work():
        mine = select(func.count()).select_from(SynonymGroup).where(SynonymGroup.language == language)
        if (db.session.scalar(mine) or 0) >= rules.MOST_GROUPS:
            raise Invalid(
                _("There are %(count)s groups in this language: remove one first.", count=rules.MOST_GROUPS)
            )
        group = SynonymGroup(language=language, changed_by_id=actor.member_id)
        db.session.add(group)
        db.session.flush()
        _enter(group.id, language, entries)
        audit.write(actor, "synonyms.added", "synonym_group", group.id, after=list(entries.values()))
        freshness.touch(SYNONYMS)
        return group.id


def change_group(actor: Actor, group_id: int, typed: str, version: int) -> None:
    """Other entries. Raises :class:`Conflict` when somebody changed the group meanwhile."""
    require(can_keep_synonyms(actor))
    with unit_of_work():
        group = _group(group_id)
        entries, before = _checked(group.language, typed), texts_of(group_id)
        if before == list(entries.values()):
            return
        values = {"version": version + 1, "changed_at": clock.now(), "changed_by_id": actor.member_id}
        if not update_where(
            SynonymGroup, SynonymGroup.id == group_id, SynonymGroup.version == version, **values
        ):
            raise Conflict
        language = _group(group_id).language
        db.session.execute(delete(SynonymEntry).where(SynonymEntry.group_id == group_id))
        _enter(group_id, language, entries)
        audit.write(actor, "synonyms.changed", "synonym_group", group_id, before, list(entries.values()))
        freshness.touch(SYNONYMS)


def remove_group(actor: Actor, group_id: int) -> None:
    """Without the group; removing twice changes nothing."""
    require(can_keep_synonyms(actor))
    with unit_of_work():
        before = texts_of(group_id)
        db.session.execute(delete(SynonymEntry).where(SynonymEntry.group_id == group_id))
        if affected(db.session.execute(delete(SynonymGroup).where(SynonymGroup.id == group_id))):
            audit.write(actor, "synonyms.removed", "synonym_group", group_id, before)
            freshness.touch(SYNONYMS)


def texts_of(group_id: int) -> list[str]:
    """The entries of a group in their order."""
    query = select(SynonymEntry.text).where(SynonymEntry.group_id == group_id)
    return list(db.session.scalars(query.order_by(SynonymEntry.position, SynonymEntry.id)))


def _group(group_id: int) -> SynonymGroup:
    group = db.session.get(SynonymGroup, group_id)
    if group is None:
        raise NotFound
    return group


def _checked(language: str, typed: str) -> dict[str, str]:
    """The entries by key. Raises :class:`Invalid` with the sentence for the field."""
    entries = rules.entries_of(text.normalise(typed))
    keyed: dict[str, str] = {}
    for entry in entries:
        keyed.setdefault(key_of(entry, language), entry)
    if fault := _fault(entries, keyed):
        raise Invalid(fields={"entries": fault})
    return keyed


def _fault(entries: Sequence[str], keyed: dict[str, str]) -> Sentence | None:
    if long := rules.too_long(entries):
        return _(
            "“%(entry)s” is too long: %(high)s characters at most.",
            entry=long[0][:40] + "…",
            high=rules.LONGEST,
        )
    if "" in keyed:
        return _("“%(entry)s” says nothing by itself: the search passes such words over.", entry=keyed[""])
    wordy = [entry for key, entry in keyed.items() if len(key.split()) > rules.MOST_WORDS]
    if wordy:
        return _("“%(entry)s” has too many words: %(high)s at most.", entry=wordy[0], high=rules.MOST_WORDS)
    if not rules.LEAST <= len(keyed) <= rules.MOST:
        return _("A group needs %(low)s to %(high)s different words, separated by commas. Plurals and accents are the same word already.", low=rules.LEAST, high=rules.MOST)  # fmt: skip
    return None


def _enter(group_id: int, language: str, entries: dict[str, str]) -> None:
    for position, (key, entry) in enumerate(entries.items()):
        row = {"group_id": group_id, "language": language, "key": key, "text": entry, "position": position}
        if insert_once(SynonymEntry, **row) is None:
            raise Invalid(fields={"entries": _("“%(entry)s” stands in another group already: add the others there.", entry=entry)})  # fmt: skip
