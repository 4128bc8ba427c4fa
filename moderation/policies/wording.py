"""The words of the page that explains rules."""

from __future__ import annotations

from common.i18n import Sentence, _
from moderation.policies.rules import Act, Effect

ACTS: dict[str, Sentence] = {
    Act.ASK: _("Ask a question"),
    Act.ANSWER: _("Answer"),
    Act.COMMENT: _("Comment"),
    Act.EDIT: _("Change an own text"),
    Act.LINK: _("Write a text with a link"),
    Act.PICTURE: _("Add a picture"),
    Act.VOTE: _("Give a thumbs-up"),
    Act.REPORT: _("Report a text"),
    Act.MESSAGE: _("Write a private message"),
    Act.PROFILE: _("Present oneself in the profile"),
}
EFFECTS: dict[str, tuple[Sentence, str, str]] = {
    Effect.INFORMS: (_("good to know"), "", "info"),
    Effect.ALLOWS: (_("allows it"), "ok", "check"),
    Effect.LOOKS: (_("looked at afterwards"), "sun", "eye"),
    Effect.HOLDS: (_("read first"), "sun", "clock"),
    Effect.REFUSES: (_("does not allow it"), "bad", "x"),
}
"""What a rule does, in a word, with the tone and drawing of its tag."""

RESULTS: dict[str, tuple[str, Sentence]] = {
    Effect.ALLOWS: ("ok", _("Yes, at once.")),
    Effect.LOOKS: ("ok", _("Yes, at once. Some of it is looked at afterwards.")),
    Effect.HOLDS: ("sun", _("Yes; a person reads it before it is published.")),
    Effect.REFUSES: ("bad", _("Not at the moment.")),
}
