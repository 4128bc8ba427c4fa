"""The words of the review queue: types, reasons, decisions, filters. Sentences are translated when they are read."""

from __future__ import annotations

from common.i18n import Sentence, _
from moderation.flags.rules import FlagReason
from moderation.review.rules import OTHER_TEXT_LENGTH, Decision, ItemType, Reason
from moderation.screening.words import WordAction

TYPES: dict[str, Sentence] = {
    ItemType.POST: _("To review"),
    ItemType.EDIT: _("Changed text"),
    ItemType.FLAG_CASE: _("Reported"),
    ItemType.REVIEW: _("Product review"),
    ItemType.IMAGE: _("Picture"),
    ItemType.PROFILE: _("Profile"),
    ItemType.MESSAGE: _("Private message"),
    ItemType.GUIDE: _("Guide"),
    ItemType.AUDIT: _("Known answer"),
    ItemType.SAMPLE: _("Sample"),
    ItemType.APPEAL: _("Appeal"),
}

SIGNALS: dict[str, tuple[Sentence, str]] = {
    "first_post": (_("First text"), ""),
    "new_member": (_("Newcomer"), ""),
    "pre_moderation": (_("Read before publication"), ""),
    "author_watched": (_("Under watch"), "bad"),
    "links": (_("Links"), "sun"),
    "short_link": (_("Shortened link"), "sun"),
    "watched_word": (_("Watched word"), ""),
    "typed_fast": (_("Written very fast"), ""),
    "new_domain": (_("New site"), "sun"),
    "busy_domain": (_("Site named often"), "sun"),
    "mentions": (_("Many names"), ""),
    "copied_text": (_("Sent by several"), "bad"),
    "repeated_text": (_("Sent before"), ""),
    "accusation": (_("Accuses somebody"), "bad"),
    "throwaway_mail": (_("Throw-away mailbox"), "sun"),
    "mail_like_sender": (_("Address like a blocked one"), "bad"),
    "learned_junk": (_("Like refused advertising"), "sun"),
    "learned_tone": (_("Like refused attacks"), "sun"),
    "postal_address": (_("Postal address"), ""),
    "danger": (_("Safety"), "bad"),
    "flagged": (_("Reported"), "bad"),
    "delegated": (_("Hidden by a mentor"), "bad"),
    "auto_hidden": (_("Hidden by reports"), "bad"),
    "brigade": (_("Possible raid"), "bad"),
    "sample": (_("Sample"), ""),
    "community": (_("Seen by trusted members"), "sun"),
    "by_moderator": (_("Opened by a colleague"), ""),
    "appeal": (_("Appeal"), "sun"),
    "escalated": (_("Escalated"), "sun"),
    "legal_notice": (_("Legal notice"), "bad"),
    "trusted_flagger": (_("Trusted flagger"), "brand"),
    "contested_notice": (_("Second look"), "sun"),
    "storm": (_("Busy time"), "sun"),
    "images": (_("Pictures"), "sun"),
    "sent_back": (_("Changed by its author"), "sun"),
}
"""Short names of what was noticed, with the tone of their tag."""

HOLDS: dict[str, Sentence] = {
    "first_post": _(
        "A first text is read by a person before it is published. It usually takes less than two hours."
    ),
    "new_member": _(
        "The first texts of a newcomer are read before they are published. It usually takes less than two hours."
    ),
    "pre_moderation": _("In this category everything is read before it is published."),
    "author_watched": _(
        "Some of your last texts broke a rule, so the next ones are read before they are published."
    ),
    "links": _("Texts with several links are read before they are published."),
    "short_link": _("A shortened link hides where it leads: the text is read before it is published."),
    "watched_word": _("Some words are always checked by a person before publication."),
    "typed_fast": _("This was written very fast: a person takes a look before it is published."),
    "new_domain": _("This links to a site that nobody has named here yet: a person opens it first."),
    "busy_domain": _(
        "Several newcomers have linked to this site lately: a person looks at each of these texts."
    ),
    "mentions": _("This names several members, so a person reads it before they are told."),
    "copied_text": _(
        "Several people have sent the same text today: a person looks whether something has happened."
    ),
    "repeated_text": _("The same text stands in another place already: a person sees where it helps most."),
    "accusation": _(
        "Somebody seems to be named together with a reproach: a person checks that nobody is harmed by it."
    ),
    "throwaway_mail": _(
        "The mailbox of this account is a temporary one, so its first texts are read before publication."
    ),
    "mail_like_sender": _("The first texts of this account are read before they are published."),
    "learned_junk": _(
        "A program that learns from our moderators asked for a person to read this before it is published. It decides nothing itself."
    ),
    "learned_tone": _(
        "A program that learns from our moderators asked for a person to read this before it is published. It decides nothing itself."
    ),
    "postal_address": _(
        "It looks as if a postal address stands in this text: a person checks before everybody can read it."
    ),
    "storm": _(
        "Very many people write in this category at the moment, so everything is read first for some hours. Thank you for your patience."
    ),
    "images": _(
        "Pictures of newcomers are looked at before they are published: a label may show more than one thinks."
    ),
}
"""What an author reads under a held text: why it waits."""

