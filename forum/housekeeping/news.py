"""What the people concerned hear when something was put in order, in kind words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.notifications import telling
from accounts.notifications.kinds import Kind, register
from common import clock, jobs
from common.db import db
from common.i18n import Sentence, _
from common.unit_of_work import unit_of_work
from forum.housekeeping.models import TidyAct
from forum.housekeeping.rules import ActType, LockReason
from forum.notices.kinds import title_of
from forum.questions.models import Follow, Post

Params = dict[str, Any]
BATCH = 500


def _to_question(params: Params) -> tuple[str, dict[str, Any]]:
    return "questions.show", {"id": params["question_id"], "_anchor": "question"}


def _to_post(params: Params) -> tuple[str, dict[str, Any]]:
    post_id = params["post_id"]
    return "questions.show", {"id": params["question_id"], "answer": post_id, "_anchor": f"a-{post_id}"}


def _locked(params: Params) -> Sentence:
    if params.get("reason") == LockReason.SETTLED:
        return _(
            "Your question “%(title)s” is solved and quiet: it was locked. You can open it again.",
            title=title_of(params),
        )
    return _("Your question “%(title)s” was locked by the team.", title=title_of(params))


def _refiled(params: Params) -> Sentence:
    sentence = {
        ActType.MOVE.value: lambda title: _(
            "Your question “%(title)s” is in another category now, where more people will see it.",
            title=title,
        ),
        ActType.RETITLE.value: lambda title: _(
            "Your question has a clearer title now: “%(title)s”.", title=title
        ),
    }.get(
        str(params.get("act")),
        lambda title: _("Your question “%(title)s” has other topics now, so that it is found.", title=title),
    )
    return sentence(title_of(params))  # fmt: skip


_SEE = _("See the question")
_KINDS = (
    Kind(
        "question-merged",
        lambda p: _("Your question was joined with “%(title)s”: everything written about it stands there.", title=title_of(p)),
        _to_question, event="answer", button=_SEE,
        subject=lambda p: _("Your question goes on here: %(title)s", title=title_of(p)),
    ),
    Kind(
        "thread-joined",
        lambda p: _("A question you followed goes on here: “%(title)s”. You follow it now.", title=title_of(p)),
        _to_question, event="followed", mail="off", button=_SEE,
    ),
    Kind(
        "question-split",
        lambda p: _("What you wrote deserves a place of its own: “%(title)s” is your question now.", title=title_of(p)),
        _to_question, event="answer", button=_SEE,
    ),
    Kind(
        "answer-moved",
        lambda p: _("What you wrote stands under “%(title)s” now, with its thumbs-up and its points.", title=title_of(p)),
        _to_post, event="mention", mail="off", button=_SEE,
    ),
    Kind("question-locked", _locked, _to_question, event="answer", mail="daily", button=_SEE),
    Kind("question-refiled", _refiled, _to_question, event="answer", mail="daily", button=_SEE),
)  # fmt: skip


def register_all() -> None:
    """Make the kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)


def tell_of_merge(question_id: int, asker_id: int | None, actor_id: int | None, act_id: int) -> None:
    """The asker at once; who followed, and whose answers moved, by a job."""
    telling.tell(asker_id, "question-merged", f"act:{act_id}", question_id, question_id, actor_id=actor_id)
    jobs.enqueue("forum.tell_moved", {"act_id": act_id}, f"tell_moved:{act_id}")


def tell_of_split(question_id: int, author_id: int | None, actor_id: int | None, act_id: int) -> None:
    """The author of the first text, who has a question now; the others whose texts moved by a job."""
    telling.tell(author_id, "question-split", f"act:{act_id}", question_id, question_id, actor_id=actor_id)
    jobs.enqueue("forum.tell_moved", {"act_id": act_id}, f"tell_moved:{act_id}")


def tell_of_lock(question_id: int, asker_id: int | None, actor_id: int | None, reason: str) -> None:
    """The asker hears that the thread is locked, and whether it can be opened again."""
    cause = f"locked:{question_id}:{clock.now():%Y%m%d%H%M%S}"
    telling.tell(
        asker_id, "question-locked", cause, question_id, question_id, actor_id=actor_id, reason=reason
    )


def tell_of_refiling(question_id: int, asker_id: int | None, actor_id: int | None, act_id: int) -> None:
    """The asker hears of another title, category or topics."""
    kind = ActType(db.session.get_one(TidyAct, act_id).kind).value
    telling.tell(
        asker_id, "question-refiled", f"act:{act_id}", question_id, question_id, actor_id=actor_id, act=kind
    )


def take_back(act_id: int) -> None:
    """News of an act that was undone goes."""
    telling.withdraw(cause=f"act:{act_id}")


@jobs.job("forum.tell_moved")
def tell_moved(payload: dict[str, Any]) -> None:
    """Authors of moved answers, and followers who were carried along, hear of it once, if it still stands."""
    act = db.session.get(TidyAct, payload["act_id"])
    if act is None or act.undone_at is not None:
        return
    merged = act.kind == ActType.MERGE
    place_id = (act.target_id if merged else act.question_id) or 0
    moved = act.detail["posts"] if merged else [place[0] for place in act.detail["posts"]]
    cause, actor_id, source_id = f"act:{act.id}", act.actor_id, act.question_id
    for part in (moved[n : n + BATCH] for n in range(0, len(moved), BATCH)):
        posts = select(Post.id, Post.author_id).where(Post.id.in_(part), Post.question_id == place_id)
        for post_id, author_id in db.session.execute(posts.order_by(Post.id)).all():
            _tell_once(author_id, "answer-moved", cause, place_id, post_id, actor_id)
    if merged:
        carried = (Follow.question_id == place_id, Follow.carried_from_id == source_id)
        for member_id in db.session.scalars(select(Follow.member_id).where(*carried)).all():
            _tell_once(member_id, "thread-joined", cause, place_id, place_id, actor_id)


def _tell_once(
    member_id: int | None, kind: str, cause: str, question_id: int, post_id: int, actor_id: int | None
) -> None:
    with unit_of_work():
        telling.tell(member_id, kind, cause, question_id, post_id, actor_id=actor_id)
