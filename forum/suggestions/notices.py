"""Who hears of suggested edits: the author of the text, and whoever suggested."""

from typing import Any

from accounts.notifications import telling
from accounts.notifications.kinds import Kind, register
from accounts.notifications.models import Notification
from common.i18n import _
from forum import events
from forum.notices.kinds import title_of
from forum.questions import publishing
from forum.suggestions.suggesting import outdate, outdated

Params = dict[str, Any]


def _to_suggestion(params: Params) -> tuple[str, Params]:
    return "questions.suggestion", {"id": params["suggestion_id"]}


def _to_post(params: Params) -> tuple[str, Params]:
    return "short.answer", {"id": params["post_id"]}


def _to_edit(params: Params) -> tuple[str, Params]:
    return "questions.edit", {"id": params["post_id"]}


_KINDS = (
    Kind(
        "edit-suggested",
        lambda p: _(
            "%(actor)s suggests a change of your text in “%(title)s”.",
            actor=p.get("actor") or _("Somebody"), title=title_of(p),
        ),
        _to_suggestion, event="mention", button=_("Read the suggestion"),
    ),
    Kind(
        "suggestion-approved",
        lambda p: _("Your suggested change in “%(title)s” was taken. Thank you.", title=title_of(p)),
        _to_post, event="mention", button=_("See the text"),
    ),
    Kind(
        "suggestion-declined",
        lambda p: _("Your suggested change in “%(title)s” was not taken.", title=title_of(p)),
        _to_suggestion, event="mention", button=_("Read why"),
    ),
    Kind(
        "suggestion-outdated",
        lambda p: _("The text you wanted to change in “%(title)s” has changed meanwhile.", title=title_of(p)),
        _to_post, event="mention", mail="off",
    ),
    Kind(
        "edit-overtaken",
        lambda p: _(
            "Somebody changed your text in “%(title)s” while your change waited. Your words are kept: compare and send them again.",
            title=title_of(p),
        ),
        _to_edit, event="mention", button=_("Compare"),
    ),
)  # fmt: skip


def register_all() -> None:
    """Make the kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)


def tell_author(fact: events.EditSuggested) -> None:
    """The author of the text hears of the suggestion, unless a moderator is to read it first."""
    if not fact.held:
        _tell(fact.author_id, "edit-suggested", fact, fact.member_id)


def tell_suggester(fact: events.SuggestionDecided) -> None:
    """Whoever suggested hears what became of it; the author's own news of it is over."""
    telling.withdraw(cause=f"suggestion:{fact.suggestion_id}", kind="edit-suggested")
    kind = "suggestion-approved" if fact.approved else "suggestion-declined"
    _tell(fact.member_id, kind, fact, fact.actor_id)


def tell_overtaken(fact: events.HeldEditEnded) -> None:
    """Whose edit waited hears that somebody else was faster in the same place."""
    cause = f"overtaken:{fact.post_id}:{fact.version}"
    if fact.collided:
        telling.tell(
            fact.editor_id, "edit-overtaken", cause, fact.question_id, fact.post_id, actor_id=fact.actor_id
        )


def end_suggestions(fact: events.PostEdited) -> None:
    """Suggestions for the text as it was are over."""
    post = publishing.load(fact.post_id)
    for member_id in outdate(post):
        cause = outdated(post.id, post.version)
        telling.bring_back(Notification.cause == cause)
        telling.tell(
            member_id, "suggestion-outdated", cause, post.thread_id, post.id, actor_id=fact.editor_id
        )


def _tell(member_id: int | None, kind: str, fact: Any, actor_id: int | None) -> None:
    known = {"actor_id": actor_id, "suggestion_id": fact.suggestion_id}
    telling.tell(member_id, kind, f"suggestion:{fact.suggestion_id}", fact.question_id, fact.post_id, **known)
