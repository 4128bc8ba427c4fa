"""What the forms of questions send, as frozen drafts. Lengths and contents are judged by the verbs.

Nothing here fails on strange input: a number that is none becomes None, and the verb says what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from common.i18n import LANGUAGES, gettext
from forum.questions.rules import MAX_TAGS

_BIGGEST_ID = 2**31 - 1
_COMMA = re.compile(r"[,;\n]+")
_LONGEST_STAY = 24 * 3600
_DETAIL = re.compile(r"f-[1-9][0-9]{0,8}")
_MOST_DETAILS = 40


@dataclass(frozen=True, slots=True)
class AskForm:
    """The ask page as typed; :meth:`draft` is what is asked of the verb."""

    title: str = ""
    body: str = ""
    category_id: int | None = None
    tags: str = ""
    language: str = ""
    tried: str = ""
    opened: int | None = None
    product: str = ""
    product_q: str = ""
    visit: str = ""
    about: str = ""
    unnamed: bool = False
    details: dict[str, str] = field(default_factory=dict)

    @property
    def product_id(self) -> int | None:
        """The product chosen, None for "I do not know" and where nothing was chosen."""
        return as_id(self.product)

    @property
    def about_id(self) -> int | None:
        """The earlier question that this one comes from."""
        return as_id(self.about)

    def tag_names(self) -> tuple[str, ...]:
        """Topics as typed, between commas."""
        return split_tags(self.tags)

    def whole_body(self) -> str:
        """The text with what was already tried as its last paragraph."""
        tried, label = " ".join(self.tried.split()), gettext("Already tried:")
        return f"{self.body.rstrip()}\n\n**{label}** {tried}" if tried else self.body

    def fields(self) -> dict[str, Any]:
        """What a draft keeps besides title and body."""
        kept = {
            "category_id": self.category_id,
            "tags": self.tags,
            "language": self.language,
            "tried": self.tried,
            "product": self.product,
            "about": self.about,
            "unnamed": "1" if self.unnamed else "",
            **self.details,
        }
        return {name: value for name, value in kept.items() if value}


@dataclass(frozen=True, slots=True)
class EditForm:
    """The edit page as typed. None means that the page did not offer the field."""

    body: str
    version: int
    title: str | None = None
    category_id: int | None = None
    tags: str | None = None
    reason: str = ""

    def tag_names(self) -> tuple[str, ...] | None:
        """Topics as typed, or None where they were not offered."""
        return None if self.tags is None else split_tags(self.tags)


def read_ask(form: Mapping[str, str], language: str) -> AskForm:
    """The ask page's fields, those its category asks for among them (``f-12``); the language falls back to the page's."""
    spoken = form.get("language", "")
    return AskForm(
        title=form.get("title", ""),
        body=form.get("body", ""),
        category_id=as_id(form.get("category_id")),
        tags=form.get("tags", "")[:400],
        language=spoken if spoken in LANGUAGES else language,
        tried=form.get("tried", "")[:300],
        opened=as_id(form.get("opened")),
        product=form.get("product", "")[:20],
        product_q=form.get("product_q", "")[:80],
        visit=form.get("visit", "")[:16],
        about=form.get("about", "")[:10],
        unnamed=form.get("unnamed") == "1",
        details=dict([(name, form[name][:400]) for name in form if _DETAIL.fullmatch(name)][:_MOST_DETAILS]),
    )


def ask_from_draft(title: str, body: str, fields: Mapping[str, Any], language: str) -> AskForm:
    """The ask page as a kept draft says."""
    kept = {
        name: str(fields.get(name) or "")
        for name in ("category_id", "tags", "language", "tried", "product", "about", "unnamed")
    }
    kept |= {name: str(value or "") for name, value in fields.items() if _DETAIL.fullmatch(name)}
    return read_ask({"title": title, "body": body, **kept}, language)


def read_edit(form: Mapping[str, str]) -> EditForm:
    """The edit page's fields."""
    return EditForm(
        body=form.get("body", ""),
        version=as_id(form.get("version")) or 0,
        title=form.get("title"),
        category_id=as_id(form.get("category_id")),
        tags=form["tags"][:400] if "tags" in form else None,
        reason=form.get("reason", ""),
    )


def edit_from_draft(stands: EditForm, title: str, body: str, fields: Mapping[str, Any]) -> EditForm:
    """The edit page of a text that ``stands`` so, as a kept draft says: made from the version it was begun on."""
    kept = read_edit({name: str(value) for name, value in fields.items()})
    offers_tags = stands.tags is not None and kept.tags is not None
    return replace(
        stands,
        body=body,
        version=kept.version or stands.version,
        title=title or stands.title if stands.title is not None else None,
        category_id=kept.category_id or stands.category_id if stands.category_id is not None else None,
        tags=kept.tags if offers_tags else stands.tags,
        reason=kept.reason[:200],
    )


def split_tags(typed: str) -> tuple[str, ...]:
    """Topics between commas or line ends; some more than allowed are kept, so that the verb can say so."""
    return tuple(name.strip() for name in _COMMA.split(typed) if name.strip())[: MAX_TAGS + 5]


def as_id(value: str | None) -> int | None:
    """A positive number that fits a column, or None."""
    text = (value or "").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        return None
    return number if 0 < (number := int(text)) <= _BIGGEST_ID else None


def seconds_since(opened: int | None, present: float) -> float | None:
    """How long a form was open, when it says so and it can be true."""
    if opened is None or not 0 <= present - opened <= _LONGEST_STAY:
        return None
    return present - opened


def as_dict(form: AskForm | EditForm) -> dict[str, Any]:
    """The form for a template."""
    return asdict(form)
