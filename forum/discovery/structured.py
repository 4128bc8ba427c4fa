"""A thread in the words of schema.org (``QAPage``), so that a search engine can show the solution itself.

Only what stands on the page is described, in full text, as the vocabulary asks; the page's reader is nobody, so
nothing of a person's own is in it. A data block is no script: the strict content policy lets nothing run.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from common import settings, text

TEXT_MAX = 5_000
OTHERS_DESCRIBED = 10
"""Answers besides the solution and the official one that are described; the page links the rest."""


def question_page(thread: Any, address: str, profile: Callable[[Any], str]) -> Markup:
    """The data block of a question with at least one answer; empty for others and where staff want none.

    ``address`` is the canonical one of the question, ``profile`` gives that of a member's card.
    """
    if not thread.head.answer_count or settings.get("discovery.structured_data") == "never":
        return Markup("")
    return block(_Described(address, profile).page(thread))


class _Described:
    """Writes one thread in the words of the vocabulary."""

    def __init__(self, address: str, profile: Callable[[Any], str]) -> None:
        self.address, self.profile = address, profile

    def page(self, thread: Any) -> dict[str, Any]:
        head = thread.head
        others = [answer for answer in thread.answers if not answer.accepted][:OTHERS_DESCRIBED]
        suggested = [answer for answer in (thread.official, *others) if answer]
        question = {
            "@type": "Question",
            "@id": f"{self.address}#question",
            "name": head.title,
            **self.post(thread.question),
            "answerCount": head.answer_count,
        }
        if thread.solution:
            question["acceptedAnswer"] = self.answer(thread.solution)
        if suggested:
            question["suggestedAnswer"] = [self.answer(answer) for answer in suggested]
        return {"@context": "https://schema.org", "@type": "QAPage", "mainEntity": question}

    def answer(self, post: Any) -> dict[str, Any]:
        return {"@type": "Answer", **self.post(post)}

    def post(self, post: Any) -> dict[str, Any]:
        found = {
            "text": text.plain(str(post.html))[:TEXT_MAX],
            "url": f"{self.address}#{post.anchor}",
            "datePublished": post.shown_at.isoformat(timespec="seconds"),
            "upvoteCount": post.kudos_count,
            "commentCount": len(post.comments),
            "inLanguage": post.language,
            "author": self.person(post.author),
        }
        if post.edited_at:
            found["dateModified"] = post.edited_at.isoformat(timespec="seconds")
        return found

    def person(self, card: Any) -> dict[str, Any]:
        person = {"@type": "Person", "name": str(card.name)}
        return person if card.id is None else {**person, "url": self.profile(card)}


def block(content: dict[str, Any]) -> Markup:
    """JSON inside HTML: nothing in it may end the element or begin another."""
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    safe = written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup(f'<script type="application/ld+json">{safe}</script>')  # noqa: S704 - every < is written \u003c
