"""What the policy of a category says of a new text, before any filter. Pure.

Source: domain/moderation.md §B1.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b


class Publication(StrEnum):
    """What a policy does with a new text."""

    HOLD = "hold"
    LIVE = "live"
    LIVE_AND_QUEUE = "live_and_queue"


@dataclass(frozen=True)
class PolicyNumbers:
    """Defaults of domain/moderation.md §B1. Shares are fractions of 1."""

    trusted_rank: int = 2
    sampled_rank: int = 3
    bypass_rank: int = 4
    share_new: float = 0.30
    share_known: float = 0.05


@dataclass(frozen=True)
class PolicyVerdict:
    """Hold or publish, whether the item is queued for a look, and the named reason of a hold."""

    publication: Publication
    reason: str = ""
    sample_share: float = 0.0


def policy_verdict(
    policy: str, rank: int, is_staff: bool, under_watch: bool, has_published: bool, numbers: PolicyNumbers
) -> PolicyVerdict:
    """What the category's policy says of a text by an author of this rank, before any filter.

    An author under watch is held everywhere; staff never are; rank 4 and above are not in ``trust`` and ``post``.
    """
    live = PolicyVerdict(Publication.LIVE)
    if is_staff:
        return live
    if under_watch:
        return PolicyVerdict(Publication.HOLD, "author_watched")
    if policy == "pre":
        return PolicyVerdict(Publication.HOLD, "pre_moderation")
    if policy == "reactive" or rank >= numbers.bypass_rank:
        return live
    if policy == "post":
        return PolicyVerdict(Publication.LIVE_AND_QUEUE, sample_share=1.0)
    if rank < numbers.trusted_rank:
        return PolicyVerdict(Publication.HOLD, "new_member" if has_published else "first_post")
    share = numbers.share_known if rank >= numbers.sampled_rank else numbers.share_new
    return PolicyVerdict(Publication.LIVE, sample_share=share)


def sampled(post_id: int, share: float) -> bool:
    """Whether a published text is drawn for a look. The draw depends on the id alone, so it is repeatable."""
    drawn = int.from_bytes(blake2b(f"sample:{post_id}".encode(), digest_size=4).digest(), "big")
    return drawn < share * 2**32
