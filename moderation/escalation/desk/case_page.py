"""One case as its page shows it: the question, why it is pressing, internal notes, the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.text import excerpt
from forum.products.models import Product
from forum.questions.models import Question
from moderation.escalation import casework, notices
from moderation.escalation.desk.queries import CaseCard, case_cards
from moderation.escalation.models import Case, CaseEvent, CaseNote, Ladder, StageRow
from moderation.escalation.permissions import can_see_cases
from moderation.escalation.rules import Priority, Stage


@dataclass(frozen=True, slots=True)
class NoteView:
    """An internal note."""

    author: MemberCard
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the timeline: a drawing, words, a moment, sometimes more words."""

    icon: str
    words: Sentence
    at: datetime
    more: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything about one case."""

    card: CaseCard
    product: str
    asker: MemberCard
    summary: str
    parts: tuple[tuple[Sentence, float, str], ...]
    score: int
    priority_by_hand: bool
    lexicon_version: int
    reach: int
    danger_waits: bool
    notes: tuple[NoteView, ...]
    lines: tuple[Line, ...]
    colleagues: tuple[MemberCard, ...]
    has_official: bool


def case_view(actor: Actor, case_id: int) -> CaseView:
    """A case for its page. Raises NotFound, Forbidden."""
    require(can_see_cases(actor))
    found = case_cards(Case.id == case_id, limit=1)
    if not found:
        raise NotFound()
    card = found[0]
    question = db.session.execute(
        select(Question.body, Question.author_id, Question.official_answer_id, Product.name.label("product"))
        .outerjoin(Product, Product.id == Question.product_id)
        .where(Question.id == card.question_id)
    ).one()
    case = casework.load(case_id)
    ladder = db.session.get_one(Ladder, card.question_id)
    noted = db.session.execute(
        select(CaseNote.author_id, CaseNote.body, CaseNote.created_at)
        .where(CaseNote.case_id == case_id)
        .order_by(CaseNote.id)
    ).all()
    events = list(
        db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id))
    )
    team = casework.official_ids()
    ids = [question.author_id, *team, *(row.author_id for row in noted)]
    people = cards([*ids, *(event.actor_id for event in events), *(event.subject_id for event in events)])
    return CaseView(
        card=card,
        product=question.product or "",
        asker=people[question.author_id],
        summary=excerpt(question.body, 320),
        parts=tuple((PART_NAMES.get(part["key"], part["key"]), part["points"], ", ".join(part["words"])) for part in ladder.score_parts),
        score=ladder.score,
        priority_by_hand=ladder.priority_set_by_id is not None,
        lexicon_version=ladder.lexicon_version, reach=ladder.reach,
        danger_waits=ladder.is_danger and ladder.danger_read_at is None,
        notes=tuple(NoteView(people[row.author_id], row.body, row.created_at) for row in noted),
        lines=_timeline(card, case, events, people),
        colleagues=tuple(people[one] for one in team if one != card.assignee_id),
        has_official=question.official_answer_id is not None,
    )  # fmt: skip


PART_NAMES = {
    "base": _("every question"), "danger": _("words of danger"), "legal": _("words of law or press"),
    "payment": _("payment, fraud or personal data"), "urgency": _("words of urgency"), "tone": _("tone"),
    "influence": _("rank and reach of the asker"), "me_too": _("members with the same question"), "views": _("views without an answer"),
    "age": _("waiting time"), "repeat": _("asked again"), "reopened": _("reopened"),
}  # fmt: skip

PRIORITY_NAMES = {
    Priority.URGENT: _("Urgent"), Priority.HIGH: _("High"), Priority.NORMAL: _("Normal"), Priority.LOW: _("Low"),
}  # fmt: skip

_STAGE_LINES = {
    Stage.VISIBLE: ("eye", _("First among the unanswered")),
    Stage.SUPER_USERS: ("users", _("Experienced members asked")),
    Stage.WARNING: ("clock", _("Three quarters of the time used")),
    Stage.BREACH: ("warn", _("Promised time passed")),
    Stage.OVERDUE: ("warn", _("Manager told again")),
}


def _event_line(event: CaseEvent, people: dict) -> Line | None:
    who = people[event.actor_id].name if event.actor_id else _("the clock")
    whom = people[event.subject_id].name if event.subject_id else ""
    lines = {
        "opened": (
            "flame",
            _("Passed to the team")
            if event.actor_id is None
            else _("Passed to the team by %(who)s", who=who),
        ),
        casework.ESCALATED: ("flag", _("Handed over by %(who)s, though it is answered", who=who)),
        "called": ("flag", _("Called for by %(who)s", who=who)),
        "taken": ("user", _("Taken by %(who)s", who=whom)),
        "assigned": ("user", _("Given to %(whom)s by %(who)s", who=who, whom=whom)),
        "released": ("inbox", _("Back in the queue")),
        "asked": ("note", _("%(who)s asked for a detail", who=who)),
        "reminded": ("bell", _("Asker reminded")),
        "replied": ("note", _("The asker replied")),
        "waiting": (
            "clock",
            _("%(who)s waits for colleagues", who=who) if event.actor_id else _("Waits for the outside desk"),
        ),
        "outside": ("globe", _("Where it stands at the outside desk")),
        "resumed": ("user", _("Worked on again")),
        "answered": ("shield", _("Answered by %(who)s", who=who)),
        "resolved": ("check", _("Settled")),
        "cancelled": ("check", _("Settled without the team")),
        "reopened": ("flame", _("Open again")),
        "handed_back": ("users", _("Handed back to the community by %(who)s", who=who)),
        "left": ("clock", _("No reply from the asker: resting")),
        "private_offered": ("lock", _("%(who)s asked to go on in private", who=who)),
        "private_declined": ("users", _("The asker prefers to stay in public")),
        "private": ("lock", _("Goes on in private with %(who)s", who=who)),
        "private_solved": ("check", _("Settled in private; %(who)s published a summary", who=who)),
        "private_gone": ("check", _("In private no more: the question is no longer there")),
        "private_merged": ("check", _("In private no more: the question was merged into another one")),
        "private_closed": ("check", _("Settled in private")),
        "public_again": ("users", _("Back in public by %(who)s", who=who)),
        "priority": ("flag", _("Priority set by %(who)s", who=who)),
        "danger_confirmed": ("warn", _("%(who)s read it: it is about safety", who=who)),
        "danger_cleared": ("check", _("%(who)s read it: not about safety", who=who)),
        "rerouted": ("users", _("Passed to another team")),
        "snoozed": ("clock", _("Put off by %(who)s", who=who)),
        "unopened": ("inbox", _("%(whom)s did not open it: back in the queue", whom=whom)),
        "returned": ("inbox", _("%(whom)s is not there: back in the queue", whom=whom)),
        "reach": ("users", _("%(who)s noted how many people the asker reaches", who=who)),
    }
    if event.kind not in lines:
        return None
    icon, words = lines[event.kind]
    more = _handed_back(event.detail) if event.kind == "handed_back" else event.detail
    return Line(icon, words, event.at, more)


def _handed_back(detail: str) -> str:
    """The reason, and the words for colleagues."""
    reason, _blank, said = detail.partition(" ")
    known = [str(words) for key, words in notices.HAND_BACK_WORDS.items() if key == reason]
    return " ".join([*known, said]).strip()


def _timeline(card: CaseCard, case: Case, events: list[CaseEvent], people: dict) -> tuple[Line, ...]:
    """From the question to now: what the clock did and what people did, in order."""
    stages = db.session.execute(
        select(StageRow.stage, StageRow.due_at).where(
            StageRow.question_id == card.question_id,
            StageRow.cycle == case.cycle,
            StageRow.stage.in_(_STAGE_LINES),
        )
    )
    asked = card.published_at
    lines = (
        [Line("plus", _("Question asked"), asked)] if asked is not None else []
    )  # first of its moment: sorting is stable
    lines += [Line(*_STAGE_LINES[stage], due_at) for stage, due_at in stages]
    lines += [line for event in events if (line := _event_line(event, people))]
    return tuple(sorted(lines, key=lambda line: line.at))
