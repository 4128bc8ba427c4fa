"""The kinds of news the forum has, with their sentences and where they lead. Read in the member's own language."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from accounts.notifications.kinds import Kind, register
from common.db import db
from common.i18n import Sentence, _, language, n_
from forum.questions.models import Question
from forum.questions.rules import PostState

Params = dict[str, Any]


def title_of(params: Params) -> str:
    """The title of the question the news is about, while it is published; cut to one line."""
    query = select(Question.title).where(
        Question.id == params.get("question_id"), Question.state == PostState.PUBLISHED
    )
    title = db.session.scalar(query) or ""
    return title if len(title) <= 90 else title[:89].rstrip() + "…"


def _by(
    one: Callable[[Params], Sentence], more: Callable[[Params, int], Sentence]
) -> Callable[[Params], Sentence]:
    """A sentence for one author, and for one and n others when several acts are told in one line."""

    def sentence(params: Params) -> Sentence:
        others = int(params.get("count") or 1) - 1
        known = {**params, "actor": params.get("actor") or _("Somebody")}
        return more(known, others) if others > 0 else one(known)

    return sentence


def _to_answer(params: Params) -> str:
    return f"/{language()}/a/{params['post_id']}"


def _to_question(params: Params) -> str:
    return f"/{language()}/questions/{params['question_id']}/-"


def _to_comment(params: Params) -> str:
    return f"{_to_question(params)}#c-{params['post_id']}"


def _to_post(params: Params) -> str:
    kind = params.get("post_kind")
    return {"answer": _to_answer, "comment": _to_comment}.get(str(kind), _to_question)(params)


def register_all() -> None:
    """Make all kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)


_KINDS = (
    Kind(
        "question-answered",
        _by(
            lambda p: _("%(actor)s answered your question “%(title)s”.", actor=p["actor"], title=title_of(p)),
            lambda p, n: n_(
                "%(actor)s and %(count)s other answered your question “%(title)s”.",
                "%(actor)s and %(count)s others answered your question “%(title)s”.",
                n,
                actor=p["actor"],
                title=title_of(p),
            ),
        ),
        _to_answer,
        event="answer",
        subject=lambda p: _("An answer to your question: %(title)s", title=title_of(p)),
        button=_("Read the answer"),
    ),
    Kind(
        "question-commented",
        _by(
            lambda p: _(
                "%(actor)s commented on your question “%(title)s”.", actor=p["actor"], title=title_of(p)
            ),
            lambda p, n: n_(
                "%(actor)s and %(count)s other commented on your question “%(title)s”.",
                "%(actor)s and %(count)s others commented on your question “%(title)s”.",
                n,
                actor=p["actor"],
                title=title_of(p),
            ),
        ),
        _to_comment,
        event="answer",
        subject=lambda p: _("A comment on your question: %(title)s", title=title_of(p)),
        button=_("Read the comment"),
    ),
    Kind(
        "answer-commented",
        _by(
            lambda p: _(
                "%(actor)s replied to your answer to “%(title)s”.", actor=p["actor"], title=title_of(p)
            ),
            lambda p, n: n_(
                "%(actor)s and %(count)s other replied to your answer to “%(title)s”.",
                "%(actor)s and %(count)s others replied to your answer to “%(title)s”.",
                n,
                actor=p["actor"],
                title=title_of(p),
            ),
        ),
        _to_comment,
        event="mention",
        subject=lambda p: _("A reply to your answer: %(title)s", title=title_of(p)),
        button=_("Read the comment"),
    ),
    Kind(
        "comment-followed",
        _by(
            lambda p: _("%(actor)s commented after you on “%(title)s”.", actor=p["actor"], title=title_of(p)),
            lambda p, n: n_(
                "%(actor)s and %(count)s other commented after you on “%(title)s”.",
                "%(actor)s and %(count)s others commented after you on “%(title)s”.",
                n,
                actor=p["actor"],
                title=title_of(p),
            ),
        ),
        _to_comment,
        event="mention",
        button=_("Read the comment"),
    ),
    Kind(
        "mention",
        lambda p: _(
            "%(actor)s mentioned you in “%(title)s”.",
            actor=p.get("actor") or _("Somebody"),
            title=title_of(p),
        ),
        _to_post,
        event="mention",
        button=_("Read the message"),
    ),
    Kind(
        "followed-answered",
        _by(
            lambda p: _(
                "%(actor)s answered “%(title)s”, which you follow.", actor=p["actor"], title=title_of(p)
            ),
            lambda p, n: n_(
                "%(actor)s and %(count)s other answered “%(title)s”, which you follow.",
                "%(actor)s and %(count)s others answered “%(title)s”, which you follow.",
                n,
                actor=p["actor"],
                title=title_of(p),
            ),
        ),
        _to_answer,
        event="followed",
        mail="digest",
        button=_("Read the answer"),
    ),
    Kind(
        "official-answer",
        lambda p: _("The team answered “%(title)s”.", title=title_of(p)),
        _to_answer,
        event="followed",
        subject=lambda p: _("The team’s answer: %(title)s", title=title_of(p)),
        button=_("Read the answer"),
    ),
    Kind(
        "question-solved",
        lambda p: _("“%(title)s”, which you follow, has a solution.", title=title_of(p)),
        _to_answer,
        event="followed",
        subject=lambda p: _("A solution: %(title)s", title=title_of(p)),
        button=_("Read the solution"),
    ),
    Kind(
        "answer-accepted",
        lambda p: _("Your answer to “%(title)s” is the solution. Thank you.", title=title_of(p)),
        _to_answer,
        event="solution",
        subject=lambda p: _("Your answer is the solution"),
        button=_("See the question"),
    ),
    Kind(
        "answer-unaccepted",
        lambda p: _("Your answer to “%(title)s” is no longer marked as the solution.", title=title_of(p)),
        _to_answer,
        event="solution",
        mail="off",
    ),
    Kind(
        "answer-endorsed",
        lambda p: _("The team recommends your answer to “%(title)s”.", title=title_of(p)),
        _to_answer,
        event="solution",
        subject=lambda p: _("The team recommends your answer"),
        button=_("See the question"),
    ),
    Kind(
        "kudos-given",
        _by(
            lambda p: _(
                "%(actor)s found your message in “%(title)s” useful.", actor=p["actor"], title=title_of(p)
            ),
            lambda p, n: n_(
                "%(actor)s and %(count)s other found your message in “%(title)s” useful.",
                "%(actor)s and %(count)s others found your message in “%(title)s” useful.",
                n,
                actor=p["actor"],
                title=title_of(p),
            ),
        ),
        _to_post,
        event="kudos",
        mail="off",
    ),
    Kind(
        "question-closed",
        lambda p: _("Your question “%(title)s” was closed by the team.", title=title_of(p)),
        _to_question,
        event="answer",
        button=_("See the question"),
    ),
    Kind(
        "question-duplicate",
        lambda p: _("Good news: your question “%(title)s” already has a solution here.", title=title_of(p)),
        _to_question,
        event="answer",
        subject=lambda p: _("There is already a solution: %(title)s", title=title_of(p)),
        button=_("See the solution"),
    ),
    Kind(
        "resolved-check",
        lambda p: _("Is it solved? Tell us which answer to “%(title)s” helped.", title=title_of(p)),
        _to_question,
        event="resolved_check",
        subject=lambda p: _("Is it solved? %(title)s", title=title_of(p)),
        button=_("Mark the solution"),
    ),
)
