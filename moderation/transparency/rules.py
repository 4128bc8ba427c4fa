"""Statements of reasons in the words of the Commission's database, and the sections of the yearly report. Pure.

Sources: Regulation (EU) 2022/2065, articles 15, 17 and 24; the submission schema of the DSA Transparency Database in
force since 1 July 2025; Implementing Regulation (EU) 2024/2835, annex I.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from moderation.review.rules import Reason
from moderation.sanctions.rules import Measure

BATCH = 100
"""Most statements that the database takes in one call."""

CATEGORIES: dict[Reason, str] = {
    Reason.ADVERTISING: "OTHER_VIOLATION_TC",
    Reason.INSULT: "ILLEGAL_OR_HARMFUL_SPEECH",
    Reason.HATE: "ILLEGAL_OR_HARMFUL_SPEECH",
    Reason.DEFAMATION: "ILLEGAL_OR_HARMFUL_SPEECH",
    Reason.PERSONAL_DATA: "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    Reason.OFF_TOPIC: "OTHER_VIOLATION_TC",
    Reason.DUPLICATE: "OTHER_VIOLATION_TC",
    Reason.UNREADABLE: "OTHER_VIOLATION_TC",
    Reason.WRONG_PLACE: "OTHER_VIOLATION_TC",
    Reason.NOT_AN_EXPERIENCE: "CONSUMER_INFORMATION",
    Reason.ABOUT_DELIVERY: "OTHER_VIOLATION_TC",
    Reason.UNDISCLOSED_INTEREST: "CONSUMER_INFORMATION",
    Reason.ILLEGAL_PRODUCT: "UNSAFE_AND_PROHIBITED_PRODUCTS",
    Reason.DANGEROUS_ADVICE: "OTHER_VIOLATION_TC",
    Reason.IMPERSONATION: "SCAMS_AND_FRAUD",
    Reason.MINORS: "PROTECTION_OF_MINORS",
    Reason.INTELLECTUAL_PROPERTY: "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    Reason.JUNK: "SCAMS_AND_FRAUD",
    Reason.OTHER: "OTHER_VIOLATION_TC",
}
"""The database's high-level category of each canned reason."""

