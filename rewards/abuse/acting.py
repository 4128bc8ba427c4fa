"""What follows from a finding: votes annulled, pairs paused, points kept aside. Each once, however often it is found.

Nothing here is a sanction: a person decides (`deciding`), and only what the table of domain/rewards.md §A1.4 lists happens
by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from common import audit, clock
from common.db import db, insert_many, insert_once, update_where
from common.permissions import SYSTEM, Actor
from common.unit_of_work import unit_of_work
from rewards.abuse.checking import CAUSES
from rewards.abuse.detecting import Finding
from rewards.abuse.models import AbuseCase, AbuseEvidence, VotePause
from rewards.abuse.numbers import thresholds
from rewards.abuse.rules import HELD, CaseState, Sign
from rewards.abuse.sources import source
from rewards.ledger import balances, booking
from rewards.ledger.booking import Line
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Account, CauseType

KEPT_ASIDE = "kept-aside"
_VOTES = (CauseType.KUDOS, CauseType.QUESTION_KUDOS, CauseType.ME_TOO)


def take(finding: Finding) -> bool:
    """Act on a finding. True when something was new; finding the same again changes nothing."""
    with unit_of_work():
        case_id = _case(finding)
        if case_id is None:
            return False
        before = _evidence_count(case_id)
        insert_many(AbuseEvidence, [_row(case_id, vote) for vote in finding.evidence], once=True)
        if _evidence_count(case_id) == before:
            return False
        pauses = [_pause(case_id, finding.sign, pair) for pair in finding.pauses]
        insert_many(VotePause, pauses, once=True)
        update_where(AbuseCase, AbuseCase.id == case_id, figures=finding.figures)
        if finding.sign in (Sign.BURST, Sign.REVIEW_RING):
            count = annul(case_id, SYSTEM)
            after = {"rule": finding.sign, "votes": count}
            audit.write(SYSTEM, "abuse.annulled", "abuse_case", case_id, after=after)
        elif finding.sign in HELD:
            until = db.session.scalar(select(AbuseCase.held_until).where(AbuseCase.id == case_id))
            keep_aside(case_id, until or clock.now() + thresholds().hold)
    return True


def _case(finding: Finding) -> int | None:
    """The case to work on: a new one, or the open one about the same members. None for a burst that was settled."""
    who = "-".join(str(one) for one in sorted(finding.members))
    key = f"{finding.sign}:{who}"
    values = {"sign": finding.sign, "figures": finding.figures, "found_at": clock.now()}
    if finding.sign is Sign.BURST:
        first = min((vote.kind, vote.id) for vote in finding.evidence)
        key += f":{first[0]}-{first[1]}"
        return insert_once(
            AbuseCase, open_key=key, state=CaseState.AUTOMATIC, decided_at=clock.now(), **values
        )
    made = insert_once(AbuseCase, open_key=key, **values)
    return made or db.session.scalar(select(AbuseCase.id).where(AbuseCase.open_key == key).with_for_update())


def _row(case_id: int, vote) -> dict[str, object]:
    return {
        "case_id": case_id, "kind": vote.kind, "target_id": vote.id, "voter_id": vote.voter_id,
        "author_id": vote.author_id, "post_id": vote.post_id, "at": vote.at,
    }  # fmt: skip


def _pause(case_id: int, sign: Sign, pair: tuple[int, int]) -> dict[str, object]:
    now = clock.now()
    until = now + thresholds().mutual_pause if sign is Sign.RECIPROCITY else None
    return {
        "case_id": case_id, "sign": sign, "voter_id": pair[0], "author_id": pair[1], "since": now, "until": until,
    }  # fmt: skip


def _evidence_count(case_id: int) -> int:
    return db.session.scalar(select(func.count()).where(AbuseEvidence.case_id == case_id)) or 0


# --- annulling ----------------------------------------------------------------------------------------------------


def annul(case_id: int, actor: Actor) -> int:
    """Take back all a case rests on, inside the open unit of work: votes leave their posts, and every line they wrote is
    reversed by exactly what it granted, under the rule's key. Returns how many were annulled now."""
    sign, rows = _left(case_id)
    for row in sorted(
        rows, key=lambda one: (one.post_id or 0, one.id)
    ):  # threads first, in one order for all
        if (kind := source(row.kind)) is not None:
            kind.annul(row.target_id)
    lines = _lines(rows)
    booking.reverse(lines, actor.member_id, "annulled", rule_key=sign.rule_key)
    update_where(
        AbuseEvidence,
        AbuseEvidence.case_id == case_id,
        AbuseEvidence.annulled_at.is_(None),
        annulled_at=clock.now(),
    )
    return len(rows)


def _left(case_id: int):
    sign = db.session.scalars(select(AbuseCase.sign).where(AbuseCase.id == case_id)).one()
    e = AbuseEvidence
    columns = (e.id, e.kind, e.target_id, e.voter_id, e.author_id, e.post_id)
    left = select(*columns).where(e.case_id == case_id, e.annulled_at.is_(None)).order_by(e.id)
    return sign, db.session.execute(left).all()


