"""Which rule decides about an act, in one order of weight. Pure. Source: domain/moderation.md §B1."""

from collections.abc import Iterable
from enum import StrEnum


class Act(StrEnum):
    """What somebody wants to do."""

    ASK = "ask"
    ANSWER = "answer"
    COMMENT = "comment"
    EDIT = "edit"
    LINK = "link"
    PICTURE = "picture"
    VOTE = "vote"
    REPORT = "report"
    MESSAGE = "message"
    PROFILE = "profile"


TEXTS = frozenset({Act.ASK, Act.ANSWER, Act.COMMENT, Act.EDIT, Act.LINK, Act.PICTURE})
"""Acts that publish something, so that the category's policy has a word in it."""


class Effect(StrEnum):
    """What a rule does to an act, from the lightest to the heaviest."""

    INFORMS = "informs"
    ALLOWS = "allows"
    LOOKS = "looks"
    HOLDS = "holds"
    REFUSES = "refuses"


_ORDER = list(Effect)


def outcome(effects: Iterable[Effect]) -> Effect:
    """What all rules come to: the heaviest of them; without any, the act is allowed."""
    return max((Effect.ALLOWS, *effects), key=_ORDER.index)
