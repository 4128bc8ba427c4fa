"""What happened to an item: publication, reports, hiding, decisions, undo, appeal; and who reported it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select

from accounts.members.queries import MemberCard, cards
from accounts.messages.models import MessageReport
from accounts.messages.wording import REASONS as MESSAGE_REASONS
from common import clock
from common.db import db
from common.i18n import Sentence
from common.permissions import Actor
from forum.questions.models import PendingEdit, Post, Revision
from forum.revisions.differences import Change, Segment, shortened
from forum.revisions.queries import VERSIONS_SHOWN, changes, history_of
from moderation.flags.flagging import standings
from moderation.flags.misuse import muted
from moderation.flags.models import Flag
from moderation.profile_reports.models import ProfileReport
from moderation.profile_reports.wording import REASONS as PROFILE_REASONS
from moderation.review import wording
from moderation.review.models import DecisionUndo, ReviewDecision, ReviewItem
from moderation.review.rules import ItemType
from moderation.sanctions.models import Appeal, RefusedEdit, Statement, StatementEnd
from moderation.sanctions.rules import Measure


@dataclass(frozen=True, slots=True)
class Reporter:
    """A member who reported, and how often such reports were right in percent (None: never reviewed). ``card`` is None for
    who need not know the name, and so is what they wrote empty. ``picture``: the picture that is meant; ``muted``: reports
    of this member are not counted at the moment."""

    card: MemberCard | None
    reason: Sentence
    note: str
    share: int | None
    at: datetime
    picture: str = ""
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A line of an item's history; ``kind`` names what happened, ``detail`` a reason or decision. ``text`` is the key of what it
    changed in the words (`texts_of`)."""

    at: datetime
    kind: str
    who: Any = None
    detail: str = ""
    message: str = ""
    text: str = ""


class Text(NamedTuple):
    """Title and body before and after an edit, as what was added and removed; the words its editor gave for it."""

    title: tuple[Segment, ...]
    body: tuple[Segment, ...]
    reason: str = ""


class Texts(NamedTuple):
    """What the edits of a post changed, by the key of their event; ``more`` says that there are older ones."""

    by_event: dict[str, Text]
    more: bool = False


def reporters_of(item: ReviewItem, reader: Actor) -> list[Reporter]:
    """Who reported what an item is about: active reports, and those this item decided. Whom it concerns never learns it,
    a moderator neither (domain/moderation.md §B6, article 16); nor do limited colleagues learn the names."""
    named = not reader.is_limited
    if item.author_id in reader.ids:
        return []
    if item.kind == ItemType.PROFILE:
        return _of_profile(item)
    if item.kind == ItemType.MESSAGE:
        return _of_message(item)
    if item.post_id is None or item.kind == ItemType.APPEAL:
        return []
    flags = list(
        db.session.scalars(
            select(Flag)
            .where(Flag.post_id == item.post_id, or_(Flag.active_key.is_not(None), Flag.item_id == item.id))
            .order_by(Flag.id)
            .limit(40)
        )
    )
    ids = sorted({flag.flagger_id for flag in flags})
    people, known, unheard = cards(ids), standings(ids) if ids else {}, muted(ids) if ids else set()
    return [
        Reporter(
            people[flag.flagger_id] if named else None,
            wording.FLAGS[flag.reason][0],
            flag.note if named else "",
            _percent(known[flag.flagger_id]),
            flag.created_at,
            flag.picture,
            flag.flagger_id in unheard,
        )
        for flag in flags
    ]


def _of_profile(item: ReviewItem) -> list[Reporter]:
    """Those whose reports of a profile wait, or were decided with this item."""
    query = select(ProfileReport).where(
        ProfileReport.member_id == item.target_id,
        or_(ProfileReport.active_key.is_not(None), ProfileReport.item_id == item.id),
    )
    reports = list(db.session.scalars(query.order_by(ProfileReport.id).limit(40)))
    ids = sorted({one.reporter_id for one in reports})
    people, known, unheard = cards(ids), standings(ids) if ids else {}, muted(ids) if ids else set()
    return [
        Reporter(
            people[one.reporter_id], PROFILE_REASONS[one.reason][0], one.note, _percent(known[one.reporter_id]),
            one.created_at, muted=one.reporter_id in unheard,
        )
        for one in reports
    ]  # fmt: skip


def _of_message(item: ReviewItem) -> list[Reporter]:
    """Who showed a message to the team."""
    report = db.session.get(MessageReport, item.target_id)
    if report is None:
        return []
    me = report.reporter_id
    known = standings([me])[me]
    reason = MESSAGE_REASONS[report.reason]
    return [
        Reporter(
            cards([me])[me], reason, report.note, _percent(known), report.created_at, muted=me in muted([me])
        )
    ]


def _percent(standing: Any) -> int | None:
    return round(100 * standing.share) if standing.reviewed else None


def events_of(item: ReviewItem, post: Post | None) -> list[Event]:
    """The history of what an item is about, oldest first."""
    events = _of_post(post) if post is not None else _of_decision(item)
    events.append(Event(item.created_at, "queued"))
    people = cards({event.who for event in events})
    found = [replace(event, who=people[event.who] if event.who else None) for event in events]
    return sorted(found, key=lambda event: event.at)


def _of_decision(item: ReviewItem) -> list[Event]:
    """What was decided about a profile, a message or a measure, which have no post."""
    if item.decided_at is None:
        return []
    made = db.session.scalar(select(ReviewDecision).where(ReviewDecision.item_id == item.id))
    if made is None:
        return []
    return [Event(made.decided_at, "decided", made.actor_id, made.decision.value, made.message)]


