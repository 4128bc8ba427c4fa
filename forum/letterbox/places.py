"""Where a mail goes: below a post as an answer or a comment, or to everybody as a question of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from common import settings
from common.errors import Conflict, NotFound, Refusal
from common.i18n import Sentence, _, language, using_language
from common.permissions import Actor
from common.text import normalise
from forum.asking.sending import send_question
from forum.asking.suggesting import suggest
from forum.browsing.queries import categories, category_by_slug
from forum.fields.queries import all_fields
from forum.questions.answering import answer_question
from forum.questions.commenting import comment_on
from forum.questions.forms import AskForm
from forum.questions.permissions import is_own
from forum.questions.rules import COMMENT, TITLE, PostKind
from forum.questions.writing import Posted, visible_post

settings.define(
    "forum.mail_question_category", "",
    help=_(
        "Where questions by mail are filed when nothing points to a category: the last word of the category’s address. "
        "Empty: the first category."
    ),
)  # fmt: skip

GONE = _("The message you replied to is no longer there.")
_NAMES: dict[str, Sentence] = {"title": _("Title"), "body": _("Text"), "category_id": _("Category")}
_READ = 2_000


class Place(Protocol):
    """Where a mail goes. ``draft`` is the place on the page where the same would be typed."""

    @property
    def body(self) -> str:
        """The member's own words, without pictures."""

    @property
    def draft(self) -> str:
        """The place of its draft."""

    def post(self, actor: Actor, body: str) -> Posted:
        """Publish it, by the verb of the page."""

    def kept(self) -> dict[str, Any]:
        """What its draft holds."""

    def letter(self, left_out: int) -> str | None:
        """The letter that tells what became of it, where one does."""


@dataclass(frozen=True, slots=True)
class BelowPost:
    """A reply: an answer to a question of somebody else, a comment otherwise."""

    draft: str
    target_id: int
    is_answer: bool
    body: str

    def post(self, actor: Actor, body: str) -> Posted:
        """An answer or a comment."""
        if self.is_answer:
            return answer_question(actor, self.target_id, body=body)
        return comment_on(actor, self.target_id, body=body)

    def kept(self) -> dict[str, Any]:
        """The words."""
        return {"body": self.body}

    def letter(self, left_out: int) -> str | None:
        """Only what found no place is worth a letter: the thread shows the rest."""
        return "reply-without-attachments" if left_out else None


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question. Category and language are those that the ask page would offer."""

    title: str
    body: str
    language: str
    category_id: int | None

    @property
    def draft(self) -> str:
        """The ask page."""
        return "ask"

    def post(self, actor: Actor, body: str) -> Posted:
        """Ask; a question that is being written on the page stays there."""
        return send_question(actor, self._form(body), draft=None)

    def kept(self) -> dict[str, Any]:
        """What the ask page shows again."""
        return {"title": self.title, "body": self.body, "fields": self._form(self.body).fields()}

    def letter(self, left_out: int) -> str | None:
        """Who asks by mail hears by mail."""
        return "asked-by-mail"

    def _form(self, body: str) -> AskForm:
        return AskForm(title=self.title, body=body, category_id=self.category_id, language=self.language)


def below_post(actor: Actor, post_id: int, body: str) -> BelowPost:
    """The place of a reply. Raises :class:`Conflict` for what this member may not see (any more)."""
    try:
        post, question = visible_post(actor, post_id)
    except NotFound:
        raise Conflict(GONE) from None
    asked = is_own(actor, question)
    to_question = post.kind == PostKind.QUESTION
    if not asked and (to_question or len(body) > COMMENT.high):
        return BelowPost(f"answer:{question.id}", question.id, True, body)
    parent = post.parent_id if post.kind == PostKind.COMMENT and post.parent_id else post.id
    return BelowPost(f"comment:{parent}", parent, False, body)


def new_question(actor: Actor, title: str, body: str) -> NewQuestion:
    """The place of a question: filed where the ask page would file it, else where staff say."""
    title, body = normalise(title), normalise(body)
    with using_language(actor.language):
        guessed = suggest(title[: TITLE.high], body[:_READ]).category
    filed = guessed or category_by_slug(settings.get("forum.mail_question_category"))
    filed = filed or next(iter(categories()), None)
    return NewQuestion(title, body, actor.language, filed.id if filed else None)


def only_lacks_details(refusal: Refusal) -> bool:
    """Whether nothing was wrong but what a category asks for beside the text: a mail has no place for it."""
    fields = set(getattr(refusal, "fields", {}))
    return bool(fields) and fields <= {field.name for field in all_fields()}


def reason_of(refusal: Refusal, named: bool) -> str:
    """Why, in the language in force; ``named``: each sentence says what it speaks of, as no field stands beside it."""
    fields = getattr(refusal, "fields", {})
    if not named:
        return " ".join(str(said) for said in fields.values()) or str(refusal.sentence)
    labels = {field.name: field.label(language()) for field in all_fields()}
    names = labels | {name: str(said) for name, said in _NAMES.items()}
    said = (str(_("%(what)s: %(why)s", what=names.get(name, name), why=why)) for name, why in fields.items())
    return " ".join(said) or str(refusal.sentence)
