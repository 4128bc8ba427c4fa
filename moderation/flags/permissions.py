"""Who may report what."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from forum.questions.models import Post
from forum.questions.permissions import is_own


def can_flag(actor: Actor, post: Post) -> Verdict:
    """Report a post to the team."""
    if not actor.signed_in:
        return refuse(_("Sign in to report something: we tell you what came of it."))
    if not (writing := may_write(actor)):
        return writing
    if is_own(actor, post):
        return refuse(_("This is your own text: you can edit or withdraw it."))
    return ALLOWED
