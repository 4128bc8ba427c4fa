"""The words of reports."""

from __future__ import annotations

from accounts.messages.wording import REASONS as MESSAGE_REASONS
from common.i18n import Sentence, _
from moderation.legal_notices.wording import GROUNDS, OUTCOMES
from moderation.profile_reports.wording import REASONS as PROFILE_REASONS
from moderation.review.wording import FLAGS
from moderation.sanctions.rules import AppealState, Measure
from moderation.sanctions.wording import SANCTIONS
from moderation.transparency.models import ReportKind

KINDS: dict[str, Sentence] = {
    ReportKind.YEARLY: _("Yearly report on moderation"),
    ReportKind.RECIPIENTS: _("Average monthly active recipients"),
}
HAND: dict[str, Sentence] = {
    "orders_to_act": _("Orders of authorities to act against content"),
    "orders_to_inform": _("Orders of authorities to provide information"),
    "disputes": _("Disputes before out-of-court bodies"),
    "disputes_for_member": _("… decided in favour of the member"),
    "disputes_median_days": _("… median days until they were settled"),
    "disputes_followed": _("… outcomes that were followed"),
    "visitors_monthly": _("Readers without an account in a month, by your own count"),
}

_INDICATORS: tuple[Sentence, ...] = (
    _("Orders to act against illegal content"), _("Orders to provide information"),
    _("Restrictions made on the order of an authority"), _("Disputes before out-of-court bodies"),
    _("Signed-in recipients"), _("Average monthly active recipients"), _("Notices of illegal content"),
    _("Median time until a notice was decided (hours)"), _("Reports of members"),
    _("Reports of members that led to a measure"), _("Median time until a report was decided (hours)"), _("Measures"),
    _("Measures detected by automated means only"), _("Complaints"), _("Complaints, by the decision contested"),
    _("Complaints, by outcome"), _("Median time until a complaint was answered (hours)"), _("Measures against accounts"),
    _("Measures decided by automated means only"), _("Error rate of automated decisions (%)"),
    _("Decisions made by a person"), _("People who moderated"),
    _("Reports of profiles"), _("Reports of profiles that led to a measure"), _("Reports of private messages"),
    _("Reports of private messages that led to a measure"), _("Measures after a notice or a report"),
    _("on the basis of the law"), _("on the basis of the terms"), _("Complaints by who sent a notice, by outcome"),
    _("by the member concerned"), _("by who sent a notice"), _("not decided yet"),
    _("total"), _("in favour of the member"), _("median days"), _("outcomes followed"), _("by trusted flaggers"),
    _("led to a measure"), _("as illegal content"), _("signed in"), _("without an account, the brand’s count"),
)  # fmt: skip
_CODES: dict[str, Sentence] = {
    "DECISION_VISIBILITY_CONTENT_REMOVED": _("text taken away"),
    "DECISION_VISIBILITY_CONTENT_DISABLED": _("text hidden"),
    "DECISION_PROVISION_PARTIAL_SUSPENSION": _("silence"),
    "DECISION_ACCOUNT_SUSPENDED": _("account suspended"),
    "DECISION_ACCOUNT_TERMINATED": _("account closed"),
    "DECISION_MONETARY_OTHER": _("discount taken back"),
    "STATEMENT_CATEGORY_OTHER_VIOLATION_TC": _("other breach of the community’s rules"),
    "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH": _("illegal or harmful speech"),
    "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS": _("private life and personal data"),
    "STATEMENT_CATEGORY_CONSUMER_INFORMATION": _("information of consumers"),
    "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS": _("unsafe or prohibited products"),
    "STATEMENT_CATEGORY_SCAMS_AND_FRAUD": _("swindle and fraud"),
    "STATEMENT_CATEGORY_PROTECTION_OF_MINORS": _("protection of minors"),
    "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS": _("intellectual property"),
    Measure.REJECTED: _("text not published"),
    Measure.EDIT_REJECTED: _("change not published"),
    Measure.HIDDEN: _("text hidden"),
    Measure.PICTURE_HIDDEN: _("picture hidden"),
    Measure.REMOVED: _("text removed"),
    Measure.WARNED: _("reminder of the rules"),
    Measure.SILENCED: _("silence"),
    Measure.SUSPENDED: _("account suspended"),
    Measure.BANNED: _("account closed"),
    Measure.COUPON_REVOKED: _("discount taken back"),
    AppealState.SUBMITTED: _("to be answered"),
    AppealState.ASSIGNED: _("being read"),
    AppealState.UPHELD: _("decision confirmed"),
    AppealState.OVERTURNED: _("decision overturned"),
    AppealState.PARTLY: _("overturned in part"),
}
_NAMES: dict[str, Sentence] = (
    {sentence.msgid: sentence for sentence in _INDICATORS}
    | {reason: words for reason, (words, _hint) in PROFILE_REASONS.items()}
    | dict(MESSAGE_REASONS)
    | dict(OUTCOMES)
    | {reason: words for reason, (words, _hint) in FLAGS.items()}
    | dict(SANCTIONS)
    | _CODES
)
_GROUNDS: dict[str, Sentence] = {ground: words for ground, (words, _hint) in GROUNDS.items()}


def in_words(text: str) -> Sentence | str:
    """An indicator or a scope of a report as people read it. What programs read keeps the template's own words."""
    head, colon, rest = text.partition(": ")
    if colon:
        return _(
            "%(what)s: %(which)s",
            what=_NAMES.get(head, head),
            which=_GROUNDS.get(rest) or _NAMES.get(rest, rest),
        )
    return _NAMES.get(text, text)
