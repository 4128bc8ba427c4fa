"""What is one reader's own about a thread, in one statement for everything that differs from reader to reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Integer, String, and_, cast, literal, null, or_, select, union_all

from accounts.members.models import Member
from common import clock
from common.ahead import Rows
from common.db import UTCDateTime
from common.direct import given, moment_of
from common.permissions import MODERATION_ROLES, Actor
from forum.claims.models import AnsweringClaim
from forum.drafts.drafting import load_draft
from forum.invitations.models import AnswerInvitation
from forum.positions.models import ReadPosition
from forum.positions.rules import LOOKED_AT, Unread
from forum.questions.models import Draft, Follow, HelpedMark, Kudos, MeToo, Post
from forum.questions.queries import OWN_STATES
from forum.questions.rules import PostKind, PostState
from forum.suggestions.models import SuggestedEdit
from forum.suggestions.rules import SuggestionState

_post, _position, _member = Post.__table__, ReadPosition.__table__, Member.__table__
_suggestion = SuggestedEdit.__table__


@dataclass(frozen=True, slots=True)
class Claim:
    """A member who is answering just now."""

    member_id: int
    until_at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Own:
    """A reader's own marks on a thread, and the ids of what only this reader (or staff) sees of it.

    ``helped`` and ``not_helped`` are the answers that did, or did not, help the reader. ``seen_at`` is how far the reader
    has read (None: never here), ``unread`` what others published since, ``suggested`` the posts with an open suggestion
    and who made it, ``also`` whether the reader's last "me too" was said to follow as well.
    """

    kudos: frozenset[int] = frozenset()
    helped: frozenset[int] = frozenset()
    not_helped: frozenset[int] = frozenset()
    me_too: bool = False
    also: bool = True
    following: bool = False
    unpublished: tuple[int, ...] = ()
    draft: bool = False
    seen_at: datetime | None = None
    unread: tuple[Unread, ...] = ()
    claim: Claim | None = None
    suggested: frozenset[tuple[int, int]] = frozenset()
    invited_by: str = ""

    @property
    def unread_ids(self) -> frozenset[int]:
        """The ids of what is new to the reader."""
        return frozenset(one.id for one in self.unread)


def _mark(name: str, number: Any, at: Any = None, words: Any = None) -> tuple[Any, ...]:
    """The columns of one kind of mark: all parts of the statement have the same four."""
    moment = cast(null(), UTCDateTime()) if at is None else at
    said = cast(null(), String) if words is None else words
    return literal(name).label("mark"), number.label("number"), moment.label("at"), said.label("words")


def _unread(me: Any, question: Any) -> Any:
    """What others published since the reader was here, oldest first; some at most."""
    found = (
        select(_post.c.id, _post.c.published_at, _post.c.parent_id)
        .select_from(_position.join(_post, _post.c.question_id == _position.c.question_id))
        .where(_position.c.member_id == me, _position.c.question_id == question)
        .where(_post.c.kind.in_((PostKind.ANSWER, PostKind.COMMENT)), _post.c.state == PostState.PUBLISHED)
        .where(_post.c.published_at > _position.c.seen_at)
        .where(or_(_post.c.author_id.is_(None), _post.c.author_id != me))
        .order_by(_post.c.published_at, _post.c.id)
        .limit(LOOKED_AT)
        .subquery("news")
    )
    return select(*_mark("u", found.c.id, found.c.published_at, cast(found.c.parent_id, String)))


def _claimed(question: Any) -> Any:
    """Who is answering."""
    table = AnsweringClaim.__table__
    who = table.join(_member, _member.c.id == table.c.member_id)
    found = select(*_mark("c", table.c.member_id, table.c.until_at, _member.c.display_name)).select_from(who)
    return found.where(table.c.question_id == question)


def _invited(me: Any, question: Any) -> Any:
    """Who invited the reader, unless that was declined."""
    table = AnswerInvitation.__table__
    who = table.join(_member, _member.c.id == table.c.inviter_id)
    found = select(*_mark("i", table.c.inviter_id, None, _member.c.display_name)).select_from(who)
    return found.where(
        table.c.question_id == question, table.c.member_id == me, table.c.declined_at.is_(None)
    )


def _last_me_too(me: Any) -> Any:
    """Whether the reader wished to follow what they last had too."""
    mine = select(MeToo.id, cast(MeToo.followed, Integer).label("also")).where(MeToo.member_id == me)
    last = mine.order_by(MeToo.given_at.desc()).limit(1).subquery("last_me_too")
    return select(*_mark("a", last.c.also))


def _statement(me: Any, role: Any) -> CompoundSelect[Any]:
    """The statement of :func:`own_marks`, built once: putting it together costs more than running it."""
    question, posts = given("question"), [given("posts")]
    moderates = role.in_(sorted(MODERATION_ROLES))
    unseen = select(*_mark("h", _post.c.id)).where(
        _post.c.question_id == question, _post.c.state.in_(OWN_STATES)
    )
    own = _post.c.author_id == me
    suggested = select(*_mark("s", _suggestion.c.post_id, None, cast(_suggestion.c.member_id, String))).where(
        _suggestion.c.post_id.in_(posts), _suggestion.c.state == SuggestionState.OPEN
    )
    unseen = unseen.where(or_(and_(moderates, _post.c.state != PostState.REJECTED), own))
    return union_all(
        select(*_mark("k", Kudos.post_id)).where(
            Kudos.member_id == me, Kudos.post_id.in_(posts), Kudos.withdrawn_at.is_(None)
        ),
        select(*_mark("y", HelpedMark.post_id)).where(
            HelpedMark.member_id == me, HelpedMark.post_id.in_(posts), HelpedMark.helped.is_(True)
        ),
        select(*_mark("n", HelpedMark.post_id)).where(
            HelpedMark.member_id == me, HelpedMark.post_id.in_(posts), HelpedMark.helped.is_(False)
        ),
        select(*_mark("m", MeToo.question_id)).where(
            MeToo.member_id == me, MeToo.question_id == question, MeToo.withdrawn_at.is_(None)
        ),
        _last_me_too(me),
        select(*_mark("f", Follow.question_id)).where(Follow.member_id == me, Follow.question_id == question),
        select(*_mark("d", Draft.id)).where(Draft.member_id == me, Draft.place == given("place")),
        select(*_mark("r", _position.c.question_id, _position.c.seen_at)).where(
            _position.c.member_id == me, _position.c.question_id == question
        ),
        _unread(me, question),
        _claimed(question),
        _invited(me, question),
        suggested.where(or_(moderates, _suggestion.c.held.is_(False))),
        unseen,
    )


_OWN_MARKS = Rows(_statement, "posts")


def marks_wanted(question_id: int, post_ids: Iterable[int]) -> tuple[Rows, dict[str, Any]]:
    """What :func:`own_marks` will ask for, to be brought along with the visit."""
    return _OWN_MARKS, {"question": question_id, "posts": list(post_ids), "place": f"answer:{question_id}"}


def own_marks(actor: Actor, question_id: int, post_ids: Iterable[int]) -> Own:
    """One statement for everything about a thread that differs from reader to reader."""
    if not actor.signed_in:
        return Own()
    rows, values = marks_wanted(question_id, post_ids)
    found = rows.of(actor.member_id, actor.role, **values)
    now = clock.now()
    marks: dict[str, list[tuple[int, Any, Any]]] = {}
    for mark, number, at, words in found:
        marks.setdefault(mark, []).append((number, at, words))
    claims = (Claim(who, moment_of(at) or now, str(name)) for who, at, name in marks.get("c", ()))
    unread = sorted((moment_of(at), number, words) for number, at, words in marks.get("u", ()))

    def ids(mark: str) -> frozenset[int]:
        return frozenset(number for number, _at, _words in marks.get(mark, ()))

    return Own(
        kudos=ids("k"),
        helped=ids("y"),
        not_helped=ids("n"),
        me_too="m" in marks,
        also=0 not in ids("a"),
        following="f" in marks,
        unpublished=tuple(sorted(number for number, _at, _words in marks.get("h", ()))),
        draft="d" in marks or (actor.behind_id is not None and _drafts_here(actor, question_id)),
        seen_at=moment_of(marks["r"][0][1]) if "r" in marks else None,
        unread=tuple(Unread(number, at, int(words) if words else None) for at, number, words in unread if at),
        suggested=frozenset((number, int(words)) for number, _at, words in marks.get("s", ())),
        invited_by=next((str(name) for _who, _at, name in marks.get("i", ())), ""),
        claim=next((claim for claim in claims if claim.until_at > now), None),
    )


def _drafts_here(actor: Actor, question_id: int) -> bool:
    """Whether the person under a mask has begun an answer: drafts are theirs, not the mask's."""
    return load_draft(actor, f"answer:{question_id}") is not None
