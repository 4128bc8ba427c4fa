"""What the forms and addresses of guides send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from forum.browsing.queries import category_by_slug
from forum.content.guides.rules import BODY_MOST, models_of
from forum.content.guides.writing import Draft
from forum.questions.forms import as_id

_FAR_MORE = 2
"""What is too long is kept up to this many times the limit, so that it can be said and nothing typed is lost."""


def read_draft(form: Mapping[str, str]) -> Draft:
    """A guide as typed; lengths are judged by the verb."""
    return Draft(
        title=form.get("title", "")[:400],
        summary=form.get("summary", "")[:1_000],
        body=form.get("body", "")[: _FAR_MORE * BODY_MOST],
        models=models_of(form.get("models", "")[:4_000]),
        category_id=as_id(form.get("category_id")),
        language=form.get("language", "")[:8],
    )


def read_day(form: Mapping[str, str], name: str) -> datetime | None:
    """A day of a date field, its beginning in universal time; None for anything that is none."""
    try:
        return datetime.strptime(form.get(name, "").strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class GuideFilters:
    """What a list of guides is narrowed to."""

    category_id: int | None = None
    category: str = ""
    language: str = ""

    @property
    def args(self) -> dict[str, str]:
        """The same as an address says it."""
        return {
            name: value for name, value in (("category", self.category), ("language", self.language)) if value
        }


def read_filters(args: Mapping[str, str], languages: tuple[str, ...]) -> GuideFilters:
    """Filters of an address; a value that is no choice is left out."""
    category = category_by_slug(args.get("category", "")[:80]) if args.get("category") else None
    language = args.get("language", "")
    return GuideFilters(
        category.id if category else None,
        category.slug if category else "",
        language if language in languages else "",
    )