DECIDED: dict[str, Sentence] = {
    Decision.APPROVE: _("approved"),
    Decision.APPROVE_AND_MASK: _("approved, words masked"),
    Decision.REJECT: _("refused"),
    Decision.REMOVE: _("removed"),
    Decision.SEND_BACK: _("sent back to be changed"),
    Decision.RESTORE: _("restored"),
    Decision.NO_ACTION: _("kept as it is"),
    Decision.EDIT_TAGS: _("approved, other topics"),
    Decision.MERGE: _("merged into another question"),
    Decision.DUPLICATE: _("linked to a question that was there first"),
    Decision.ESCALATE: _("handed to the team"),
    Decision.CONVERT_PRIVATE: _("goes on in private"),
    Decision.UPHOLD: _("decision upheld"),
    Decision.OVERTURN: _("decision overturned"),
    Decision.AMEND: _("decision changed in part"),
}

REASONS: dict[str, Sentence] = {
    Reason.ADVERTISING: _("Advertising"),
    Reason.INSULT: _("Insults"),
    Reason.HATE: _("Discrimination or hate"),
    Reason.DEFAMATION: _("Risk of defamation"),
    Reason.PERSONAL_DATA: _("Private data"),
    Reason.OFF_TOPIC: _("Off topic"),
    Reason.DUPLICATE: _("Already covered here"),
    Reason.UNREADABLE: _("Unreadable"),
    Reason.WRONG_PLACE: _("Question about an order"),
    Reason.NOT_AN_EXPERIENCE: _("Not a customer’s own experience"),
    Reason.ABOUT_DELIVERY: _("About delivery, not the product"),
    Reason.UNDISCLOSED_INTEREST: _("Undisclosed interest"),
    Reason.ILLEGAL_PRODUCT: _("Counterfeit or illegal product"),
    Reason.DANGEROUS_ADVICE: _("Dangerous advice"),
    Reason.IMPERSONATION: _("Impersonation"),
    Reason.MINORS: _("Protection of minors"),
    Reason.INTELLECTUAL_PROPERTY: _("Copyright or trade mark"),
    Reason.JUNK: _("Mass message"),
    Reason.OTHER: _("Other reason"),
}

