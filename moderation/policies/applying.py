"""What the screener asks: which policy is in force for a text, and whether its pictures are looked at first."""

from __future__ import annotations

from common import settings
from forum.images.rules import image_keys
from forum.screening import Submission
from moderation.policies.storms import storm_of

STORM, IMAGES, POLICY = "storm", "images", "pre_moderation"


def policy_in_force(submission: Submission) -> str:
    """The policy of the category, or that everything is read first in a busy time."""
    usual = submission.policy.value
    if usual == "pre" or submission.actor.is_staff:
        return usual
    return "pre" if storm_of(submission.category.id) is not None else usual


def reasons_with(submission: Submission, found: tuple[str, ...]) -> tuple[str, ...]:
    """The reasons to hold a text, with those of this package: a busy time is called by its name, and a new picture of a
    newcomer waits (domain/moderation.md §B1)."""
    usual = submission.policy.value
    reasons = [STORM if name == POLICY and usual != "pre" else name for name in found]
    if IMAGES not in reasons and has_watched_picture(submission):
        reasons.append(IMAGES)
    return tuple(reasons)


def has_watched_picture(submission: Submission) -> bool:
    """Whether somebody of a low rank adds a picture that was not there before."""
    actor = submission.actor
    if actor.is_staff or actor.rank > settings.get("moderation.images_rank"):
        return False
    known = image_keys(submission.previous_body or "")
    return any(key not in known for key in image_keys(submission.body))
