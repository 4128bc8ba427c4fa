"""What another app shares, put into the ask form beside what was being written there. Nothing is stored by looking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from common import text
from forum.questions.forms import AskForm
from forum.questions.rules import BODY, TITLE

_MOST = BODY.high + 10_000


@dataclass(frozen=True, slots=True)
class Shared:
    """A title, a text and an address, as the other app gave them."""

    title: str = ""
    words: str = ""


def read_shared(values: Mapping[str, str]) -> Shared:
    """The parameters of the manifest's share target. Apps put the address now into ``url``, now into ``text``."""
    title = " ".join(text.normalise(values.get("title", "")).split())
    words = text.normalise(values.get("text", "")).strip()[:_MOST]
    url = text.normalise(values.get("url", "")).strip()[:2000]
    parts = [words] if words != title else []
    if url and url not in words:
        parts.append(url)
    return Shared(title, "\n\n".join(part for part in parts if part))


def added(form: AskForm, shared: Shared) -> tuple[AskForm, str]:
    """The form with what was shared behind what it held, and the words that were added to its text. A title that finds
    no room (there is one already, or it is too long) goes into the text: nothing is lost."""
    fits = not form.title.strip() and len(shared.title) <= TITLE.high
    words = (
        shared.words if fits or not shared.title else "\n\n".join(filter(None, (shared.title, shared.words)))
    )
    if words and words in form.body:
        words = ""
    body = "\n\n".join(part for part in (form.body.rstrip(), words) if part)
    return replace(form, title=shared.title if fits else form.title, body=body), words
