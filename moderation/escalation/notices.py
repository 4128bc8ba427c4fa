"""Whom the clock and the desk tell what. Sentences are made when they are read, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell, tell_many
from common import clock, i18n
from common.i18n import Sentence, _, n_
from moderation.escalation.models import Case
from moderation.escalation.rules import HandBackReason

Params = dict[str, Any]
HAND_BACK_WORDS: dict[str, Sentence] = {
    HandBackReason.OPINION: _("A matter of opinion: members judge better than the team."),
    HandBackReason.EXPERIENCE: _("A matter of experience: members who have lived with it know more."),
    HandBackReason.OUT_OF_SCOPE: _("Beyond what the team can answer for."),
}


def title_of(params: Params) -> Any:
    """The title of the question the news is about, as the notifications give it."""
    return params.get("title") or _("a question")


def case_number(case_id: int) -> str:
    """« E-2291 »."""
    return f"E-{case_id}"


def _to_case(params: Params) -> tuple[str, dict[str, Any]]:
    return "escalation.show", {"case_id": params["case_id"]}


def _to_board(_params: Params) -> tuple[str, dict[str, Any]]:
    return "escalation.board", {}


def _to_question(params: Params) -> str:
    return f"/{i18n.language()}/questions/{params['question_id']}/-"


def _staff(text: str) -> Any:
    return lambda p: Sentence(text, values={"number": case_number(p["case_id"]), "title": title_of(p)})


def _passed_on(params: Params) -> Sentence:
    if not params.get("promised"):
        return _("The team has taken over your question “%(title)s”.", title=title_of(params))
    return _(
        "Your question “%(title)s” was passed to the team. Reply expected before %(when)s.",
        title=title_of(params),
        when=i18n.moment(datetime.fromtimestamp(params["promised"], UTC)),
    )


_OPENED = _("%(number)s waits for the team: “%(title)s”.", number="", title="").msgid
_DANGER = _("%(number)s may be about safety. Please read it now: “%(title)s”.", number="", title="").msgid
_ASSIGNED = _("%(number)s is yours: “%(title)s”.", number="", title="").msgid
_WARNING = _("%(number)s needs a reply soon: “%(title)s”.", number="", title="").msgid
_LATE = _("%(number)s is late: “%(title)s”.", number="", title="").msgid
_OVERDUE = _(
    "%(number)s is still without a reply, long after its time: “%(title)s”.", number="", title=""
).msgid
_REPLIED = _("The asker has replied in %(number)s: “%(title)s”.", number="", title="").msgid
_NOTED = _("A colleague mentioned you in a note on %(number)s: “%(title)s”.", number="", title="").msgid

_KINDS = (
    Kind("case-opened", _staff(_OPENED), _to_case, event="expertise", is_content=False),
    Kind(
        "case-danger",
        _staff(_DANGER),
        _to_case,
        always=True,
        urgent=True,
        is_content=False,
        button=_("Open the case"),
    ),
    Kind(
        "case-assigned", _staff(_ASSIGNED), _to_case, always=True, is_content=False, button=_("Open the case")
    ),
    Kind(
        "case-warning", _staff(_WARNING), _to_case, always=True, is_content=False, button=_("Open the case")
    ),
    Kind("case-late", _staff(_LATE), _to_case, always=True, is_content=False, button=_("Open the case")),
    Kind(
        "case-overdue", _staff(_OVERDUE), _to_case, always=True, is_content=False, button=_("Open the case")
    ),
    Kind(
        "case-replied",
        _staff(_REPLIED),
        _to_case,
        event="mention",
        is_content=False,
        button=_("Open the case"),
    ),
    Kind(
        "case-noted", _staff(_NOTED), _to_case, event="mention", is_content=False, button=_("Open the case")
    ),
    Kind(
        "cases-caught-up",
        lambda p: n_(
            "The clock was late and has caught up: %(count)s question of the team is concerned.",
            "The clock was late and has caught up: %(count)s questions of the team are concerned.",
            int(p.get("questions") or 1),
        ),
        _to_board,
        always=True,
        is_content=False,
        button=_("Open the board"),
    ),
    Kind(
        "question-passed-on",
        _passed_on,
        _to_question,
        event="answer",
        subject=lambda p: _("Passed to the team: %(title)s", title=title_of(p)),
        button=_("See the question"),
    ),
    Kind(
        "details-wanted",
        lambda p: _("The team needs a detail from you to answer “%(title)s”.", title=title_of(p)),
        _to_question,
        event="answer",
        subject=lambda p: _("One more detail, please: %(title)s", title=title_of(p)),
        button=_("Reply"),
    ),
    Kind(
        "question-left",
        lambda p: _(
            "Without news from you we consider “%(title)s” settled. A reply reopens it at any time.",
            title=title_of(p),
        ),
        _to_question,
        event="answer",
        button=_("See the question"),
    ),
    Kind(
        "question-handed-back",
        lambda p: _(
            "The team has read “%(title)s”, thanks you for it and leaves it to members. %(reason)s",
            title=title_of(p),
            reason=HAND_BACK_WORDS.get(p.get("reason", ""), ""),
        ),
        _to_question,
        event="answer",
        mail="off",
    ),
    Kind(
        "help-wanted",
        lambda p: _(
            "Nobody has answered “%(title)s” yet. You have helped with such questions before.",
            title=title_of(p),
        ),
        _to_question,
        event="expertise",
        button=_("See the question"),
    ),
)


def register_all() -> None:
    """Make all kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)


def tell_staff(
    kind: str, member_ids: Iterable[int | None], case: Case, cause: str, actor_id: int | None = None
) -> None:
    """Tell people of the team something about a case, once for each cause."""
    params = {"case_id": case.id} | ({"actor_id": actor_id} if actor_id is not None else {})
    news = dict.fromkeys(sorted({one for one in member_ids if one is not None}), params)
    tell_many(news, kind, f"case:{case.id}:{cause}", question_id=case.question_id)


def tell_asker(kind: str, asker_id: int | None, case: Case, cause: str, **params: Any) -> None:
    """Tell the person who asked something about a case."""
    ahead = case.due_at is not None and case.due_at > clock.now()
    if ahead and case.due_at:
        params["promised"] = int(case.due_at.timestamp())
    tell(asker_id, kind, f"case:{case.id}:{cause}", question_id=case.question_id, case_id=case.id, **params)
