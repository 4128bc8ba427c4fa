"""Take a single version out of the history that readers see, or show it again; and bring back an earlier text."""

from common import audit, clock
from common.db import update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse, require
from common.unit_of_work import unit_of_work
from forum.questions.editing import edit_post
from forum.questions.models import Question, Revision
from forum.questions.writing import Posted, clean_reason, visible_post
from forum.revisions.queries import version_of


def can_withhold(actor: Actor) -> Verdict:
    """Withhold a version: moderators."""
    return may_write(actor) and (
        ALLOWED if actor.can_moderate else refuse(_("Versions are withheld by moderators."))
    )


def withhold_version(actor: Actor, post_id: int, version: int, on: bool = True) -> bool:
    """Readers no longer see this version, or see it again. True when that is a change.

    The version in force is the post itself: it is hidden or removed with it. Raises Forbidden, NotFound, Conflict.
    """
    require(can_withhold(actor))
    with unit_of_work():
        post, _question = visible_post(actor, post_id)
        if version == post.version:
            raise Conflict(_("This is the text in force: hide or edit the post itself."))
        which = (Revision.post_id == post_id, Revision.version == version)
        state = Revision.withheld_at.is_(None) if on else Revision.withheld_at.is_not(None)
        now, by = (clock.now(), actor.member_id) if on else (None, None)
        changed = bool(update_where(Revision, *which, state, withheld_at=now, withheld_by_id=by))
        if changed:
            act = "version.withheld" if on else "version.shown"
            audit.write(actor, act, "post", post_id, None, version, "")
    return changed


def revert_to(actor: Actor, post_id: int, version: int, base: int, reason: str = "") -> Posted:
    """Make an earlier version the newest one. The same rights, screening and conflicts as any edit."""
    post, _question = visible_post(actor, post_id)
    earlier = version_of(actor, post, version)
    if earlier is None:
        raise NotFound()
    words = clean_reason(reason) or str(_("Back to version %(number)s", number=version))
    title = earlier.title if isinstance(post, Question) else None
    return edit_post(actor, post_id, version=base, body=earlier.body, title=title, reason=words)
