"""A member reports a profile; a moderator takes parts of it away with reasons, or leaves it; both are told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from accounts.members import profiles
from accounts.members.models import Member
from accounts.notifications import telling
from accounts.notifications.kinds import Kind, register
from common import audit, clock, jobs, limits, settings, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _, language
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work
from forum.limits.rules import grown
from moderation.profile_reports.models import ProfileReport
from moderation.profile_reports.permissions import can_judge, can_report
from moderation.profile_reports.rules import NOTE_LENGTH, ProfileOutcome, ProfileReason
from moderation.review.rules import Reason, explanation_fault
from moderation.sanctions.rules import Measure
from moderation.sanctions.statements import state_reasons


def report(actor: Actor, member_id: int, reason: str, note: str = "") -> bool:
    """Report a profile. False when this member's report of it waits already."""
    words, faults = without_cards(text.normalise(note)).strip(), {}
    if reason not in {one.value for one in ProfileReason}:
        faults["reason"] = _("Choose what is wrong.")
    elif reason == ProfileReason.OTHER and len(words) < 10:
        faults["note"] = _("Tell us in a few words what is wrong.")
    if len(words) > NOTE_LENGTH:
        faults["note"] = _("Please keep to %(high)s characters.", high=NOTE_LENGTH)
    if faults:
        raise Invalid(fields=faults)
    with unit_of_work():
        require(can_report(actor, open_member(member_id)))
        me = actor.person_id or 0
        made = insert_once(
            ProfileReport, member_id=member_id, reporter_id=me, reason=ProfileReason(reason), note=words,
            active_key=f"{member_id}:{me}", created_at=clock.now(),
        )  # fmt: skip
        if made is None:
            return False
        limits.hit("flag", me, f"{grown(settings.get('moderation.flags_a_day'), actor.rank)}/day")
    return True


def withdraw(actor: Actor, member_id: int) -> int:
    """Take one's report back while nobody has decided."""
    with unit_of_work():
        return update_where(
            ProfileReport, ProfileReport.active_key == f"{member_id}:{actor.person_id}", active_key=None,
            withdrawn_at=clock.now(),
        )  # fmt: skip


def leave(actor: Actor, member_id: int) -> None:
    """The profile is in order."""
    with unit_of_work():
        require(can_judge(actor, _locked(member_id)))
        _close(actor, member_id, ProfileOutcome.KEPT)
        audit.write(actor, "profile.kept", "member", member_id)


def take(actor: Actor, member_id: int, parts: list[str], reason: Reason, message: str) -> None:
    """Take parts of a profile away, with one statement of reasons that can be contested."""
    chosen, words = frozenset(parts) & set(profiles.PARTS), text.normalise(message).strip()
    if not chosen:
        raise Invalid(fields={"part": _("Choose what is taken away.")})
    if len(words) > 4000:
        raise Invalid(fields={"message": _("Please keep to %(high)s characters.", high=4000)})
    if explanation_fault(reason, words):
        raise Invalid(fields={"message": _("Explain in at least 30 characters: no rule says it for you.")})
    with unit_of_work():
        require(can_judge(actor, _locked(member_id)))
        first_id = _close(actor, member_id, ProfileOutcome.TAKEN)
        taken = profiles.take_away(member_id, chosen, f"Membre {member_id}")
        if not taken:
            raise Conflict(_("Nothing of this stands in the profile any more. Please look again."))
        statement_id = state_reasons(
            actor, Measure.REMOVED, reason, cause=f"profile:{first_id}", member_id=member_id, message=words,
            from_notice=True,
        )  # fmt: skip
        update_where(ProfileReport, ProfileReport.id == first_id, taken=taken, statement_id=statement_id)
        audit.write(actor, "profile.taken", "member", member_id, None, sorted(taken), reason.value)
        jobs.enqueue("sanctions.tell", {"statement_id": statement_id}, f"sanctions.tell:{statement_id}")


def put_back(statement_id: int) -> None:
    """The decision was overturned on appeal: the profile is as it was, inside the open unit of work."""
    found = db.session.scalar(select(ProfileReport).where(ProfileReport.statement_id == statement_id))
    if found is not None:
        profiles.give_back(found.member_id, found.taken)
        update_where(ProfileReport, ProfileReport.id == found.id, taken={})


def open_member(member_id: int) -> Member:
    """Somebody whose profile everybody can read. Raises :class:`NotFound`."""
    member = db.session.get(Member, member_id, populate_existing=True)
    if member is None or member.closed_at is not None or member.is_mask:
        raise NotFound()
    return member


def _locked(member_id: int) -> Member:
    db.session.execute(select(Member.id).where(Member.id == member_id).with_for_update())
    return open_member(member_id)


def _close(actor: Actor, member_id: int, outcome: ProfileOutcome) -> int:
    """Decide all reports that wait about a profile; returns the first. Raises :class:`Conflict` when none does."""
    waiting = (ProfileReport.member_id == member_id, ProfileReport.active_key.is_not(None))
    rows = db.session.execute(select(ProfileReport.id, ProfileReport.reporter_id).where(*waiting)).all()
    if actor.member_id in {row.reporter_id for row in rows}:
        raise Conflict(_("You reported it yourself: a colleague decides."))
    closed = update_where(
        ProfileReport,
        *waiting,
        active_key=None,
        outcome=outcome,
        decided_at=clock.now(),
        decided_by_id=actor.member_id,
    )
    if not closed:
        raise Conflict(_("A colleague has just decided."))
    for row in rows:
        telling.tell(row.reporter_id, "profile-judged", f"profile-report:{row.id}", outcome=outcome.value)
    return min(row.id for row in rows)


def waiting_count() -> int:
    """How many profiles wait."""
    query = select(func.count(func.distinct(ProfileReport.member_id))).where(
        ProfileReport.active_key.is_not(None)
    )
    return db.session.scalar(query) or 0


def _sentence(params: dict[str, Any]):
    if params.get("outcome") == ProfileOutcome.TAKEN:
        return _("Thank you: what you reported in a profile has been taken away.")
    return _("Thank you for your report. The team read the profile and left it as it is.")


def register_kinds() -> None:
    """What reporters are told; called once by the package."""
    register(
        Kind(
            "profile-judged", _sentence, lambda _params: f"/{language()}/reports", mail="off", event="followed",
            is_content=False,
        )
    )  # fmt: skip
