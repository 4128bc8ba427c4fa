"""The measure of the search: its yardstick, its sets, and one run from end to end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bench import sets
from bench.tfidf import TfIdf

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = """id,created,title,content,creator,locale
1,2024-07-01 10:00:00 +0000,Propeller too loud,<p>It hums at night.</p>,ada,en-US
2,2024-07-02 10:00:00 +0000,Lost password,<p>The letter never came.</p>,ben,en-US
3,2024-07-03 10:00:00 +0000,Loud propeller,<p>Every night the same.</p>,cleo,en-US
"""
ANSWERS = (
    "id,question_id,created,content,creator\n9,1,2024-07-01 11:00:00 +0000,<p>Oil the axle well.</p>,ben\n"
)
LINKS = "question_id,linked_question_id,kind\n1,3,duplicate\n3,2,related\n3,404,duplicate\n"


@pytest.fixture
def folder(tmp_path):
    for name, content in (
        ("questions.csv", QUESTIONS),
        ("answers.csv", ANSWERS),
        ("linked_questions.csv", LINKS),
    ):
        (tmp_path / name).write_text(content, "utf-8")
    return tmp_path


def test_the_yardstick_finds_the_text_with_most_rare_words_in_common():
    plain = TfIdf({1: ("Loud propeller", "at night"), 2: ("Lost password", "at night"), 3: ("Belt", "torn")})
    assert plain.nearest("propeller noise", "at night", 2) == [1, 2]
    assert plain.nearest("propeller noise", "at night", 2, without=1) == [2]
    assert plain.nearest("zeppelin", "", 2) == []


def test_a_set_is_known_by_its_files(folder, tmp_path_factory):
    assert isinstance(sets.of(folder), sets.LinkedForum)
    with pytest.raises(click.BadParameter):
        sets.of(tmp_path_factory.mktemp("empty"))


def test_the_later_question_is_asked_whichever_way_the_link_goes():
    older, newer = (7, 1), (3, 2)
    assert list(sets._pair("duplicate", older, newer)) == list(sets._pair("duplicate", newer, older))
    assert next(iter(sets._pair("duplicate", older, newer))) == sets.Pair("duplicate", 3, 7)
    assert list(sets._pair("duplicate", older, None)) == list(sets._pair("duplicate", older, older)) == []


def test_a_run_ends_with_one_line_of_json(folder):
    done = subprocess.run(
        [sys.executable, "-m", "bench.search", str(folder), "--engine", "whoosh"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["engine"] == "whoosh" and last["questions"] == 3
    assert (last["duplicates"], last["related"]) == (1, 1), (
        "the link to a question that is not there is left out"
    )
    assert last["duplicate_recall_at_10"] == last["tfidf_duplicate_recall_at_10"] == 1.0
