"""Who may suggest an edit, and who decides (domain/rewards.md §A2.2: proposing opens with rank 2, trust with rank 4)."""

from accounts.members import rights
from common import settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from forum.questions.models import Post
from forum.questions.permissions import can_edit, is_own
from forum.questions.rules import PostKind, PostState
from forum.suggestions.models import SuggestedEdit

settings.define(
    "forum.suggest_rank", 2, unit="rank", low=0, high=6,
    help=_("Rank from which a member may suggest edits of others’ texts."),
)  # fmt: skip
settings.define(
    "forum.suggestion_review_rank", 4, unit="rank", low=1, high=6,
    help=_("Rank from which a member may decide about suggested edits."),
)  # fmt: skip
settings.define(
    "forum.suggestions_a_day", 10, unit="per day", low=0, high=1_000,
    help=_("Edits one member may suggest in 24 hours; 0 turns suggestions off."),
)  # fmt: skip


rights.opens("forum.suggest", _("suggest edits to others’ texts"), "forum.suggest_rank")
rights.opens("forum.suggestion_review", _("decide about suggested edits"), "forum.suggestion_review_rank")


def can_suggest(actor: Actor, post: Post) -> Verdict:
    """Suggest a change of a question or an answer that one cannot edit oneself."""
    if not (writing := may_write(actor)):
        return writing
    if post.kind == PostKind.COMMENT or post.state != PostState.PUBLISHED:
        return refuse(_("Edits are suggested for published questions and answers."))
    if can_edit(actor, post):
        return refuse(_("You can edit this text yourself."))
    if not settings.get("forum.suggestions_a_day"):
        return refuse(_("This is switched off in this community."))
    if is_own(actor, post) or actor.rank >= settings.get("forum.suggest_rank"):
        return ALLOWED
    return refuse(_("Suggesting edits opens with rank %(rank)s.", rank=settings.get("forum.suggest_rank")))


def is_reviewer(actor: Actor) -> bool:
    """Whether the actor decides about suggestions for everybody's texts."""
    return bool(may_write(actor)) and (
        actor.is_staff or actor.rank >= settings.get("forum.suggestion_review_rank")
    )


def can_decide(actor: Actor, suggestion: SuggestedEdit, post: Post) -> Verdict:
    """Approve, improve or reject: reviewers and the author of the text, never who suggested it."""
    if not (writing := may_write(actor)):
        return writing
    if suggestion.member_id in actor.ids:
        return refuse(_("Somebody else decides about your suggestion."))
    if suggestion.held and not actor.can_moderate:
        return refuse(_("A moderator reads this suggestion first."))
    if post.is_official and not actor.is_staff and not is_own(actor, post):
        return refuse(_("Changes of an official answer are decided by the brand’s team."))
    if is_reviewer(actor) or is_own(actor, post):
        return ALLOWED
    return refuse(_("Suggested edits are decided by trusted members, the author and the team."))


def can_read(actor: Actor, suggestion: SuggestedEdit, post: Post) -> bool:
    """Whether the actor may see a suggestion at all."""
    if suggestion.member_id in actor.ids:
        return True
    return bool(can_decide(actor, suggestion, post))