def _lines(rows: Iterable) -> list[Line]:
    """The live lines these votes, acceptances and answers wrote, read after their members were locked."""
    rows = list(rows)
    members = {member for row in rows for member in (row.author_id, row.voter_id)}
    balances.lock(members)
    e = LedgerEntry
    by_post: dict[int, list] = {}
    for row in rows:
        if row.post_id is not None:
            by_post.setdefault(row.post_id, []).append(row)
    posts, found = sorted(by_post), []
    for start in range(0, len(posts), 400):
        found += booking.live_lines(e.post_id.in_(posts[start : start + 400]), e.member_id.in_(members))
    return [line for line in found if any(_caused(line, row) for row in by_post[line.place.post_id or 0])]


def _caused(line: Line, row) -> bool:
    if row.kind in CAUSES:
        return line.cause.type in CAUSES[row.kind]
    by_kind = line.cause.type is CauseType.ME_TOO if row.kind == "me-too" else line.cause.type in _VOTES[:2]
    return by_kind and line.cause.id.partition("/")[2] == str(row.voter_id)


# --- keeping aside ------------------------------------------------------------------------------------------------


def keep_aside(case_id: int, until: datetime) -> int:
    """Make the points to spend a case is about usable at ``until`` and not before (§A1.4). Inside the open unit of work.

    A line of the ledger never changes: it is reversed and booked again with the later moment. Points that were spent already
    are left alone, so that keeping aside never makes a debt.
    """
    update_where(AbuseCase, AbuseCase.id == case_id, held_until=until)
    _sign, rows = _left(case_id)
    now, kept = clock.now(), 0
    room: dict[int, int] = {}
    for line in sorted(_lines(rows), key=lambda one: -one.id):
        if line.account is not Account.SPENDABLE or line.granted <= 0 or line.available_at >= until:
            continue
        if line.available_at <= now:
            left = room.setdefault(line.member_id, balances.available(line.member_id))
            if line.granted > left:
                continue
            room[line.member_id] = left - line.granted
        booking.reverse([line], None, KEPT_ASIDE)
        booking.bring_back(replace(line, available_at=until), None)
        kept += 1
    return kept


def keep_on() -> int:
    """Cases nobody has decided before their time was over: aside for as long again. Returns how many."""
    now, longer = clock.now(), thresholds().hold
    due = (AbuseCase.state == CaseState.OPEN, AbuseCase.held_until < now + timedelta(days=1))
    cases = list(db.session.scalars(select(AbuseCase.id).where(*due).order_by(AbuseCase.id)))
    for case_id in cases:
        with unit_of_work():
            if update_where(AbuseCase, AbuseCase.id == case_id, *due, held_until=now + longer):
                keep_aside(case_id, now + longer)
    return len(cases)


def release(case_id: int, actor: Actor) -> None:
    """There was no abuse: points are usable when they would have been, votes that brought nothing bring their points, a
    pause ends. Inside the open unit of work."""
    sign, rows = _left(case_id)
    if sign is Sign.REVIEW_RING:
        _give_back(case_id)
    pairs = set(
        db.session.execute(
            select(VotePause.voter_id, VotePause.author_id).where(VotePause.case_id == case_id)
        ).tuples()
    )
    pairs |= {(row.voter_id, row.author_id) for row in rows}
    balances.lock({member for pair in pairs for member in pair})
    update_where(VotePause, VotePause.case_id == case_id, until=clock.now())
    if sign in HELD:
        for line in _lines(rows):
            _as_before(line, actor)
    elif sign in (Sign.CONCENTRATION, Sign.RECIPROCITY, Sign.SHARED_ORIGIN):
        e = LedgerEntry
        for voter_id, author_id in sorted(pairs):
            for line in booking.live_lines(
                e.member_id == author_id, e.actor_id == voter_id, e.note == sign.rule_key
            ):
                booking.reverse([line], actor.member_id, "made-whole")
                booking.bring_back(replace(line, note=""), actor.member_id, line.requested)


def _as_before(line: Line, actor: Actor) -> None:
    """A line that was kept aside, at the moment its first booking named."""
    e = LedgerEntry
    first = select(func.min(e.available_at)).where(
        e.member_id == line.member_id, e.account == line.account, e.cause_type == line.cause.type, e.cause_id == line.cause.id,
        e.occurred_at == line.occurred_at,
    )  # fmt: skip
    before = db.session.scalar(first)
    if before is not None and before < line.available_at:
        booking.reverse([line], actor.member_id, "made-whole")
        booking.bring_back(replace(line, available_at=before), actor.member_id)


def _give_back(case_id: int) -> None:
    """Votes a rule annulled by itself stand again (V8)."""
    mine = (AbuseEvidence.case_id == case_id, AbuseEvidence.annulled_at.is_not(None))
    rows = db.session.execute(
        select(AbuseEvidence.kind, AbuseEvidence.target_id, AbuseEvidence.post_id).where(*mine)
    ).all()
    update_where(AbuseEvidence, *mine, annulled_at=None)
    for kind, target_id, _post_id in sorted(rows, key=lambda one: (one.post_id or 0, one.target_id)):
        if (known := source(kind)) is not None:
            known.restore(target_id)
