"""The slip in a mail: a signed address with which the asker says "yes" or "no" without signing in.

It names a question and its asker, is good for some weeks, and opens nothing but this one answer. Looking at the page
changes nothing; only sending its form does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from accounts.masks.queries import person_behind
from accounts.members.models import Member
from accounts.signin.sessions import actor_of
from common import clock
from common.config import current_config
from common.db import db
from common.errors import Gone, NotFound
from common.i18n import _
from common.mail import link
from common.permissions import Actor
from forum.questions.models import Question
from forum.questions.rules import PostState

SALT = "is-it-solved"
GOOD_FOR = timedelta(days=60)
OLD = _("This link is too old. Open the question to say whether it is solved.")


@dataclass(frozen=True, slots=True)
class Slip:
    """Who answers about which question."""

    question_id: int
    member_id: int


def address(question_id: int, member_id: int, language: str, answer: str = "") -> str:
    """The address for a mail's button; ``answer`` ("yes", "no") only chooses what the page shows first."""
    until = int((clock.now() + GOOD_FOR).timestamp())
    token = _signer().dumps([question_id, member_id, until])
    more = {"say": answer} if answer else {}
    return link("questions.slip", language, token=token, **more)


def read(token: str) -> Slip:
    """What a slip says. Raises NotFound for one that is not ours, Gone for an old one or what it was about is gone."""
    try:
        question_id, member_id, until = _signer().loads(token[:400])
        slip = Slip(int(question_id), int(member_id))
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    if clock.now().timestamp() > until:
        raise Gone(OLD)
    question = db.session.get(Question, slip.question_id)
    if (
        question is None
        or question.state != PostState.PUBLISHED
        or person_behind(question.author_id) != slip.member_id
    ):
        raise Gone()
    return slip


def asker_of(slip: Slip) -> Actor:
    """The asker as an actor, with the rights of this moment. Raises Gone when the account is closed."""
    member = db.session.get(Member, slip.member_id)
    if member is None or member.closed_at is not None:
        raise Gone()
    return actor_of(member)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_config().secret_key, salt=SALT)
