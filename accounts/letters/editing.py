"""Change what a letter says, try it, and go back to our own words. Every step is a version and stands in the log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from accounts.letters import rules
from accounts.letters.catalogue import Sheet, sample_values, sheet
from accounts.letters.models import LetterText
from accounts.letters.permissions import can_edit_letters
from accounts.letters.rules import Fault, Text
from accounts.members.models import Member
from accounts.members.permissions import own_id
from common import audit, clock, limits, mail, text
from common.config import current_config
from common.db import db, insert_once
from common.errors import Conflict, Invalid, NotFound
from common.i18n import LANGUAGES, Sentence, _, using_language
from common.mail import Edited, Letter, renderer
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work


def edited(name: str, language: str) -> Edited | None:
    """The words in force for a letter, None for our own. Fills the port of `common.mail`; one query."""
    row = in_force(name, language)
    return None if row is None or row.is_original else Edited(row.subject, row.body, row.button)


def in_force(name: str, language: str) -> LetterText | None:
    """The version that counts."""
    mine = (LetterText.name == name, LetterText.language == language, LetterText.in_force.is_(True))
    return db.session.scalar(select(LetterText).where(*mine).order_by(LetterText.version.desc()).limit(1))


def last_version(name: str, language: str) -> int:
    """The number of the newest version; 0 where staff never wrote one."""
    mine = (LetterText.name == name, LetterText.language == language)
    return db.session.scalar(select(func.max(LetterText.version)).where(*mine)) or 0


def cleaned(subject: str, body: str, button: str) -> Text:
    """A text as typed, in the form it is kept in."""
    lines = text.normalise(body).replace("\r\n", "\n").strip()
    return Text(" ".join(text.normalise(subject).split()), lines, " ".join(text.normalise(button).split()))


def check(name: str, language: str, given: Text) -> Sheet:
    """The letter a text is for. Raises :class:`NotFound`, and :class:`Invalid` with a sentence for each field."""
    known = _letter(name, language)
    needed = [one for one in ("news", "reason") if one in known.values]
    found = rules.faults(given, known.values, needed, known.button is not None)
    if found:
        raise Invalid(fields={field: _sentence(fault, word, known) for field, (fault, word) in found.items()})
    return known


def _letter(name: str, language: str) -> Sheet:
    known = sheet(name)
    if known is None or language not in LANGUAGES:
        raise NotFound
    return known


def _sentence(fault: Fault, word: str, known: Sheet) -> Sentence:
    values = ", ".join(f"{{{name}}}" for name in known.values)
    return {
        Fault.EMPTY: _("This cannot be empty."),
        Fault.TOO_LONG: _("Please keep to %(high)s characters.", high=word),
        Fault.UNKNOWN: _(
            "%(word)s is not known in this letter. Known are: %(values)s.", word=word, values=values
        ),
        Fault.BRACE: _("A brace stands alone here. Braces are for values: %(values)s.", values=values),
        Fault.MISSING: _("{%(word)s} must stand in the text: the letter says nothing without it.", word=word),
    }[fault]


def save_text(actor: Actor, name: str, language: str, given: Text, version: int, reason: str) -> bool:
    """Put a text in force. The text that is in force already changes nothing (False). Raises Forbidden, NotFound,
    Invalid, and Conflict when somebody saved meanwhile."""
    require(can_edit_letters(actor))
    known = check(name, language, given)
    why = _reason(reason)
    with unit_of_work():
        before = in_force(name, language)
        now_said = edited(name, language)
        original = known.original(language)
        ours = cleaned(original.subject, original.body, original.button)
        said = Text(now_said.subject, now_said.body, now_said.button) if now_said else ours
        if said == given:
            return False
        is_original = given == ours
        _write(actor, name, language, version, given, in_force=True, is_original=is_original, reason=why)
        _log(actor, name, language, before, given, why)
    return True


def back_to_original(actor: Actor, name: str, language: str, version: int, reason: str) -> bool:
    """Our own words again. Repeating it changes nothing (False)."""
    require(can_edit_letters(actor))
    ours = _letter(name, language).original(language)
    why = _reason(reason)
    with unit_of_work():
        before = in_force(name, language)
        if before is None or before.is_original:
            return False
        _write(actor, name, language, version, ours, in_force=True, is_original=True, reason=why)
        _log(actor, name, language, before, ours, why)
    return True


def try_text(actor: Actor, name: str, language: str, given: Text, version: int) -> int:
    """Have a text mailed to oneself with sample values; what is in force stays. Returns its version."""
    require(can_edit_letters(actor))
    check(name, language, given)
    limits.hit("letters.try", own_id(actor), "20/hour")
    with unit_of_work():
        row_id = _write(actor, name, language, version, given, in_force=False, is_original=False, reason="")
        mail.queue("letter-trial", key=f"letter-trial:{row_id}", text_id=row_id, member_id=own_id(actor))
    return version + 1


def _reason(reason: str) -> str:
    why = " ".join(text.normalise(reason).split())
    if not why:
        raise Invalid(fields={"reason": _("Say in a few words why you change this.")})
    return why[: rules.REASON_MAX]


def _write(actor: Actor, name: str, language: str, version: int, given: Text, **more: Any) -> int:
    """The next version, if nobody wrote it meanwhile: the unique key decides."""
    if version != last_version(name, language):
        raise Conflict(_("Somebody changed this text in the meantime. Yours is kept below: please compare."))
    written = insert_once(
        LetterText, name=name, language=language, version=version + 1, subject=given.subject, body=given.body,
        button=given.button, author_id=actor.member_id, created_at=clock.now(), **more,
    )  # fmt: skip
    if written is None:
        raise Conflict(_("Somebody changed this text in the meantime. Yours is kept below: please compare."))
    return written


def _log(actor: Actor, name: str, language: str, before: LetterText | None, after: Text, why: str) -> None:
    former = None if before is None or before.is_original else [before.subject, before.body, before.button]
    audit.write(
        actor, "letter.changed", "letter", f"{name}/{language}", former,
        [after.subject, after.body, after.button], why,
    )  # fmt: skip


def sample(known: Sheet, language: str, given: Text, to: str = "") -> Letter:
    """The letter as somebody would get it, with sample values."""
    with using_language(language):
        values = dict(sample_values(known.values))
    letter = Letter(
        to=to,
        subject="",
        paragraphs=[],
        button=("", current_config().base_url + f"/{language}/") if known.button else None,
        language=language,
        name=known.name,
        values=values,
        reason=_("This is a trial of a text. Nothing happened."),
    )
    return mail.as_edited(letter, Edited(given.subject, given.body, given.button))


@renderer("letter-trial")
def write_trial(ids: dict[str, Any]) -> Letter | None:
    """A version, to the member who tries it."""
    row, member = db.session.get(LetterText, ids["text_id"]), db.session.get(Member, ids["member_id"])
    known = sheet(row.name) if row is not None else None
    if row is None or member is None or known is None or member.closed_at is not None or not member.email:
        return None
    tried = sample(known, row.language, Text(row.subject, row.body, row.button), member.email)
    return mail.plain(tried)


def versions(name: str, language: str, size: int = 30) -> list[LetterText]:
    """The newest versions first."""
    mine = (LetterText.name == name, LetterText.language == language)
    return list(
        db.session.scalars(select(LetterText).where(*mine).order_by(LetterText.version.desc()).limit(size))
    )


def changed_letters() -> set[tuple[str, str]]:
    """Letters that do not speak our own words: (name, language). One query."""
    newest = (
        select(LetterText.name, LetterText.language, func.max(LetterText.version).label("version"))
        .where(LetterText.in_force.is_(True))
        .group_by(LetterText.name, LetterText.language)
        .subquery()
    )
    rows = select(LetterText.name, LetterText.language).join(
        newest,
        (newest.c.name == LetterText.name)
        & (newest.c.language == LetterText.language)
        & (newest.c.version == LetterText.version),
    )
    return {
        (row.name, row.language) for row in db.session.execute(rows.where(LetterText.is_original.is_(False)))
    }
