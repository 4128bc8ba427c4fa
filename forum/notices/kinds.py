"""The kinds of news the forum has, with their sentences and where they lead. Read in the member's own language."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from accounts.notifications.kinds import Kind, register, set_titles
from common.db import db
from common.i18n import Sentence, _
from forum.questions.models import Question
from forum.questions.rules import PostState

Params = dict[str, Any]
_LONGEST_TITLE = 90


def titles_of(question_ids: set[int]) -> dict[int, str]:
    """The titles of those questions that are published, cut to one line; one query."""
    published = (Question.id.in_(question_ids), Question.state == PostState.PUBLISHED)
    return {
        row.id: _cut(row.title)
        for row in db.session.execute(select(Question.id, Question.title).where(*published))
    }


def title_of(params: Params) -> str | Sentence:
    """The title of the thread a piece of news is about, for the sentences of upper packages too."""
    return params.get("title") or _("a question")


def _cut(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def register_all() -> None:
    """Make all kinds known; called once by the package."""
    set_titles(titles_of)
    for kind in _KINDS:
        register(kind)


Place = tuple[str, dict[str, Any]]


def _to_answer(params: Params) -> Place:
    return _place(params, f"a-{params['post_id']}", params["post_id"])


def _to_question(params: Params) -> Place:
    return _place(params, "question")


def _to_comment(params: Params) -> Place:
    return _place(params, f"c-{params['post_id']}", params.get("answer_id"))


def _to_post(params: Params) -> Place:
    ways = {"answer": _to_answer, "comment": _to_comment}
    return ways.get(str(params.get("post_kind")), _to_question)(params)


def _place(params: Params, anchor: str, answer_id: int | None = None) -> Place:
    """The page of the thread, on the part where an answer stands."""
    values = {"id": params["question_id"], "_anchor": anchor}
    return "questions.show", values | ({"answer": answer_id} if answer_id else {})


def _said(make: Callable[[Any, Any], Sentence]) -> Callable[[Params], Sentence]:
    """A sentence made from who did it (a name, or several) and the title of the thread."""
    return lambda params: make(params.get("actor") or _("Somebody"), title_of(params))


_KINDS = (
    Kind(
        "question-answered",
        _said(lambda who, title: _("%(actor)s answered your question “%(title)s”.", actor=who, title=title)),
        _to_answer,
        event="answer",
        subject=_said(lambda who, title: _("An answer to your question: %(title)s", title=title)),
        button=_("Read the answer"),
    ),
    Kind(
        "question-commented",
        _said(
            lambda who, title: _("%(actor)s commented on your question “%(title)s”.", actor=who, title=title)
        ),
        _to_comment,
        event="answer",
        subject=_said(lambda who, title: _("A comment on your question: %(title)s", title=title)),
        button=_("Read the comment"),
    ),
    Kind(
        "answer-commented",
        _said(
            lambda who, title: _("%(actor)s replied to your answer to “%(title)s”.", actor=who, title=title)
        ),
        _to_comment,
        event="mention",
        subject=_said(lambda who, title: _("A reply to your answer: %(title)s", title=title)),
        button=_("Read the comment"),
    ),
    Kind(
        "comment-followed",
        _said(lambda who, title: _("%(actor)s commented after you on “%(title)s”.", actor=who, title=title)),
        _to_comment,
        event="mention",
        button=_("Read the comment"),
    ),
    Kind(
        "mention",
        _said(lambda who, title: _("%(actor)s mentioned you in “%(title)s”.", actor=who, title=title)),
        _to_post,
        event="mention",
        button=_("Read the message"),
    ),
    Kind(
        "followed-answered",
        _said(
            lambda who, title: _("%(actor)s answered “%(title)s”, which you follow.", actor=who, title=title)
        ),
        _to_answer,
        event="followed",
        mail="daily",
        button=_("Read the answer"),
    ),
    Kind(
        "official-answer",
        _said(lambda who, title: _("The team answered “%(title)s”.", title=title)),
        _to_answer,
        event="followed",
        subject=_said(lambda who, title: _("The team’s answer: %(title)s", title=title)),
        button=_("Read the answer"),
    ),
    Kind(
        "question-solved",
        _said(lambda who, title: _("“%(title)s”, which you follow, has a solution.", title=title)),
        _to_answer,
        event="followed",
        subject=_said(lambda who, title: _("A solution: %(title)s", title=title)),
        button=_("Read the solution"),
    ),
    Kind(
        "answer-accepted",
        _said(lambda who, title: _("Your answer to “%(title)s” is the solution. Thank you.", title=title)),
        _to_answer,
        event="solution",
        subject=_said(lambda who, title: _("Your answer is the solution: %(title)s", title=title)),
        button=_("See the question"),
    ),
    Kind(
        "answer-unaccepted",
        _said(
            lambda who, title: _(
                "Your answer to “%(title)s” is no longer marked as the solution.", title=title
            )
        ),
        _to_answer,
        event="solution",
        mail="off",
    ),
    Kind(
        "answer-endorsed",
        _said(lambda who, title: _("The team recommends your answer to “%(title)s”.", title=title)),
        _to_answer,
        event="solution",
        subject=_said(lambda who, title: _("The team recommends your answer: %(title)s", title=title)),
        button=_("See the question"),
    ),
    Kind(
        "kudos-given",
        _said(
            lambda who, title: _(
                "%(actor)s found your message in “%(title)s” useful.", actor=who, title=title
            )
        ),
        _to_post,
        event="kudos",
        mail="off",
    ),
    Kind(
        "question-closed",
        _said(lambda who, title: _("Your question “%(title)s” was closed by the team.", title=title)),
        _to_question,
        event="answer",
        button=_("See the question"),
    ),
    Kind(
        "question-duplicate",
        _said(
            lambda who, title: _(
                "Good news: your question “%(title)s” already has a solution here.", title=title
            )
        ),
        _to_question,
        event="answer",
        subject=_said(lambda who, title: _("There is already a solution: %(title)s", title=title)),
        button=_("See the solution"),
    ),
    Kind(
        "resolved-check",
        _said(lambda who, title: _("Is it solved? Tell us which answer to “%(title)s” helped.", title=title)),
        _to_question,
        event="resolved_check",
        subject=_said(lambda who, title: _("Is it solved? %(title)s", title=title)),
        button=_("Mark the solution"),
    ),
)
