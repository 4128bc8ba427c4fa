"""The kinds of news the forum has, with their sentences and where they lead. Read in the member's own language."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from accounts.notifications.kinds import Kind, Topic, register, set_titles, set_topics
from common.db import db
from common.i18n import Sentence, _, n_
from forum.following import targets
from forum.following.rules import TargetKind, place_of
from forum.following.targets import Target
from forum.notices import asking_back, counted
from forum.questions.models import Post, Question
from forum.questions.rules import NAMED

Params = dict[str, Any]
_LONGEST_TITLE = 90


def titles_of(post_ids: set[int]) -> dict[int, str]:
    """The titles of the questions these posts are, or stand under, as far as those are published or live on in another
    one; cut to one line; one query."""
    post = Post.__table__.alias("named")
    titles = select(post.c.id, Question.title).join(
        post, Question.id == func.coalesce(post.c.question_id, post.c.id)
    )
    found = db.session.execute(titles.where(post.c.id.in_(post_ids), Question.state.in_(NAMED)))
    return {row.id: _cut(row.title) for row in found}


def topics_of(words: set[str]) -> dict[str, Topic]:
    """The categories, topics, products and members of these words; one statement for each kind."""
    places = {word: place for word in words if (place := place_of(word)) is not None}
    found = targets.find(places.values())
    return {word: _topic(found[at]) for word, at in places.items() if at in found}


def _topic(target: Target) -> Topic:
    """A target with the address where its newest questions are."""
    endpoint, values = target.place
    person = target.kind is TargetKind.MEMBER
    return Topic(
        target.name, (endpoint, values | ({"tab": "questions"} if person else {"sort": "new"})), person
    )


def title_of(params: Params) -> str | Sentence:
    """The title of the thread a piece of news is about, for the sentences of upper packages too."""
    return params.get("title") or _("a question")


def _cut(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def register_all() -> None:
    """Make all kinds known; called once by the package."""
    set_titles(titles_of)
    set_topics(topics_of)
    for kind in _KINDS:
        register(kind)


Place = tuple[str, dict[str, Any]]


def _to_answer(params: Params) -> Place:
    return _place(params, f"a-{params['post_id']}", params["post_id"])


def _to_question(params: Params) -> Place:
    return _place(params, "question")


def _to_comment(params: Params) -> Place:
    return "short.answer", {"id": params["post_id"]}


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


def _of_topic(params: Params) -> Sentence:
    """Who asked, where a member is followed; else what the question belongs to. Several are one line."""
    topic, title, more = params.get("topic"), title_of(params), params.get("count", 1) - 1
    name = topic.name if topic is not None else _("what you follow")
    if topic is not None and topic.person:
        if more:
            return n_(
                "%(topic)s asked “%(title)s” and %(count)s other question.",
                "%(topic)s asked “%(title)s” and %(count)s other questions.", more, topic=name, title=title,
            )  # fmt: skip
        return _("%(topic)s, whom you follow, asked “%(title)s”.", topic=name, title=title)
    if more:
        return n_(
            "New in %(topic)s: “%(title)s” and %(count)s other question.",
            "New in %(topic)s: “%(title)s” and %(count)s other questions.", more, topic=name, title=title,
        )  # fmt: skip
    return _("New in %(topic)s: “%(title)s”.", topic=name, title=title)


def _to_topic(params: Params) -> Place | str:
    """The question, or the list of several."""
    topic = params.get("topic")
    return _to_question(params) if topic is None or params.get("count", 1) == 1 else topic.place


_KINDS = (
    Kind(
        "topic-question",
        _of_topic,
        _to_topic,
        event="topics",
        subject=lambda params: _("New question: %(title)s", title=title_of(params)),
        button=_("Read the question"),
        by_topic=True,
    ),
    Kind(
        "member-answered",
        _said(
            lambda who, title: _("%(actor)s, whom you follow, answered “%(title)s”.", actor=who, title=title)
        ),
        _to_answer,
        event="topics",
        button=_("Read the answer"),
        counted=counted.answers,
    ),
    Kind(
        "question-answered",
        _said(lambda who, title: _("%(actor)s answered your question “%(title)s”.", actor=who, title=title)),
        _to_answer,
        event="answer",
        subject=_said(lambda who, title: _("An answer to your question: %(title)s", title=title)),
        button=_("Read the answer"),
        counted=counted.answers,
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
        counted=counted.comments,
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
        counted=counted.comments,
    ),
    Kind(
        "comment-followed",
        _said(lambda who, title: _("%(actor)s commented after you on “%(title)s”.", actor=who, title=title)),
        _to_comment,
        event="mention",
        button=_("Read the comment"),
        counted=counted.comments,
    ),
    Kind(
        "mention",
        _said(lambda who, title: _("%(actor)s mentioned you in “%(title)s”.", actor=who, title=title)),
        _to_post,
        event="mention",
        button=_("Read the message"),
        counted=counted.mentions,
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
        counted=counted.answers,
    ),
    Kind(
        "official-answer",
        _said(lambda who, title: _("The team answered “%(title)s”.", title=title)),
        _to_answer,
        event="followed",
        subject=_said(lambda who, title: _("The team’s answer: %(title)s", title=title)),
        button=_("Read the answer"),
        counted=counted.official_answers,
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
        "answer-also-solved",
        _said(
            lambda who, title: _(
                "%(actor)s says that your answer solved “%(title)s” too.", actor=who, title=title
            )
        ),
        _to_answer,
        event="solution",
        mail="daily",
        button=_("See the question"),
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
        counted=counted.thumbs,
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
        _said(
            lambda who, title: _(
                "Is it solved? Tell us whether an answer to “%(title)s” helped.", title=title
            )
        ),
        _to_question,
        event="resolved_check",
        subject=_said(lambda who, title: _("Is it solved? %(title)s", title=title)),
        button=_("Read the answers"),
        holds=asking_back.may_be_asked,
        links=asking_back.slip_links,
    ),
    Kind(
        "details-asked",
        _said(
            lambda who, title: _(
                "%(actor)s needs a detail from you to help with “%(title)s”.", actor=who, title=title
            )
        ),
        _to_answer,
        event="answer",
        subject=_said(lambda who, title: _("One more detail, please: %(title)s", title=title)),
        button=_("Give the detail"),
        holds=asking_back.waits_for,
    ),
    Kind(
        "details-reminder",
        _said(
            lambda who, title: _(
                "“%(title)s” waits for a detail from you. A short reply is enough.", title=title
            )
        ),
        _to_answer,
        event="answer",
        subject=_said(lambda who, title: _("Still one detail, please: %(title)s", title=title)),
        button=_("Give the detail"),
        holds=asking_back.waits_for,
    ),
    Kind(
        "question-rests",
        _said(
            lambda who, title: _(
                "Without news from you, “%(title)s” rests. A reply wakes it at any time.", title=title
            )
        ),
        _to_question,
        event="answer",
        button=_("See the question"),
        holds=asking_back.waits_for,
    ),
    Kind(
        "tip-given",
        _said(
            lambda who, title: _("%(actor)s has a tip for your question “%(title)s”.", actor=who, title=title)
        ),
        _to_answer,
        event="answer",
        subject=_said(lambda who, title: _("A tip for your question: %(title)s", title=title)),
        button=_("Read the tip"),
        counted=counted.answers,
    ),
    Kind(
        "solution-proposed",
        _said(
            lambda who, title: _(
                "%(actor)s proposes a solution to “%(title)s”. Does it work for you?", actor=who, title=title
            )
        ),
        _to_answer,
        event="resolved_check",
        subject=_said(lambda who, title: _("Is this the solution? %(title)s", title=title)),
        button=_("Read the answer"),
        holds=asking_back.is_proposed,
        links=asking_back.slip_links,
    ),
    Kind(
        "proposal-declined",
        _said(lambda who, title: _("The answer you proposed for “%(title)s” was not kept.", title=title)),
        _to_answer,
        event="followed",
        mail="off",
    ),
    Kind(
        "solution-automatic",
        _said(
            lambda who, title: _(
                "The answer proposed for “%(title)s” helped others and is now its solution. You can undo that.",
                title=title,
            )
        ),
        _to_answer,
        event="followed",
        subject=_said(lambda who, title: _("Accepted automatically: %(title)s", title=title)),
        button=_("See the solution"),
    ),
    Kind(
        "question-unsettled",
        _said(
            lambda who, title: _(
                "%(actor)s says that “%(title)s” is still a problem.", actor=who, title=title
            )
        ),
        _to_question,
        event="followed",
        mail="daily",
        button=_("See the question"),
    ),
)
