"""The strings that break software, through the forum's verbs: kept as typed, or refused with a sentence."""

from __future__ import annotations

import json

import pytest

from common import text
from common.db import db
from common.errors import Refusal
from forum.drafts.drafting import load_draft, save_draft
from forum.questions.asking import ask_question
from forum.questions.commenting import comment_on
from forum.questions.models import Post, Question
from forum.questions.tagging import checked_tags

PADDING = " and it stays like this."


@pytest.fixture
def naughty(data_dir):
    """Every naughty string of the set."""
    found = sorted((data_dir / "naughty-strings").rglob("*.json"))
    strings = [one for path in found for one in json.loads(path.read_text("utf-8")) if isinstance(one, str)]
    assert len(strings) > 400
    return [*strings, "\x00\ud800 half a pair", "\ufeff" * 30, "a" + "\u0301" * 500]


def test_comments_are_kept_as_typed_or_refused(mo, make_question, naughty):
    question = make_question(mo)
    kept = 0
    for one in naughty[::5]:
        try:
            posted = comment_on(mo, question, body=one + PADDING)
        except Refusal as refusal:
            assert str(refusal.sentence)
            continue
        stored = db.session.get(Post, posted.id).body
        assert posted.masked or stored == text.normalise(one + PADDING).strip()
        kept += 1
    assert kept > 80


def test_titles_and_texts_are_kept_as_typed_or_refused(mo, naughty):
    kept = 0
    for one in naughty[::12]:
        try:
            posted = ask_question(mo, title=one[:110] + PADDING, body=one + PADDING, category_id=1)
        except Refusal as refusal:
            assert str(refusal.sentence)
            continue
        question = db.session.get(Question, posted.id)
        assert question.slug and len(question.slug) <= 80
        assert posted.masked or question.title == " ".join(text.normalise(one[:110] + PADDING).split())
        kept += 1
    assert kept > 30


def test_drafts_and_topics_take_anything(ada, naughty):
    for one in naughty[::7]:
        try:
            if save_draft(ada, "ask", title=one, body=one, fields={one[:20]: one}):
                assert load_draft(ada, "ask").body == text.normalise(one)
            checked_tags(ada, [one])
        except Refusal as refusal:
            assert str(refusal.sentence)
