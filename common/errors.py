"""Refusals: each has a code for machines and a sentence that a member can read."""

from __future__ import annotations

from collections.abc import Mapping

from common.i18n import Sentence, _


class Refusal(Exception):
    """An act that does not happen. Nothing was changed; ``sentence`` says why, in the reader's language."""

    status = 400
    code = "refused"
    default = _("This is not possible.")

    def __init__(self, sentence: Sentence | str | None = None) -> None:
        self.sentence = sentence or self.default
        super().__init__(sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class Invalid(Refusal):
    """What was typed does not fit; ``fields`` has one sentence per field name."""

    status = 422
    code = "invalid"
    default = _("Something in the form needs your attention.")

    def __init__(
        self, sentence: Sentence | str | None = None, fields: Mapping[str, Sentence | str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.fields: dict[str, Sentence | str] = dict(fields or {})


class Forbidden(Refusal):
    """The actor may not do this."""

    status = 403
    code = "forbidden"
    default = _("You cannot do this with your account.")


class NotFound(Refusal):
    """There is nothing here, or nothing this reader may see: the two are not told apart."""

    status = 404
    code = "not_found"
    default = _("This page does not exist, or no longer does.")


class Gone(Refusal):
    """It was here and was removed."""

    status = 410
    code = "gone"
    default = _("This content was removed.")


class Conflict(Refusal):
    """Somebody else was faster, or the thing changed meanwhile."""

    status = 409
    code = "conflict"
    default = _("Somebody changed this in the meantime. Please look again.")


class TooMany(Refusal):
    """Too often; ``retry_after`` is in seconds."""

    status = 429
    code = "too_many"
    default = _("That was a little fast. Please wait a moment.")

    def __init__(self, sentence: Sentence | str | None = None, retry_after: int = 60) -> None:
        super().__init__(
            sentence or _("That was a little fast. Try again in %(seconds)s seconds.", seconds=retry_after)
        )
        self.retry_after = retry_after
