"""A member reports a profile, which becomes an item of the review queue; what is decided there about it, and its way back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, select

from accounts.members import profiles
from accounts.notifications import telling
from accounts.notifications.kinds import Kind, register
from common import clock, limits, settings, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import _, language
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work
from forum.limits.rules import grown
from moderation.profile_reports.models import ProfileReport, ProfileTaking
from moderation.profile_reports.permissions import can_report
from moderation.profile_reports.queries import open_member
from moderation.profile_reports.rules import NOTE_LENGTH, ProfileOutcome, ProfileReason
from moderation.review.models import ReviewItem
from moderation.review.queueing import cancel_target, open_item
from moderation.review.rules import FoundBy, ItemType


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
        open_item(
            ItemType.PROFILE, member_id, author_id=member_id, signals=("flagged",), found_by=(FoundBy.REPORT,)
        )
        limits.hit("flag", me, f"{grown(settings.get('moderation.flags_a_day'), actor.rank)}/day")
    return True


def withdraw(actor: Actor, member_id: int) -> int:
    """Take one's report back while nobody has decided."""
    with unit_of_work():
        taken = update_where(
            ProfileReport, ProfileReport.active_key == f"{member_id}:{actor.person_id}", active_key=None,
            withdrawn_at=clock.now(),
        )  # fmt: skip
        left = exists().where(ProfileReport.member_id == member_id, ProfileReport.active_key.is_not(None))
        if taken and not db.session.scalar(select(left)):
            cancel_target(ItemType.PROFILE, member_id, only_open=True)
        return taken


def settle(
    actor: Actor, item_id: int, member_id: int, parts: tuple[str, ...] | None, statement_id: int | None = None
) -> None:
    """What a moderator decided about a profile, inside the open unit of work: ``parts`` of it are taken away (None: it is in
    order), and all reports that waited have their outcome."""
    outcome = ProfileOutcome.KEPT
    waiting = (ProfileReport.member_id == member_id, ProfileReport.active_key.is_not(None))
    if parts is not None:
        outcome, chosen = ProfileOutcome.TAKEN, frozenset(parts) & set(profiles.PARTS)
        if not chosen:
            raise Invalid(fields={"part": _("Choose what is taken away.")})
        reports = select(ProfileReport.id).where(*waiting).with_for_update()
        rests_on_reports = set(db.session.get_one(ReviewItem, item_id).found_by) == {FoundBy.REPORT}
        if rests_on_reports and not db.session.scalars(reports).all():
            raise Conflict(
                _("The reports of this profile have been taken back meanwhile. Please leave it as it is.")
            )
        taken = profiles.take_away(member_id, chosen, f"Membre {member_id}")
        if not taken:
            raise Conflict(_("Nothing of this stands in the profile any more. Please look again."))
        insert_once(
            ProfileTaking, member_id=member_id, item_id=item_id, statement_id=statement_id, taken=taken, taken_at=clock.now()
        )  # fmt: skip
    update_where(
        ProfileReport, *waiting, active_key=None, outcome=outcome, decided_at=clock.now(), decided_by_id=actor.member_id,
        item_id=item_id,
    )  # fmt: skip


def reopen(item_id: int) -> None:
    """The decision was undone: the profile is as it was, and its reports wait, unless the same member has reported it anew
    meanwhile. Inside the open unit of work."""
    taking = db.session.scalar(select(ProfileTaking).where(ProfileTaking.item_id == item_id))
    if taking is not None:
        taking_id = taking.id
        profiles.give_back(taking.member_id, dict(taking.taken))
        db.session.execute(delete(ProfileTaking).where(ProfileTaking.id == taking_id))
    decided = list(db.session.scalars(select(ProfileReport).where(ProfileReport.item_id == item_id)))
    for report_id, member_id, reporter_id in [(one.id, one.member_id, one.reporter_id) for one in decided]:
        key = f"{member_id}:{reporter_id}"
        anew = db.session.scalar(select(ProfileReport.id).where(ProfileReport.active_key == key)) is not None
        update_where(
            ProfileReport, ProfileReport.id == report_id, active_key=None if anew else key, outcome=None,
            withdrawn_at=clock.now() if anew else None, decided_at=None, decided_by_id=None, item_id=None,
        )  # fmt: skip


def tell_reporters(item_id: int) -> None:
    """Who reported a profile hears what was decided. Harmless to repeat."""
    for one in db.session.scalars(select(ProfileReport).where(ProfileReport.item_id == item_id)):
        if one.outcome is not None:
            telling.tell(
                one.reporter_id,
                "profile-judged",
                f"profile-report:{one.id}",
                outcome=ProfileOutcome(one.outcome).value,
            )


def put_back(statement_id: int) -> None:
    """The decision was overturned on appeal: the profile is as it was, and its reports were wrong. Inside the open unit of
    work."""
    found = db.session.scalar(select(ProfileTaking).where(ProfileTaking.statement_id == statement_id))
    if found is None:
        return
    taking_id, item_id, member_id = found.id, found.item_id, found.member_id
    profiles.give_back(member_id, dict(found.taken))
    update_where(ProfileTaking, ProfileTaking.id == taking_id, taken={})
    if item_id is not None:
        update_where(ProfileReport, ProfileReport.item_id == item_id, outcome=ProfileOutcome.KEPT)


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
