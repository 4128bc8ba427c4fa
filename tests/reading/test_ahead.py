"""A reader's own marks come along with the visit: the same ones, of this reader, of this page, and for this request only."""

from __future__ import annotations

import json

import pytest

from common import ahead
from common.db import db
from forum.drafts.drafting import save_draft
from forum.questions.models import Question
from forum.reactions.following import follow_question
from forum.reactions.voting import give_kudos
from forum.thread import own, snapshot
from forum.thread.own import Own, own_marks


@pytest.fixture
def seen(client, sign_in, monkeypatch):
    """Lets somebody look at a question; tells the marks the page was made with, and whether they came along."""
    real = ahead.Rows.of

    def look(who, question_id: int) -> tuple[Own, bool]:
        told = []

        def of(self, me, role, **values):
            alone = []
            monkeypatch.setattr(self._alone, "rows", lambda **given: alone.append(given) or read(**given))
            told.append((real(self, me, role, **values), not alone))
            monkeypatch.setattr(self._alone, "rows", read)
            return told[-1][0]

        read = own._OWN_MARKS._alone.rows
        monkeypatch.setattr(ahead.Rows, "of", of)
        page = sign_in(who, client.application.test_client()).get(address(question_id))
        monkeypatch.setattr(ahead.Rows, "of", real)
        assert page.status_code == 200
        return told[-1]

    return look


@pytest.fixture
def thread(ada, ben, cleo, make_question, make_answer):
    question_id = make_question(ada)
    answers = [
        make_answer(ben, question_id),
        make_answer(cleo, question_id, body="Another way: turn the filter first."),
    ]
    return question_id, answers


def address(question_id: int) -> str:
    slug = db.session.get(Question, question_id).slug
    db.session.rollback()
    return f"/en/questions/{question_id}/{slug}"


def marks(who, question_id: int) -> Own:
    return own_marks(who, question_id, [post.id for post in snapshot.snapshot(question_id).thread.posts])


def test_the_second_reader_gets_the_marks_with_the_visit_and_they_are_the_same(seen, ada, cleo, mo, thread):
    question_id, answers = thread
    give_kudos(cleo, answers[0])
    follow_question(cleo, question_id)
    save_draft(cleo, f"answer:{question_id}", body="Half of an answer")
    seen(ada, question_id)
    for who in (cleo, mo, ada):
        rows, along = seen(who, question_id)
        assert along
        alone = own._OWN_MARKS.of(
            who.member_id, who.role, **own.marks_wanted(question_id, posts(question_id))[1]
        )
        assert sorted(map(str, map(_plain, rows))) == sorted(map(str, map(_plain, alone)))


def posts(question_id: int) -> list[int]:
    return [post.id for post in snapshot.snapshot(question_id).thread.posts]


def _plain(row) -> tuple:
    mark, number, at, words = row
    return mark, number, own.moment_of(at), words


def test_a_post_that_came_meanwhile_is_asked_for(seen, ada, ben, cleo, thread, make_answer):
    question_id, _answers = thread
    seen(ada, question_id)
    late = make_answer(ben, question_id, body="One more idea: look at the pump.")
    give_kudos(cleo, late)
    rows, along = seen(cleo, question_id)
    assert not along and ("k", late) in [tuple(row[:2]) for row in rows]


def test_nothing_stays_for_the_next_request(seen, ada, cleo, thread):
    question_id, answers = thread
    seen(ada, question_id)
    seen(cleo, question_id)
    give_kudos(cleo, answers[0])
    assert marks(cleo, question_id).kudos == {answers[0]}
    assert marks(ada, question_id).kudos == frozenset()


def test_what_came_for_one_reader_is_not_taken_for_another(app, ada, cleo, thread):
    question_id, answers = thread
    give_kudos(cleo, answers[0])
    wanted = ahead.Wanted((), own.marks_wanted(question_id, posts(question_id)))
    ahead.keep(wanted, cleo.member_id, None, json.dumps([["k", answers[0], None, None]]))
    try:
        assert marks(cleo, question_id).kudos == {answers[0]}
        assert marks(ada, question_id).kudos == frozenset()
    finally:
        ahead._forget(None)
