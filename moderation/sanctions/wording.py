"""The words of statements of reasons, in the six parts the law asks for, and of what can be done about them."""

from __future__ import annotations

from common import settings
from common.i18n import Sentence, _, day
from moderation.review.rules import FoundBy, Reason
from moderation.review.wording import MESSAGES
from moderation.sanctions.models import Statement
from moderation.sanctions.rules import ACCOUNT_MEASURES, Measure, SanctionKind, SanctionState
from moderation.sanctions.statements import finders_of, first_of
from moderation.sanctions.strike_rules import POINTS, StrikeCause

MEASURES: dict[str, Sentence] = {
    Measure.REJECTED: _("Your text was not published"),
    Measure.EDIT_REJECTED: _("Your change was not published"),
    Measure.HIDDEN: _("Your text is hidden for the moment"),
    Measure.REMOVED: _("Your text was removed"),
    Measure.WARNED: _("A reminder of the rules"),
    Measure.SILENCED: _("You cannot post for some time"),
    Measure.SUSPENDED: _("Your account is suspended for some time"),
    Measure.BANNED: _("Your account is closed to you for good"),
    Measure.COUPON_REVOKED: _("Your discount was taken back"),
    Measure.PICTURE_HIDDEN: _("A picture of yours was hidden"),
}
CAUSES: dict[str, Sentence] = {
    StrikeCause.OFF_TOPIC_AGAIN: _("Off topic again and again"),
    StrikeCause.LINK_DROPPING: _("Links to a shop left here and there"),
    StrikeCause.INSULT: _("Insult"),
    StrikeCause.CARELESS_WITH_DATA: _("Somebody’s private details published carelessly"),
    StrikeCause.UNDISCLOSED_INTEREST: _("Interest not told"),
    StrikeCause.HARASSMENT: _("Harassment"),
    StrikeCause.VOTE_RING: _("Votes arranged among accounts"),
    StrikeCause.FAKE_REVIEW: _("Invented review"),
    StrikeCause.THREAT: _("Threat"),
    StrikeCause.HATE: _("Hate"),
    StrikeCause.DOXXING: _("Somebody’s private details published to harm them"),
    StrikeCause.PAID_MASS_MESSAGES: _("Paid mass messages"),
    StrikeCause.CHILD_SAFETY: _("Safety of children"),
}
"""What strike points are given for, as the member reads it."""


def causes_with_points() -> list[tuple[str, str]]:
    """The causes for a list to choose from, the lightest first."""
    return [(cause.value, f"{POINTS[cause]} · {CAUSES[cause]}") for cause in StrikeCause]


STATES: dict[str, Sentence] = {
    SanctionState.PROPOSED: _("proposed, a second person confirms"),
    SanctionState.ACTIVE: _("in force"),
    SanctionState.EXPIRED: _("no longer in force"),
    SanctionState.LIFTED: _("lifted"),
    SanctionState.OVERTURNED: _("overturned"),
    SanctionState.DROPPED: _("not followed"),
}

FOUND_BY: dict[str, Sentence] = {
    FoundBy.NOTICE: _("A notice of illegal content had been received about this text."),
    FoundBy.REPORT: _("Members had reported this text."),
    FoundBy.COMMUNITY: _("Trusted members who look at published texts had drawn attention to this text."),
    FoundBy.MENTOR: _("A mentor who looks after this category read this text."),
}
"""Who drew the team's attention to a text; a filter is named in the part about machines."""

TITLES = {
    "measure": _("What was decided"),
    "scope": _("Where and for how long"),
    "facts": _("What it rests on"),
    "automation": _("Person or machine"),
    "ground": _("Rule"),
    "redress": _("What you can do"),
}
SANCTIONS: dict[str, Sentence] = {
    SanctionKind.WARNING: _("Warning"),
    SanctionKind.SILENCE: _("Silence"),
    SanctionKind.SUSPENSION: _("Suspension"),
    SanctionKind.BAN: _("Ban"),
}


def parts_of(statement: Statement) -> dict[str, list[Sentence | str]]:
    """The six parts of a statement as sentences (domain/moderation.md §B6, article 17)."""
    return {
        "measure": [MEASURES[statement.measure]],
        "scope": [_scope(statement)],
        "facts": _facts(statement),
        "automation": [_automation(statement)],
        "ground": _ground(statement),
        "redress": _redress(statement),
    }


def _scope(statement: Statement) -> Sentence:
    if statement.measure == Measure.WARNED:
        return _("Nothing is taken away from you. What it rests on is forgotten after some time.")
    if statement.measure == Measure.BANNED:
        return _("On this community, everywhere, without a time limit. You can still sign in to contest it, to follow what you asked the team, to download your data and to close the account.")  # fmt: skip
    if statement.lasts_until is not None:
        return _("On this community, everywhere, until %(day)s.", day=day(statement.lasts_until))
    if statement.measure == Measure.PICTURE_HIDDEN:
        return _(
            "This picture, wherever it stands on this community, without a time limit. The text around it is not touched."
        )
    if statement.measure == Measure.HIDDEN and first_of(statement).decision_id is None:
        return _("On this community, everywhere, until a moderator has read it.")
    if statement.measure == Measure.HIDDEN:
        return _("On this community, everywhere, until it is changed or goes on elsewhere.")
    return _("On this community, everywhere, without a time limit.")


def _facts(statement: Statement) -> list[Sentence | str]:
    facts: list[Sentence | str] = []
    if statement.measure == Measure.HIDDEN and statement.automated_decision:
        facts.append(_("Several members reported this text independently of each other."))
    elif told := [said for finder, said in FOUND_BY.items() if finder in finders_of(statement)]:
        facts += told
    elif statement.measure == Measure.COUPON_REVOKED:
        return [
            _("The team looked at how this discount was obtained."),
            *([statement.message] if statement.message else []),
        ]
    elif statement.measure in ACCOUNT_MEASURES:
        facts.append(_("The team looked at what you wrote on this community."))
    else:
        facts.append(_("A person read this text; nobody had reported it."))
    facts.append(MESSAGES[statement.reason])
    if statement.message:
        facts.append(statement.message)
    return facts


def _automation(statement: Statement) -> Sentence:
    if statement.automated_decision:
        return _(
            "The reports were counted and the text was hidden automatically. A person decides what becomes of it."
        )
    if statement.automated_detection:
        return _("A filter drew attention to this text. A person made the decision.")
    return _("A person made the decision; no automatic means were used.")


def _ground(statement: Statement) -> list[Sentence | str]:
    rule = _("Rule %(clause)s of the community charter.", clause=statement.clause)
    if statement.rests_on_law or statement.reason == Reason.DEFAMATION:
        return [rule, _("It may also be against the law.")]
    return [rule]


def _redress(statement: Statement) -> list[Sentence | str]:
    return [
        _("You can contest this decision here, free of charge, until %(day)s. Another person answers, usually within three days.", day=day(statement.appeal_until)),
        _("You can also turn to a certified out-of-court dispute settlement body, or to a court."),
        _("Contact: %(address)s", address=settings.get("moderation.contact_e_mail")),
    ]  # fmt: skip
