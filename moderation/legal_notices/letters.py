"""The mails about a legal notice: the link that confirms it, the receipt, the answer. Written when they are sent."""

from __future__ import annotations

from typing import Any

from common import settings
from common.db import db
from common.i18n import _
from common.mail import Letter, Words, link, renderer, words
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.proof import token_of
from moderation.legal_notices.rules import NoticeState
from moderation.legal_notices.wording import ANSWERS, BY_PEOPLE, FLIPPED, redress

HELLO = _("Hello %(name)s,")
REASON = _("You get this message because this address was given in a notice of illegal content on our site.")

CONFIRM = words(
    "notice-confirm",
    _("To confirm a notice of illegal content"),
    _("Confirm your notice"),
    (
        HELLO,
        _("You told us about a text on %(site)s that you hold to be illegal. One click confirms it, and a person reads it."),
        _("If it was not you, ignore this message: nothing happens."),
    ),
    _("Confirm my notice"),
)  # fmt: skip
RECEIVED = words(
    "notice-received",
    _("The receipt of a notice of illegal content"),
    _("We have received your notice %(number)s"),
    (
        HELLO,
        _("Your notice about a text on %(site)s is in. A person reads it, and you receive the decision with its reasons and what you can do about it."),
        BY_PEOPLE,
        _("Its author does not learn who you are. The page of your notice shows where it stands."),
    ),
    _("Follow my notice"),
)  # fmt: skip
DECIDED = words(
    "notice-decided",
    _("The answer to a notice of illegal content"),
    _("The decision about your notice %(number)s"),
    (HELLO, _("%(answer)s"), BY_PEOPLE, _("%(redress)s")),
    _("See the decision"),
)


@renderer("notice-confirm")
def write_confirmation(ids: dict[str, Any]) -> Letter | None:
    """The link; not for one that was confirmed or forgotten meanwhile."""
    notice = db.session.get(LegalNotice, ids["notice_id"])
    if notice is None or notice.state != NoticeState.WAITING:
        return None
    return _letter(
        CONFIRM, notice, link("legal_notices.confirm", notice.language, token=token_of(notice.id, "confirm"))
    )


@renderer("notice-received")
def write_receipt(ids: dict[str, Any]) -> Letter | None:
    """The receipt, at once (article 16, paragraph 4)."""
    notice = db.session.get(LegalNotice, ids["notice_id"])
    if notice is None:
        return None
    letter = _letter(RECEIVED, notice, _page(notice))
    if letter is not None and notice.confirmed_at is None:
        confirm = link("legal_notices.confirm", notice.language, token=token_of(notice.id, "confirm"))
        letter.links.append((_("I am a trusted flagger: confirm my address"), confirm))
    return letter


@renderer("notice-decided")
def write_answer(ids: dict[str, Any]) -> Letter | None:
    """The decision and what can be done about it (article 16, paragraphs 5 and 6)."""
    notice = db.session.get(LegalNotice, ids["notice_id"])
    if notice is None or notice.outcome is None:
        return None
    answer = FLIPPED if notice.flipped_at else ANSWERS[notice.outcome]
    return _letter(DECIDED, notice, _page(notice), answer=answer, redress=_Lines(redress()))


class _Lines(list):
    """Sentences one after the other, put into words only in the reader's language."""

    def __str__(self) -> str:
        return " ".join(map(str, self))


def _page(notice: LegalNotice) -> str:
    return link("legal_notices.track", notice.language, token=token_of(notice.id))


def _letter(sheet: Words, notice: LegalNotice, url: str, **more: Any) -> Letter | None:
    if not notice.email:
        return None
    values = {
        "name": notice.name,
        "number": f"N-{notice.id}",
        "site": settings.get("brand.community"),
        **more,
    }
    return sheet.letter(
        notice.email, values, url, to_name=notice.name, language=notice.language, reason=REASON
    )
