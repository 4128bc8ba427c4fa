"""The letters that tell what became of a question by mail, each with solved questions like it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.members.models import Member
from common import settings
from common.db import db
from common.i18n import _
from common.mail import Letter, Line, Part, Words, link, renderer, words
from forum.letterbox.letters import writer_of
from forum.letterbox.models import IncomingMail
from forum.questions.models import Question
from forum.questions.rules import PostState
from forum.search.similar import SimilarQuestion, similar_to, similar_to_text

REASON = _("You get this message because you asked by mail.")
GIVEN_BACK = _(
    "Nothing is lost: above is your text. It also waits on the ask page, unless you had begun another question there."
)
MASKED = _("We blacked out private details: a public page is no place for them.")
LEFT_OUT = _("Attachments left out: %(count)s. Only pictures can be shown (PNG, JPEG, WebP, GIF).")
SIMILAR = 3
_READ = 2_000

PUBLISHED = words(
    "question-by-mail",
    _("A question by mail that was published"),
    _("Your question is published: %(title)s"),
    (_("Hello %(name)s,"), _("Your question is on the site. You will hear of each answer.")),
    _("See the question"),
)
HELD = words(
    "question-by-mail-held",
    _("A question by mail that is read first"),
    _("Your question is being read: %(title)s"),
    (
        _("Hello %(name)s,"),
        _(
            "A person reads it before it is published, usually within two hours. Nothing to do on your side: we will tell you."
        ),
    ),
    _("See the question"),
)
REFUSED = words(
    "question-by-mail-refused",
    _("A question by mail that was not published"),
    _("Your question was not published"),
    (_("Hello %(name)s,"), _("Your question by mail was not published. %(reason)s")),
    _("Go to the ask page"),
)

UNFINISHED = words(
    "question-by-mail-unfinished",
    _("A question by mail that lacks a detail"),
    _("One more detail, and your question is published"),
    (
        _("Hello %(name)s,"),
        _(
            "Thank you for your question. For questions like it we need one more detail, for which a mail has no place. %(reason)s"
        ),
    ),
    _("Finish my question"),
)


@renderer("asked-by-mail")
def write_asked(ids: dict[str, Any]) -> Letter | None:
    """Published or held, as it stands when the letter leaves; nothing where it was taken away meanwhile."""
    if (known := writer_of(ids)) is None:
        return None
    row, member = known
    question = db.session.get(Question, row.made_id) if row.made_id else None
    if question is None or question.state not in (PostState.PUBLISHED, PostState.HELD):
        return None
    said = PUBLISHED if question.state == PostState.PUBLISHED else HELD
    notes = [MASKED] if ids.get("masked") else []
    if row.left_out:
        notes.append(LEFT_OUT.filled({"count": row.left_out}))
    parts = (Part(_("Please note"), tuple(Line(note) for note in notes)),) if notes else ()
    like = _solved(similar_to(question.id), member.language)
    url = link("questions.show", member.language, id=question.id)
    return _letter(said, row, member, url, parts=parts + like, title=question.title)


@renderer("question-refused")
def write_refused(ids: dict[str, Any]) -> Letter | None:
    """Why, and the text itself."""
    return _given_back(REFUSED, ids)


@renderer("question-unfinished")
def write_unfinished(ids: dict[str, Any]) -> Letter | None:
    """What its category asks for besides; the text waits on the ask page."""
    return _given_back(UNFINISHED, ids)


def _given_back(said: Words, ids: dict[str, Any]) -> Letter | None:
    if (known := writer_of(ids)) is None:
        return None
    row, member = known
    title, _sep, body = row.returned.partition("\n\n")
    url = link("questions.ask", member.language)
    back: dict[str, Any] = {"quoted": row.returned.strip(), "reply_hint": GIVEN_BACK} if row.returned else {}
    parts = _solved(similar_to_text(title, body[:_READ], member.language), member.language)
    return _letter(said, row, member, url, parts=parts, **back)


def _letter(
    said: Words, row: IncomingMail, member: Member, url: str, *, parts: tuple[Part, ...], title: str = "", **more: Any
) -> Letter:  # fmt: skip
    return said.letter(
        member.email or "",
        {
            "name": member.display_name,
            "title": title,
            "reason": row.reason,
            "site": settings.get("brand.community"),
            "brand": settings.get("brand.name"),
        },
        url,
        to_name=member.display_name,
        language=member.language,
        reason=REASON,
        parts=parts,
        **more,
    )


def _solved(similar: Iterable[SimilarQuestion], language: str) -> tuple[Part, ...]:
    """The nearest that were solved."""
    solved = [one for one in similar if one.solved][:SIMILAR]
    lines = tuple(
        Line(one.title, link("questions.show", language, id=one.id, slug=one.slug), language=one.language)
        for one in solved
    )
    return (Part(_("Solved questions like yours"), lines),) if lines else ()