def _of_post(post: Post) -> list[Event]:
    events = [Event(post.created_at, "sent", post.author_id)]
    if post.published_at:
        events.append(Event(post.published_at, "published"))
    first = db.session.scalar(select(func.min(Flag.created_at)).where(Flag.post_id == post.id))
    if first is not None:
        events.append(Event(first, "first_report"))
    rows = db.session.execute(
        select(ReviewDecision, DecisionUndo.undone_at)
        .outerjoin(DecisionUndo, DecisionUndo.decision_id == ReviewDecision.id)
        .where(ReviewDecision.post_id == post.id)
    )
    for decision, undone_at in rows:
        events.append(
            Event(
                decision.decided_at,
                "decided",
                decision.actor_id,
                decision.decision.value,
                decision.message,
                f"decision:{decision.id}",
            )
        )
        if undone_at is not None:
            events.append(Event(undone_at, "undone", decision.actor_id))
    events += _of_statements(post)
    edits = select(Revision.created_at, Revision.editor_id, Revision.version).where(
        Revision.post_id == post.id, Revision.version > 1
    )
    newest = edits.order_by(Revision.version.desc()).limit(VERSIONS_SHOWN)
    for row in db.session.execute(newest):
        events.append(Event(row.created_at, "edited", row.editor_id, text=f"version:{row.version}"))
    waits = select(PendingEdit.created_at, PendingEdit.editor_id).where(PendingEdit.post_id == post.id)
    return events + [
        Event(row.created_at, "waits", row.editor_id, text=WAITS) for row in db.session.execute(waits)
    ]


def _of_statements(post: Post) -> list[Event]:
    events = []
    rows = db.session.execute(
        select(
            Statement.id,
            Statement.measure,
            Statement.created_at,
            Statement.decision_id,
            Statement.actor_id,
            Statement.cause,
            StatementEnd.how,
            StatementEnd.ended_at,
        )
        .outerjoin(StatementEnd, StatementEnd.statement_id == Statement.id)
        .where(Statement.post_id == post.id)
    ).all()
    for row in rows:
        if row.measure == Measure.HIDDEN and row.decision_id is None:
            how = row.cause.partition(":")[0]
            events.append(Event(row.created_at, "hidden", None if how == "hidden" else row.actor_id, how))
        if row.how is not None and row.how != "undone":
            events.append(Event(row.ended_at, "ended", None, str(row.how.value)))
    if not rows:
        return events
    appeals = select(Appeal.created_at, Appeal.member_id).where(
        Appeal.statement_id.in_([row.id for row in rows])
    )
    return events + [Event(row.created_at, "appealed", row.member_id) for row in db.session.execute(appeals)]


def texts_of(reader: Actor, item: ReviewItem, post: Post | None) -> Texts:
    """What each edit of a post changed: of its versions, those that the reader may have (`forum.revisions`), of an edit that
    waits, and of refused ones while their text is kept. Of an item whose answer is known nothing, since that may be told by what
    came later. A bounded number of statements and characters (design/UX.md, page 36)."""
    if post is None or item.kind == ItemType.AUDIT:
        return Texts({})
    steps, more = history_of(reader, post)
    found = {
        f"version:{step.version}": Text(step.title, step.body, step.reason)
        for step in steps
        if step.version > 1
    }
    pending = db.session.get(PendingEdit, post.id)
    if pending is not None:
        found[WAITS] = Text(*_between(post.heading, post.body, pending.title, pending.body), pending.reason)
    found |= _refused_of(post)
    return Texts({key: _bounded(one) for key, one in found.items()}, more)


def _refused_of(post: Post) -> dict[str, Text]:
    """Refused edits beside the version that stood then; the newest ten."""
    rows = db.session.execute(
        select(Statement.decision_id, RefusedEdit.title, RefusedEdit.body, Revision.title.label("old_title"), Revision.body.label("old_body"))
        .join(RefusedEdit, RefusedEdit.statement_id == Statement.id)
        .join(Revision, and_(Revision.post_id == Statement.post_id, Revision.version == Statement.post_version))
        .where(Statement.post_id == post.id, RefusedEdit.kept_until > clock.now())
        .order_by(Statement.id.desc())
        .limit(10)
    )  # fmt: skip
    return {
        f"decision:{row.decision_id}": Text(*_between(row.old_title, row.old_body, row.title, row.body))
        for row in rows
    }


def _between(
    old_title: str | None, old: str, title: str | None, body: str
) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:  # fmt: skip
    return changes(old_title or "", title) if title is not None else (), changes(old, body)


def _bounded(one: Text) -> Text:
    """A title that stays needs no line of its own; a long text is cut."""
    changed = any(piece.change != Change.SAME for piece in one.title)
    return one._replace(title=one.title if changed else (), body=shortened(one.body, TEXT_MOST))


WAITS = "waits"
TEXT_MOST = 4_000
"""Characters of an edit that the page of an item shows; the history of the post has all of them."""


def follows_undone(item: ReviewItem) -> bool:
    """Whether the item waits because the decision about the one before was taken back; else it is a second look."""
    undone = select(DecisionUndo.id).join(ReviewDecision, ReviewDecision.id == DecisionUndo.decision_id)
    return db.session.scalar(undone.where(ReviewDecision.item_id == item.previous_id).limit(1)) is not None


def contested(item: ReviewItem) -> Statement | None:
    """The statement an appeal is about."""
    if item.kind != ItemType.APPEAL:
        return None
    return db.session.scalar(
        select(Statement).join(Appeal, Appeal.statement_id == Statement.id).where(Appeal.id == item.target_id)
    )
