"""The words of legal notices: grounds, and what is said of an answer."""

from __future__ import annotations

from common import settings
from common.i18n import Sentence, _
from moderation.legal_notices.rules import LegalGround, NoticeOutcome, NoticeState

GROUNDS: dict[str, tuple[Sentence, Sentence]] = {
    LegalGround.CHILD_ABUSE: (_("Sexual abuse of children"), _("You need not say who you are.")),
    LegalGround.THREAT: (_("Threat to life or safety"), _("Somebody is threatened, or in danger.")),
    LegalGround.TERRORISM: (_("Terrorism"), _("Praise of it, or a call to it.")),
    LegalGround.HATE: (_("Hate or discrimination"), _("Against people for their origin, religion, sex, health or way of life.")),
    LegalGround.DEFAMATION: (_("Defamation or insult"), _("Somebody is accused of something unproven, or insulted.")),
    LegalGround.PRIVACY: (_("Private life or personal data"), _("An address, a picture, a fact that should not be public.")),
    LegalGround.COUNTERFEIT: (_("Counterfeit or illegal product"), _("Its sale, or the way to it.")),
    LegalGround.COPYRIGHT: (_("Copyright or trade mark"), _("A text, a picture or a mark that belongs to somebody else.")),
    LegalGround.FRAUD: (_("Fraud or deception"), _("A swindle, a false shop, a review that was paid for.")),
    LegalGround.DANGEROUS_PRODUCT: (_("Dangerous product or advice"), _("Somebody could be hurt by it.")),
    LegalGround.OTHER: (_("Another law"), _("Name it in your explanation, if you can.")),
}  # fmt: skip

STATES: dict[str, Sentence] = {
    NoticeState.WAITING: _("Waits for its confirmation"),
    NoticeState.RECEIVED: _("Being read"),
    NoticeState.DECIDED: _("Decided"),
}

OUTCOMES: dict[str, Sentence] = {
    NoticeOutcome.RESTRICTED: _("The text was taken away"),
    NoticeOutcome.CHANGED: _("Words of the text were blacked out"),
    NoticeOutcome.KEPT: _("The text stays"),
    NoticeOutcome.GONE: _("The text was gone already"),
}

ANSWERS: dict[str, Sentence] = {
    NoticeOutcome.RESTRICTED: _("A person read the text you named and took it away: it broke the law or our rules."),
    NoticeOutcome.CHANGED: _("A person read the text you named, with your explanation, and blacked out the words that must not be public. The rest stays where it is."),
    NoticeOutcome.KEPT: _("A person read the text you named, with your explanation, and left it where it is: as far as we can judge, it breaks neither the law nor our rules."),
    NoticeOutcome.GONE: _("The text you named is not on this site any more: it went before we decided about your notice."),
}  # fmt: skip

FLIPPED = _(
    "The author contested the decision to take the text away. Another person read it again, and it is back."
)
BY_PEOPLE = _(
    "People read and decide. Automatic means only sort what is read first, and check that the form was not sent by a program."
)


def redress() -> list[Sentence]:
    """What can be done about an answer (article 16, paragraph 5)."""
    return [
        _("If the text stays and you disagree, you can ask for another look on the page of your notice, free of charge, during six months: somebody else reads it."),
        _("You can also turn to a certified out-of-court dispute settlement body, or to a court."),
        _("Contact: %(address)s", address=settings.get("moderation.contact_e_mail")),
    ]  # fmt: skip