MESSAGES: dict[str, Sentence] = {
    Reason.ADVERTISING: _("Links and texts that promote a shop or a service are not published here."),
    Reason.INSULT: _(
        "Words that attack a person are not published, whatever the reason for the anger. Say the same about the problem, and it will be read."
    ),
    Reason.HATE: _(
        "Words against people for what they are, their origin, religion, sex, health or way of life are against the law."
    ),
    Reason.DEFAMATION: _(
        "Naming a person or a company and accusing them of something unproven can be against the law."
    ),
    Reason.PERSONAL_DATA: _(
        "Private details stand in this text. For your safety, and that of others, they are not published."
    ),
    Reason.OFF_TOPIC: _("This text is not about the subject of the conversation, or of this community."),
    Reason.DUPLICATE: _("Good news: this has already been answered here. Use the search to find it."),
    Reason.UNREADABLE: _("We could not understand this text. A few full sentences are enough."),
    Reason.WRONG_PLACE: _(
        "Nobody here can see your order. Customer service can: the help page says how to reach it."
    ),
    Reason.NOT_AN_EXPERIENCE: _("A review tells what you lived through yourself with the product."),
    Reason.ABOUT_DELIVERY: _(
        "This is about the delivery and not about the product. Customer service can help: the help page says how to reach it."
    ),
    Reason.UNDISCLOSED_INTEREST: _("Whoever sells, makes or was given a product must say so."),
    Reason.ILLEGAL_PRODUCT: _("Counterfeit and illegal products have no place here."),
    Reason.DANGEROUS_ADVICE: _("Following this advice could hurt somebody or damage an appliance."),
    Reason.IMPERSONATION: _("Speaking in the name of somebody else, or of the brand, is not allowed."),
    Reason.MINORS: _("This text concerns minors in a way that is not allowed here."),
    Reason.INTELLECTUAL_PROPERTY: _(
        "This text or picture belongs to somebody else who has not agreed to its publication."
    ),
    Reason.JUNK: _("The same text was sent in large numbers, or has no relation to this community."),
    Reason.OTHER: _("The reason is explained below."),
}
"""The canned explanation of each reason: what the member reads, whatever the moderator adds."""

FLAGS: dict[str, tuple[Sentence, Sentence]] = {
    FlagReason.INSULT: (_("Insult or attack"), _("Words against a person or a group.")),
    FlagReason.ADVERTISING: (_("Advertising"), _("A shop, a service, the same text everywhere.")),
    FlagReason.PERSONAL_DATA: (
        _("Private data"),
        _("A phone number, an address, a name that should not be public."),
    ),
    FlagReason.DANGEROUS: (_("Dangerous"), _("Advice that could hurt somebody. The team is told at once.")),
    FlagReason.ILLEGAL: (_("Against the law"), _("Hate, threats, counterfeits. The team is told at once.")),
    FlagReason.UNDISCLOSED_INTEREST: (
        _("Undisclosed interest"),
        _("Somebody praises what they sell or were given."),
    ),
    FlagReason.OFF_TOPIC: (_("Off topic"), _("Nothing to do with the question.")),
    FlagReason.WRONG_CATEGORY: (_("Wrong category"), _("The team will move it.")),
    FlagReason.AUTHENTICITY: (
        _("Doubt about authenticity"),
        _("For the maker of the product: say in at least 30 characters why this review may not be genuine."),
    ),
    FlagReason.OTHER: (_("Something else"), _("Tell us in a few words.")),
}

EXPLAIN = _("Explain in at least %(least)s characters: no rule says it for you.", least=OTHER_TEXT_LENGTH)

ACTIONS: dict[str, Sentence] = {
    WordAction.HOLD: _("Read before publication"),
    WordAction.URGENT: _("Read at once (safety)"),
    WordAction.FLAG: _("Published, then looked at"),
    WordAction.MASK: _("Masked with dots"),
    WordAction.BLOCK: _("Given back to its author, unsent"),
    WordAction.REPLACE: _("Replaced by other words"),
    WordAction.LINK: _("Linked to a page"),
    WordAction.TAG: _("Gives the question a topic"),
    WordAction.ROUTE: _("Published, a team looks"),
    WordAction.PRIORITY: _("Read sooner, if read"),
}

POLICIES: dict[str, tuple[Sentence, Sentence]] = {
    "pre": (_("Everything is read first"), _("Nothing is published before a moderator has read it.")),
    "trust": (
        _("By trust"),
        _("Newcomers are read first; the others are published, and a sample is read afterwards."),
    ),
    "post": (_("Everything is read afterwards"), _("Texts are published at once and queued for a look.")),
    "reactive": (_("On report"), _("Texts are published at once; reports and filters call a moderator.")),
}


def sign(name: str) -> tuple[Sentence | str, str] | None:
    """The tag of a signal and its tone; None for one that is not shown."""
    if name.startswith("route:"):
        return _("For: %(team)s", team=name[6:]), "sun"
    return SIGNALS.get(name)


def decided(decision: str) -> Sentence:
    """What was decided, in a word."""
    return DECIDED[Decision(decision)]
