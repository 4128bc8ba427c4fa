"""A small history run through the real ladder: the figures, and that nothing of this site is touched."""

from __future__ import annotations

import json

import pytest

from common import clock
from common.db import db
from forum.questions.models import Post
from moderation.escalation.models import Ladder, StageRow
from moderation.replay import commands
from moderation.targets import categories, choosing
from tests.conftest import PRESENT

QUESTIONS = """id,created,updated,locale,product,title,is_solved,solution,is_spam,topic,tags,creator,content,is_archived,is_locked,num_answers,num_votes
1,2026-03-02 09:00:00 +0000,2026-03-02 09:00:00 +0000,en-US,p,The drum stays full of water,false,,false,washing,,ann,<p>It stops and shows E18. What now?</p>,false,false,1,0
2,2026-03-02 09:00:30 +0000,2026-03-02 09:00:30 +0000,en-US,p,The filter smells after a week,false,,false,washing,,ann,<p>I cleaned it twice and it comes back.</p>,false,false,1,0
3,2026-03-02 10:00:00 +0000,2026-03-02 10:00:00 +0000,en-US,p,Nobody knows this one at all,false,,false,washing,,bob,<p>It never worked since the first day.</p>,false,false,0,0
4,2026-03-02 11:00:00 +0000,2026-03-02 11:00:00 +0000,en-US,p,Smoke comes out of the dryer,false,,false,washing,,bob,<p>There is smoke at the back of it.</p>,false,false,0,0
"""
ANSWERS = """id,question_id,created,updated,content,creator,is_spam,num_helpful,num_unhelpful
11,1,2026-03-02 09:40:00 +0000,2026-03-02 09:40:00 +0000,<p>Open the small hatch and clean the filter behind it.</p>,carl,false,0,0
12,2,2026-03-02 15:00:00 +0000,2026-03-02 15:00:00 +0000,<p>Run an empty cycle at ninety degrees with vinegar.</p>,carl,false,0,0
13,3,2026-03-02 10:30:00 +0000,2026-03-02 10:30:00 +0000,<p>I forgot to say that it is the large model of the year.</p>,bob,false,0,0
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "questions.csv").write_text(QUESTIONS)
    (tmp_path / "answers.csv").write_text(ANSWERS)
    return tmp_path


def test_the_figures_of_a_small_history(app, folder):
    figures = commands.run(folder, "default", every=15)
    assert (figures.questions, figures.answers) == (4, 3)
    reached = {stage: found.reached for stage, found in figures.stages.items()}
    assert reached == {"E2": 3, "E3": 3, "E4": 3, "E5": 3, "warning": 2, "E6": 2, "E6+": 2}
    assert figures.safety == 1
    assert figures.peer_before_staff == 1
    assert figures.peer_after_staff_told == 1
    assert figures.never_answered == 2
    assert figures.staff_told == 3
    assert figures.stages["E4"].late_max_s <= 15
    assert figures.failed == 0


def test_a_slower_worker_is_later(app, folder):
    quick = commands.run(folder, "default", every=15)
    slow = commands.run(folder, "default", every=3600)
    assert slow.stages["E2"].late_max_s > quick.stages["E2"].late_max_s


def test_the_replay_touches_nothing_here(app, folder, drain, outbox):
    commands.run(folder, "default", every=60)
    assert abs((clock.now() - PRESENT).total_seconds()) < 60
    for table in (Post, Ladder, StageRow):
        assert db.session.scalar(db.select(db.func.count()).select_from(table)) == 0
    assert drain() == 0
    assert outbox() == []


def test_the_policy_of_this_site_can_be_played(app, folder, settings_override):
    with settings_override(escalation__normal_staff=20, escalation__normal_visible=5):
        figures = commands.run(folder, "current", every=15)
    assert figures.peer_before_staff == 0
    assert figures.stages["E4"].reached == 4


def test_its_categories_are_played_as_they_go_here(app, folder, max_):
    slow = commands.run(folder, "current", every=60)
    for category, _manner in categories.every():
        categories.change(max_, category.id, choosing.Manner(factor=0.1), "faster everywhere")
    with_same_key = {category.key for category, _manner in categories.every()}
    quick = commands.run(folder, "current", every=60)
    assert "washing" in with_same_key
    assert quick.stages["E4"].reached > slow.stages["E4"].reached


def test_the_command_ends_with_one_line_of_json(app, folder):
    result = app.test_cli_runner().invoke(args=["replay", str(folder), "--policy", "default"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.strip().splitlines()[-1])
    assert figures["questions"] == 4
    assert "passed to the team" in result.stdout


def test_a_folder_of_something_else_is_refused(app, tmp_path):
    result = app.test_cli_runner().invoke(args=["replay", str(tmp_path)])
    assert result.exit_code == 1
    assert "questions.csv" in result.output


def test_a_real_history_can_be_played(app, data_dir):
    figures = commands.run(data_dir / "se-coffee-2015", "default", every=15)
    assert (figures.questions, figures.answers, figures.failed) == (225, 327, 0)
    assert figures.stages["E4"].late_max_s <= 15
    assert 0.5 < figures.peer_before_staff_share < 0.8
