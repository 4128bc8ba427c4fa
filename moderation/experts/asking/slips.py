"""The slip in a mail: a signed address with which an invited member says no without signing in.

It names an invitation and its member, is good for some weeks, and opens nothing but this one answer. Looking at the page
changes nothing; only sending its form does.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from accounts.members.models import Member
from common import clock
from common.config import current_config
from common.db import db
from common.errors import Gone, NotFound
from common.i18n import Sentence, _
from common.mail import link
from moderation.experts.models import ExpertInvitation

SALT = "expert-asked"
GOOD_FOR = timedelta(days=30)
OLD = _("This link is too old. Your settings say what you are asked about.")


def links(member: Member, params: dict[str, Any]) -> list[tuple[Sentence | str, str]]:
    """The two addresses of a letter that asks: not this time, not this topic. Made when the letter is written."""
    until = int((clock.now() + GOOD_FOR).timestamp())
    token = _signer().dumps([params["invitation_id"], member.id, until])
    said = (("no", _("Not this time")), ("topic", _("Not this topic")))
    return [(label, link("experts.slip", member.language, token=token, say=say)) for say, label in said]


def read(token: str) -> ExpertInvitation:
    """The invitation of a slip. Raises NotFound for one that is not ours, Gone for an old one."""
    try:
        invitation_id, member_id, until = (int(part) for part in _signer().loads(token[:400]))
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    if clock.now().timestamp() > until:
        raise Gone(OLD)
    found = db.session.get(ExpertInvitation, invitation_id)
    if found is None or found.member_id != member_id:
        raise Gone()
    return found


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_config().secret_key, salt=SALT)
