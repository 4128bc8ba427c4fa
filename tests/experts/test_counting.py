"""What members did is counted by topic from what stands there, and those who could help are found by it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from common import clock, settings
from common.db import db
from forum.questions import withdrawing
from forum.search import index
from forum.solutions.accepting import accept_answer
from moderation.experts import choosing, counting
from moderation.experts.models import ExpertRecord
from moderation.experts.rules import Part, Why
from tests.conftest import START

ROOT = Path(__file__).resolve().parents[2]
LATER = START + timedelta(days=1)


def record(actor, topic):
    row = db.session.get(ExpertRecord, (topic, actor.member_id), populate_existing=True)
    return (row.answers, row.accepted) if row else None


@pytest.fixture
def solved(app, at, drain, ada, cleo, make_question, make_answer):
    """Cleo solved a question of ada's about machines a day ago."""
    at(START)
    question_id = make_question(ada, title="The washing machine leaks at the door")
    answer_id = make_answer(cleo, question_id)
    accept_answer(ada, question_id, answer_id)
    drain()
    at(LATER)
    return question_id, answer_id


def test_an_accepted_answer_counts_in_every_topic_of_its_question(solved, cleo):
    topics = set(
        db.session.scalars(db.select(ExpertRecord.topic).where(ExpertRecord.member_id == cleo.member_id))
    )
    assert {topic.split(":")[0] for topic in topics} >= {"language", "category"}
    assert {record(cleo, topic) for topic in topics} == {(1, 1)}


def test_an_answer_that_is_taken_back_counts_no_more(app, ada, ben, make_question, make_answer, drain):
    answer_id = make_answer(ben, make_question(ada))
    drain()
    assert record(ben, "language:en") == (1, 0)
    withdrawing.withdraw_post(ben, answer_id)
    drain()
    assert record(ben, "language:en") is None


def test_answers_to_own_questions_and_counting_twice_change_nothing(solved, ada, cleo, make_answer, drain):
    make_answer(ada, solved[0])
    drain()
    before = [
        (r.topic, r.member_id, r.warmth, r.answers) for r in db.session.scalars(db.select(ExpertRecord))
    ]
    assert ada.member_id not in {row[1] for row in before}
    assert counting.count_all() >= 1
    db.session.expire_all()
    after = [(r.topic, r.member_id, r.warmth, r.answers) for r in db.session.scalars(db.select(ExpertRecord))]
    assert sorted(before) == sorted(after)


def test_who_solved_such_a_question_is_suggested_with_the_reason(solved, ada, ben, cleo, make_question):
    index.rebuild()
    question_id = make_question(ben, title="A leak at the door of the washing machine")
    found = choosing.ranked(question_id, clock.now())
    assert found[0].member_id == cleo.member_id
    assert (found[0].why, found[0].count, found[0].proven) == (Why.SOLVED, 1, True)
    assert found[0].parts[Part.TEXT] == pytest.approx(settings.get("experts.weight_text"))


def test_the_asker_is_never_suggested(solved, cleo, make_question):
    question_id = make_question(cleo, title="My own washing machine leaks now")
    assert cleo.member_id not in [one.member_id for one in choosing.ranked(question_id, clock.now())]


def test_choosing_asks_the_database_a_bounded_number_of_times(solved, ben, make_question, count_queries):
    question_id = make_question(ben, title="A leak at the door of the washing machine")
    index.rebuild()
    with count_queries() as seen:
        choosing.ranked(question_id, clock.now())
    assert len(seen) <= 20


def test_the_measure_ends_with_one_line_of_json(tmp_path):
    questions, answers = (
        ["id,created,title,content,creator,locale"],
        ["id,question_id,created,content,creator"],
    )
    for n in range(1, 21):
        questions.append(
            f"{n},2024-07-{n:02} 10:00:00 +0000,Loud propeller {n},<p>It hums.</p>,asker{n},en-US"
        )
        answers.append(f"{100 + n},{n},2024-07-{n:02} 11:00:00 +0000,<p>Oil the axle well.</p>,ben")
        answers.append(f"{200 + n},{n},2024-07-{n:02} 12:00:00 +0000,<p>Thank you.</p>,asker{n}")
    (tmp_path / "questions.csv").write_text("\n".join(questions) + "\n", "utf-8")
    (tmp_path / "answers.csv").write_text("\n".join(answers) + "\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bench.experts", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["questions"] == 6, "the last 30 % of twenty questions"
    assert last["hit_at_5"] == last["most_active_hit_at_5"] == last["top1pct_share"] == 1.0