RESTRICTIONS: dict[Measure, tuple[str, Any]] = {
    Measure.REJECTED: ("decision_visibility", ["DECISION_VISIBILITY_CONTENT_REMOVED"]),
    Measure.EDIT_REJECTED: ("decision_visibility", ["DECISION_VISIBILITY_CONTENT_REMOVED"]),
    Measure.REMOVED: ("decision_visibility", ["DECISION_VISIBILITY_CONTENT_REMOVED"]),
    Measure.HIDDEN: ("decision_visibility", ["DECISION_VISIBILITY_CONTENT_DISABLED"]),
    Measure.PICTURE_HIDDEN: ("decision_visibility", ["DECISION_VISIBILITY_CONTENT_DISABLED"]),
    Measure.SILENCED: ("decision_provision", "DECISION_PROVISION_PARTIAL_SUSPENSION"),
    Measure.SUSPENDED: ("decision_account", "DECISION_ACCOUNT_SUSPENDED"),
    Measure.BANNED: ("decision_account", "DECISION_ACCOUNT_TERMINATED"),
    Measure.COUPON_REVOKED: ("decision_monetary", "DECISION_MONETARY_OTHER"),
}
_ENDS = {
    "decision_visibility": "end_date_visibility_restriction", "decision_provision": "end_date_service_restriction",
    "decision_account": "end_date_account_restriction", "decision_monetary": "end_date_monetary_restriction",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record of the database is made of. Nothing in it names or describes a person: no text, no name, no words a
    moderator wrote."""

    puid: str
    measure: Measure
    reason: Reason
    clause: str
    ground_url: str
    explanation: str
    rests_on_law: bool
    found_by: tuple[str, ...]
    from_notice: bool
    automated_detection: bool
    automated_decision: bool
    decided_at: datetime
    lasts_until: datetime | None
    content_at: datetime | None
    language: str


def record_of(facts: Facts) -> dict[str, Any]:
    """One statement in the shape of the database."""
    field, value = RESTRICTIONS[facts.measure]
    day = facts.decided_at.date()
    record: dict[str, Any] = {field: value}
    if facts.measure == Measure.COUPON_REVOKED:
        record["decision_monetary_other"] = "A discount that had not been used was taken back."
    if facts.lasts_until is not None:
        record[_ENDS[field]] = facts.lasts_until.date().isoformat()
    is_text = field == "decision_visibility"
    record |= {
        "account_type": "ACCOUNT_TYPE_PRIVATE", "decision_ground_reference_url": facts.ground_url,
        "content_type": [_content(facts.measure, is_text)],
        "category": f"STATEMENT_CATEGORY_{CATEGORIES[facts.reason]}",
        "content_date": (facts.content_at.date() if facts.content_at else day).isoformat(),
        "application_date": day.isoformat(), "decision_facts": _facts(facts), "source_type": _source(facts),
        "automated_detection": "Yes" if facts.automated_detection else "No",
        "automated_decision": "AUTOMATED_DECISION_FULLY" if facts.automated_decision else "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": facts.puid,
    }  # fmt: skip
    if is_text and facts.language:
        record["content_language"] = facts.language.upper()[:2]
    if not is_text:
        record["content_type_other"] = "The account as a whole"
    return record | _ground(facts)


def _content(measure: Measure, is_shown: bool) -> str:
    if measure == Measure.PICTURE_HIDDEN:
        return "CONTENT_TYPE_IMAGE"
    return "CONTENT_TYPE_TEXT" if is_shown else "CONTENT_TYPE_OTHER"


def _ground(facts: Facts) -> dict[str, str]:
    rule = f"Rule {facts.clause} of the community charter"
    if facts.rests_on_law:
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT", "illegal_content_legal_ground": rule,
            "illegal_content_explanation": facts.explanation,
        }  # fmt: skip
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT", "incompatible_content_ground": rule,
        "incompatible_content_explanation": facts.explanation, "incompatible_content_illegal": "No",
    }  # fmt: skip


def _source(facts: Facts) -> str:
    if not facts.from_notice:
        return "SOURCE_VOLUNTARY"
    if "trusted" in facts.found_by:
        return "SOURCE_TRUSTED_FLAGGER"
    is_notice = "notice" in facts.found_by if facts.found_by else facts.rests_on_law
    return "SOURCE_ARTICLE_16" if is_notice else "SOURCE_TYPE_OTHER_NOTIFICATION"


def _facts(facts: Facts) -> str:
    if facts.measure == Measure.HIDDEN and facts.automated_decision:
        how = "Several members reported the text independently of each other."
    elif facts.from_notice:
        how = (
            "A notice had been received about the text."
            if "notice" in facts.found_by
            else "Members had reported the text."
        )
    elif facts.automated_detection:
        how = "A filter drew attention to the text, which a person read."
    else:
        how = (
            "Trusted members had drawn attention to the text."
            if "community" in facts.found_by
            else "The team looked at it of its own accord."
        )
    return f"{how} {facts.explanation}"


def fault_of(record: Mapping[str, Any]) -> str:
    """What the database would refuse about a record, or nothing: its limits, checked before it is handed over."""
    limits = {
        "decision_facts": 5000, "illegal_content_legal_ground": 500, "illegal_content_explanation": 2000,
        "incompatible_content_ground": 500, "incompatible_content_explanation": 2000, "puid": 500,
        "decision_monetary_other": 500, "content_type_other": 500,
    }  # fmt: skip
    if not any(record.get(field) for field in _ENDS):
        return "decision"
    needed = (
        "decision_ground",
        "content_type",
        "category",
        "content_date",
        "application_date",
        "decision_facts",
        "puid",
    )
    missing = [
        name
        for name in (*needed, "source_type", "automated_detection", "automated_decision")
        if not record.get(name)
    ]
    long = [name for name, most in limits.items() if len(str(record.get(name, ""))) > most]
    return next(iter(missing + long), "")


# --- the yearly report ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last one, both included."""

    first: date
    last: date

    @property
    def name(self) -> str:
        """How it is written in an address."""
        whole = (self.first.month, self.first.day, self.last.month, self.last.day) == (1, 1, 12, 31)
        return str(self.first.year) if whole else f"{self.first:%Y-%m}_{self.last:%Y-%m}"


def year(number: int) -> Period:
    """A calendar year, the period of a yearly report (Implementing Regulation (EU) 2024/2835, article 2)."""
    return Period(date(number, 1, 1), date(number, 12, 31))


def half_year(day: date) -> Period:
    """The last half of a year that is over on this day."""
    if day.month > 6:
        return Period(date(day.year, 1, 1), date(day.year, 6, 30))
    return Period(date(day.year - 1, 7, 1), date(day.year - 1, 12, 31))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the report: section and indicator of the template, what it counts, the figure."""

    section: str
    indicator: str
    scope: str
    value: int | float | str
