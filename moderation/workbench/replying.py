"""Answer a case having seen what is new in it: what others did meanwhile is shown, then confirmed or the text is changed.

Presence is advice; this check is hard (domain/escalation.md §C3, invariant 69): the question's row is held while it is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.text import excerpt
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from forum.questions.rules import PostState
from forum.questions.writing import Posted, hold_question
from moderation.escalation import cases, casework
from moderation.escalation.models import Case, CaseEvent, CaseNote
from moderation.escalation.permissions import can_work
from moderation.macros import using
from moderation.replies import guarding
from moderation.workbench.rules import EVERYTHING, NOTHING_SEEN, Seen, micros

SHOWN = 10


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened while somebody wrote."""

    author: MemberCard | None
    kind: str
    text: str


class SomethingNew(Conflict):
    """Others did something meanwhile: it is shown, and sending again with ``token`` confirms that it was read."""

    code = "something_new"

    def __init__(self, news: list[News], token: str, who: str | None = None) -> None:
        sentence = _(
            "Something is new since you opened this case. Your text is kept: read, then change it or send it all the same."
        )
        if who is not None:
            sentence = _(
                "%(who)s replied for the team less than a minute ago. Read it, then change your text or send it all the same.",
                who=who,
            )
        super().__init__(sentence)
        self.news, self.token = news, token


def seen_now(case_id: int) -> Seen:
    """Up to where the case has got."""
    thread = select(Case.question_id).where(Case.id == case_id).scalar_subquery()
    row = db.session.execute(
        select(
            select(func.max(CaseEvent.id)).where(CaseEvent.case_id == case_id).scalar_subquery(),
            select(func.max(CaseNote.id)).where(CaseNote.case_id == case_id).scalar_subquery(),
            select(func.max(Post.published_at)).where(Post.question_id == thread, Post.state == PostState.PUBLISHED).scalar_subquery(),
        )
    ).one()  # fmt: skip
    return Seen(row[0] or 0, row[1] or 0, micros(row[2]))


def reply(
    actor: Actor,
    case_id: int,
    body: str,
    seen: str | None = None,
    confirm: str | None = None,
    macro_id: int | None = None,
) -> Posted:
    """Publish the team's answer. ``seen``: the token of the page it was written on; ``confirm``: that of the news that was
    shown and read. Raises SomethingNew, AsksInPublic, and what answering a case raises."""
    with unit_of_work(), _having_read(actor, case_id, body, seen, confirm) as read:
        posted = cases.answer_officially(actor, case_id, body, beside=read)
        using.note_use(actor, case_id, macro_id, posted.id)
    return posted


def ask(actor: Actor, case_id: int, body: str, seen: str | None = None, confirm: str | None = None) -> Posted:
    """Ask the asker for a detail in public, having seen what is new. Raises what :func:`reply` raises."""
    with unit_of_work(), _having_read(actor, case_id, body, seen, confirm):
        return cases.wait_for_asker(actor, case_id, body)


@contextmanager
def _having_read(
    actor: Actor, case_id: int, body: str, seen: str | None, confirm: str | None
) -> Iterator[bool]:
    """Refuse a public text with a gap in it, or written without what is new; yields whether what was new has been read.
    Inside the open unit of work."""
    require(can_work(actor))
    using.refuse_unfilled(body, "body")
    question_id = casework.load(case_id).question_id
    hold_question(question_id)
    token = str(seen_now(case_id))
    read = confirm == token
    if not read:
        was = Seen.of(seen) or NOTHING_SEEN if seen is not None else None
        if was is not None and (news := news_since(actor, case_id, was)):
            raise SomethingNew(news, token)
        newest = guarding.replied_just_now(question_id, actor.member_id)
        if newest is not None:
            news = news_since(actor, case_id, EVERYTHING)[-1:]
            raise SomethingNew(news, token, newest.display_name)
    with guarding.confirmed(read):
        yield read


def news_since(actor: Actor, case_id: int, seen: Seen) -> list[News]:
    """What others did in a case since then, the thread first."""
    question_id = casework.load(case_id).question_id
    after = datetime.fromtimestamp(seen.published / 1_000_000, UTC)
    posts = db.session.execute(
        select(Post.author_id, Post.body, Post.published_at).where(
            Post.question_id == question_id, Post.state == PostState.PUBLISHED, Post.published_at > after,
        ).order_by(Post.published_at, Post.id).limit(SHOWN)
    ).all()  # fmt: skip
    notes = db.session.execute(
        select(CaseNote.author_id, CaseNote.body).where(CaseNote.case_id == case_id, CaseNote.id > seen.note_id)
        .order_by(CaseNote.id).limit(SHOWN)
    ).all()  # fmt: skip
    events = db.session.execute(
        select(CaseEvent.actor_id, CaseEvent.kind).where(CaseEvent.case_id == case_id, CaseEvent.id > seen.event_id)
        .order_by(CaseEvent.id).limit(SHOWN)
    ).all()  # fmt: skip
    people = cards([*(row[0] for row in posts), *(row[0] for row in notes), *(row[0] for row in events)])
    mine = actor.member_id
    found = [News(people[row[0]], "post", excerpt(row[1], 300)) for row in posts if row[0] != mine]
    found += [News(people[row[0]], "note", excerpt(row[1], 300)) for row in notes if row[0] != mine]
    found += [
        News(people[row[0]] if row[0] else None, "line", row[1]) for row in events
        if row[0] != mine and row[1] not in _ECHOES
    ]  # fmt: skip
    return found


_ECHOES = frozenset({"answered", "replied", "resumed"})
"""Lines about a text that is itself among the news."""
