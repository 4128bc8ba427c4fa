"""The invited member hears of it, as the own alerts say."""

from accounts.notifications import telling
from accounts.notifications.kinds import Kind, register
from common.i18n import _
from forum import events
from forum.invitations.inviting import cause_of
from forum.notices.kinds import title_of


def register_all() -> None:
    """Make the kind known; called once by the package."""
    register(
        Kind(
            "answer-invited",
            lambda p: _(
                "%(actor)s invites you to answer “%(title)s”.",
                actor=p.get("actor") or _("Somebody"), title=title_of(p),
            ),
            lambda p: ("questions.show", {"id": p["question_id"], "_anchor": "question"}),
            event="expertise", button=_("See the question"),
        )
    )  # fmt: skip


def tell_invited(fact: events.MemberInvited) -> None:
    """Told once."""
    cause = cause_of(fact.question_id, fact.member_id)
    telling.tell(
        fact.member_id, "answer-invited", cause, fact.question_id, fact.question_id, actor_id=fact.inviter_id
    )
