"""What may become of a suggested edit. Pure."""

from enum import StrEnum


class SuggestionState(StrEnum):
    """Where a suggestion stands; all but open are final."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    OUTDATED = "outdated"


class RejectReason(StrEnum):
    """Why a suggestion is not taken."""

    NO_GAIN = "no_gain"
    OTHER_MEANING = "other_meaning"
    MISTAKEN = "mistaken"
    REPLY = "reply"
    OTHER = "other"
