"""Votes where they are looked for: beside the draft and the versions at the desk, and on a mentor's page of the mandate."""

from __future__ import annotations

from flask import render_template

from common.web import actor
from forum.content.terms.models import TermsVersion
from forum.content.terms.rules import Document
from forum.content.terms.words import TITLES
from rewards.votes import queries
from rewards.votes.permissions import can_ask_mentors


def beside_draft(document: Document, draft: TermsVersion) -> str:
    """The way to ask the mentors, or to the vote that is open."""
    if not can_ask_mentors(actor()):
        return ""
    known = queries.vote_id_of(document, draft.number, draft.saved_at)
    if known is None and not draft.is_significant:
        return ""
    found = queries.vote(actor(), known)[0] if known is not None else None
    return render_template("rewards/votes/_draft.html", document=document, vote=found)


def beside_versions(document: Document) -> str:
    """What came of the last votes."""
    if not can_ask_mentors(actor()):
        return ""
    return _listed(queries.votes_on(document))


def own() -> str:
    """What a mentor was asked."""
    return _listed(queries.asked_of(actor().member_id or 0))


def _listed(votes: list[queries.VoteRow]) -> str:
    return render_template("rewards/votes/_list.html", votes=votes, titles=TITLES) if votes else ""
