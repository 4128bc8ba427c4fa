"""A thread in the words of schema.org (``QAPage``), so that a search engine can show the solution itself.

Only what stands on the page is described, in full text, as the vocabulary asks; the page's reader is nobody, so
nothing of a person's own is in it. A data block is no script: the strict content policy lets nothing run.
"""

from __future__ import annotations

import json
from typing import Any

from flask import url_for
from markupsafe import Markup

from common import settings, text
from common.config import current_config

TEXT_MAX = 5_000
OTHERS_DESCRIBED = 10
"""Answers besides the solution and the official one that are described; the page links the rest."""


def question_page(thread: Any, address: str) -> Markup:
    """The data block of a question with at least one answer; empty for others and where staff want none."""
    if not thread.head.answer_count or settings.get("discovery.structured_data") == "never":
        return Markup("")
    return _block(described(thread, address))


def described(thread: Any, address: str) -> dict[str, Any]:
    """The thread as a ``QAPage``; ``address`` is its canonical one."""
    head = thread.head
    others = [answer for answer in thread.answers if not answer.accepted][:OTHERS_DESCRIBED]
    suggested = [answer for answer in (thread.official, *others) if answer]
    question = {
        "@type": "Question",
        "@id": f"{address}#question",
        "name": head.title,
        **_post(thread.question, address),
        "answerCount": head.answer_count,
        "commentCount": len(thread.question.comments),
    }
    if thread.solution:
        question["acceptedAnswer"] = _answer(thread.solution, address)
    if suggested:
        question["suggestedAnswer"] = [_answer(answer, address) for answer in suggested]
    return {"@context": "https://schema.org", "@type": "QAPage", "mainEntity": question}


def _answer(post: Any, address: str) -> dict[str, Any]:
    return {"@type": "Answer", **_post(post, address), "commentCount": len(post.comments)}


def _post(post: Any, address: str) -> dict[str, Any]:
    found = {
        "text": text.plain(str(post.html))[:TEXT_MAX],
        "url": f"{address}#{post.anchor}",
        "datePublished": post.shown_at.isoformat(timespec="seconds"),
        "upvoteCount": post.kudos_count,
        "inLanguage": post.language,
        "author": _person(post.author),
    }
    if post.edited_at:
        found["dateModified"] = post.edited_at.isoformat(timespec="seconds")
    return found


def _person(card: Any) -> dict[str, Any]:
    person = {"@type": "Person", "name": str(card.name)}
    if card.id is not None:
        person["url"] = current_config().base_url + url_for("members.show", id=card.id, slug=card.slug)
    return person


def _block(content: dict[str, Any]) -> Markup:
    """JSON inside HTML: nothing in it may end the element or begin another."""
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    safe = written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup(f'<script type="application/ld+json">{safe}</script>')  # noqa: S704 - every < is written \u003c
