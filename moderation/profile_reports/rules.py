"""Why a profile is reported. Pure."""

from enum import StrEnum


class ProfileReason(StrEnum):
    """What is wrong with a profile."""

    INSULT = "insult"
    ADVERTISING = "advertising"
    PERSONAL_DATA = "personal_data"
    IMPERSONATION = "impersonation"
    OTHER = "other"


class ProfileOutcome(StrEnum):
    """What a moderator decided."""

    TAKEN = "taken"
    KEPT = "kept"
    GONE = "gone"


NOTE_LENGTH = 500
