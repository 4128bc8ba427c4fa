"""What invited members read: the question, why it is them, and two ways to say no. And what managers are told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from accounts.notifications.kinds import Kind, register
from common import i18n
from common.db import db
from common.i18n import Sentence, _
from forum.notices.kinds import title_of
from moderation.experts.asking import slips
from moderation.experts.asking.courtesy_rules import InvitationState
from moderation.experts.asking.reasons import reason
from moderation.experts.models import ExpertInvitation

Params = dict[str, Any]


def _asked(params: Params) -> Sentence:
    why = reason(params.get("why", ""), params.get("about", ""), int(params.get("solved") or 0))
    return _("Nobody has answered “%(title)s” yet. %(why)s", title=title_of(params), why=why)


def _to_question(params: Params) -> tuple[str, Params]:
    return "questions.show", {"id": params["question_id"], "_anchor": "question"}


def _to_wishes(_params: Params) -> tuple[str, Params]:
    return "experts.wishes", {}


def _still_open(member_id: int, params: Params) -> bool:
    """Whether the member is still waited for."""
    mine = (ExpertInvitation.id == params["invitation_id"], ExpertInvitation.member_id == member_id)
    open_ = ExpertInvitation.state == InvitationState.OPEN
    return db.session.scalar(select(ExpertInvitation.id).where(*mine, open_)) is not None


def _paused(params: Params) -> Sentence:
    until = datetime.fromtimestamp(params["until"], UTC)
    return _(
        "We have asked you a few times and you were busy: nothing wrong with that. We ask nothing until %(when)s.",
        when=i18n.day(until),
    )


def register_all() -> None:
    """Make the kinds known; called once by the package."""
    asked: dict[str, Any] = {
        "subject": lambda p: _("Can you help? %(title)s", title=title_of(p)), "button": _("See the question"),
        "holds": _still_open, "links": slips.links, "event": "asked",
    }  # fmt: skip
    register(Kind("expert-asked", _asked, _to_question, **asked))
    register(Kind("expert-asked-now", _asked, _to_question, urgent=True, **asked))
    register(Kind("experts-paused", _paused, _to_wishes, event="asked", button=_("Your wishes")))
    register(
        Kind(
            "experts-spread",
            lambda p: _(
                "%(percent)s %% of the invitations of 90 days went to the most asked members.", percent=p["percent"]
            ),
            lambda _params: ("experts.spread", {}), always=True, is_content=False, button=_("See how they are spread"),
        )
    )  # fmt: skip
