"""Digests: built in parts that can be cut and repeated, for who is there, and true when they leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from accounts.digests import building, queries, sections
from accounts.digests.models import Digest, DigestRun
from accounts.members.models import Member
from accounts.notifications import preferences, telling, unsubscribing
from accounts.notifications.listening import Hours
from accounts.notifications.models import Notification
from accounts.notifications.queries import lines_of
from accounts.notifications.rules import NIGHT, Rhythm
from common.clock import now
from common.db import db, insert_many, update_where
from common.i18n import using_language
from common.jobs import Job
from common.unit_of_work import unit_of_work
from forum.following.following import follow
from forum.following.rules import TargetKind
from forum.positions.models import ReadPosition
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.models import Post, Question
from forum.solutions.accepting import accept_answer
from forum.suggesting import sections as suggestions

PARIS = ZoneInfo("Europe/Paris")
HELP = "Unplug it, open the small hatch and clean the filter."


@pytest.fixture(autouse=True)
def _sunday(app, at, morning):
    at(datetime(2026, 3, 8, 15, 0, tzinfo=PARIS))
    with unit_of_work():
        update_where(Member, Member.id < 900, last_seen_at=now())


@pytest.fixture
def expert(ada, ben, make_question, make_answer, at):
    """Ben has solved something in the first category."""
    question = make_question(ada, title="A question that Ben has solved")
    accept_answer(ada, question, make_answer(ben, question))
    telling.mark_read(ben, up_to_id=10**9)
    return ben


def monday_morning(at, drain):
    """The hour before nine: digests are built; then nine o'clock: they leave."""
    at(datetime(2026, 3, 9, 8, 5, tzinfo=PARIS))
    building.begin_due()
    drain()
    at(datetime(2026, 3, 9, 9, 0, tzinfo=PARIS))
    drain()


def digests() -> int:
    return db.session.scalar(select(func.count()).select_from(Digest)) or 0


def to(outbox, name: str) -> list:
    """Digests that hold suggestions."""
    mails = [mail for mail in outbox() if mail["To"] == f"{name}@example.com"]
    return [mail for mail in mails if "you could know" in text_of(mail) or "Still waiting" in text_of(mail)]


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def crowd(count: int) -> list[int]:
    """So many members with a solution of one and the same answer's category."""
    ids = list(range(5000, 5000 + count))
    with unit_of_work():
        insert_many(
            Member,
            [
                {
                    "id": n, "email": f"m{n}@example.com", "email_key": f"m{n}@example.com", "email_verified_at": now(),
                    "display_name": f"M {n}", "name_key": f"m {n}", "slug": f"m-{n}", "language": "en", "rank": 1,
                    "joined_at": now(),
                }
                for n in ids
            ],
        )  # fmt: skip
        template = db.session.scalars(select(Post).where(Post.kind == "answer")).first()
        question = db.session.get(Question, template.question_id)
        for n in ids:
            solved = Question(
                author_id=1, title=f"Solved by {n}", slug="x", category_id=1, language="en", body="b", body_html="b",
                state="published", published_at=now(), help_state="solved", answer_count=1,
            )  # fmt: skip
            db.session.add(solved)
            db.session.flush()
            answer = type(template)(
                author_id=n, question_id=solved.id, body="b", body_html="b", language="en", state="published",
                published_at=now(),
            )  # fmt: skip
            db.session.add(answer)
            db.session.flush()
            solved.accepted_answer_id = answer.id
        assert question is not None
    return ids


def test_points_are_one_line_of_the_digest_with_their_sum(ada):
    rows = [
        Notification(
            id=n, member_id=ada.member_id, kind="points", cause=f"c{n}", params={"points": 25}, question_id=None,
            created_at=now(),
        )
        for n in range(3)
    ]  # fmt: skip
    with using_language("en"):
        folded, apart = lines_of(rows, folded=True), lines_of(rows)
        assert [str(line.sentence) for line in folded] == [
            "You earned 75 points: your answers help everybody."
        ]
        assert [str(line.sentence) for line in apart] == [
            "You earned 25 points: your answer helps everybody."
        ] * 3


# --- what is in it -------------------------------------------------------------------------------------------


def test_a_digest_brings_what_i_could_answer_and_what_still_waits(
    expert, ada, make_question, at, drain, outbox
):
    at(timedelta(days=-20))
    make_question(ada, title="An old question about the drum", body=HELP)
    at(timedelta(days=20))
    make_question(ada, title="A fresh question about the drum", body=HELP + " Please.")
    make_question(ada, title="A question about coffee", body=HELP + " Thanks.", category_id=2)
    drain()
    monday_morning(at, drain)
    (mail,) = to(outbox, "ben")
    text = text_of(mail)
    assert (
        text.index("you could know")
        < text.index("A fresh question")
        < text.index("Still waiting")
        < text.index("An old")
    )
    assert "coffee" not in text and "has solved" not in text
    html = mail.get_body(("html",)).get_content()
    assert "<h2>Unanswered, and you could know</h2>" in html and html.count("/questions/") >= 2
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (
        unsubscribing.read(mail["List-Unsubscribe"].strip("<>").rpartition("/")[2]).event
        == unsubscribing.GATHERED
    )
    assert to(outbox, "cleo") == to(outbox, "ada") == []


def test_a_digest_is_written_in_the_members_language(expert, ada, make_question, at, drain, outbox):
    make_question(ada, title="A fresh question about the drum")
    with unit_of_work():
        update_where(Member, Member.id == expert.member_id, language="fr")
    monday_morning(at, drain)
    french = [mail for mail in outbox() if mail["To"] == "ben@example.com"][-1]
    assert "Sans réponse, et vous pourriez savoir" in text_of(french)
    assert 'lang="en">A fresh question' in french.get_body(("html",)).get_content()


def test_news_and_suggestions_of_one_morning_are_one_letter(expert, ada, make_question, at, drain, outbox):
    follow(expert, TargetKind.CATEGORY, 2)
    make_question(ada, title="A question about coffee", category_id=2)
    make_question(ada, title="A fresh question about the drum", body=HELP)
    drain()
    before = len(outbox())
    monday_morning(at, drain)
    (mail,) = [mail for mail in outbox()[before:] if mail["To"] == "ben@example.com"]
    text = text_of(mail)
    assert "Your news" in mail["Subject"] and "New in what you follow" in text
    assert "A question about coffee (Coffee)" in text and "A fresh question" in text


def test_what_was_read_or_suggested_before_is_not_suggested(expert, ada, make_question, at, drain, outbox):
    read = make_question(ada, title="A question that was read", body=HELP)
    make_question(ada, title="A question that is suggested")
    with unit_of_work():
        db.session.add(ReadPosition(member_id=expert.member_id, question_id=read, seen_at=now()))
    monday_morning(at, drain)
    assert "was read" not in text_of(to(outbox, "ben")[0]) and "is suggested" in text_of(to(outbox, "ben")[0])
    at(datetime(2026, 3, 16, 8, 5, tzinfo=PARIS))
    building.begin_due()
    at(datetime(2026, 3, 16, 9, 5, tzinfo=PARIS))
    drain()
    assert len(to(outbox, "ben")) == 1


# --- for whom ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"closed_at": "now"},
        {"email_verified_at": None},
        {"email": None},
        {"suspended_until": "later"},
        {"last_seen_at": "long ago"},
    ],
)
def test_who_left_is_suspended_absent_or_has_no_mailbox_gets_nothing(
    expert, ada, make_question, at, drain, outbox, values
):
    make_question(ada, title="A fresh question about the drum")
    moments = {"now": now(), "later": now() + timedelta(days=90), "long ago": now() - timedelta(days=400)}
    with unit_of_work():
        update_where(
            Member, Member.id == expert.member_id, **{k: moments.get(v, v) for k, v in values.items()}
        )
    monday_morning(at, drain)
    assert digests() == 0 and to(outbox, "ben") == []


def test_who_is_suspended_after_the_building_gets_nothing(expert, ada, make_question, at, drain, outbox):
    make_question(ada, title="A fresh question about the drum")
    at(datetime(2026, 3, 9, 8, 5, tzinfo=PARIS))
    building.begin_due()
    drain()
    assert digests() == 1
    with unit_of_work():
        update_where(Member, Member.id == expert.member_id, suspended_until=now() + timedelta(days=9))
    at(datetime(2026, 3, 9, 9, 0, tzinfo=PARIS))
    drain()
    assert to(outbox, "ben") == []


def test_who_wants_none_gets_none_and_daily_comes_on_a_tuesday(
    expert, ada, cleo, make_question, at, drain, outbox
):
    preferences.choose(expert, {}, Hours("Europe/Paris", NIGHT, Rhythm.NEVER))
    make_question(ada, title="A fresh question about the drum")
    monday_morning(at, drain)
    assert digests() == 0
    preferences.choose(expert, {}, Hours("America/Martinique", (21, 10), Rhythm.DAILY))
    at(datetime(2026, 3, 10, 14, 5, tzinfo=PARIS))  # five past nine there
    building.begin_due()
    drain()
    at(datetime(2026, 3, 10, 14, 59, tzinfo=PARIS))
    drain()
    assert to(outbox, "ben") == []
    at(datetime(2026, 3, 10, 15, 0, tzinfo=PARIS))
    drain()
    assert len(to(outbox, "ben")) == 1


def test_hours_in_which_nobodys_morning_begins_look_at_nobody(
    expert, ada, make_question, at, drain, count_queries
):
    make_question(ada)
    building.begin_due()
    (run_id,) = building.unfinished_runs()
    with count_queries() as seen:
        progress = building.build_part(run_id)
    assert progress.finished and progress.looked == 0 and len(seen) <= 8


# --- only what is true ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("move", ["hide", "remove", "withdraw", "answer"])
def test_what_is_taken_away_or_answered_before_the_letter_leaves_is_not_in_it(
    expert, ada, mo, cleo, make_question, at, drain, outbox, move
):
    question = make_question(ada, title="A canary about the drum")
    at(datetime(2026, 3, 9, 8, 5, tzinfo=PARIS))
    building.begin_due()
    drain()
    assert digests() == 1
    if move == "answer":
        answer_question(cleo, question, body=HELP)
    else:
        getattr(publishing, move)(ada if move == "withdraw" else mo, question)
    at(datetime(2026, 3, 9, 9, 0, tzinfo=PARIS))
    drain()
    assert not [mail for mail in outbox() if "canary" in mail.as_string() and mail["To"] == "ben@example.com"]


def test_the_preview_shows_the_same_and_writes_nothing(expert, ada, make_question, at, rows, count_queries):
    make_question(ada, title="A fresh question about the drum")
    before = rows()
    with using_language("en"), count_queries() as seen:
        found = queries.preview(expert.member_id, "en")
    assert rows() == before and len(seen) <= 20
    assert [str(line.text) for part in found.parts for line in part.lines] == [
        "A fresh question about the drum"
    ]
    assert found.due_at == datetime(2026, 3, 9, 9, 0, tzinfo=PARIS)


# --- many, cut and repeated ----------------------------------------------------------------------------------


def test_parts_cost_the_same_whatever_their_size_and_a_cut_run_goes_on(
    expert, ada, make_question, at, count_queries
):
    crowd(60)
    for number in range(8):
        make_question(ada, title=f"Open question number {number}", body=f"{HELP} {number}")
    at(datetime(2026, 3, 9, 8, 5, tzinfo=PARIS))
    (run_id,) = building.begin_due()
    costs = []
    for size in (20, 40):
        with count_queries() as seen:
            progress = building.build_part(run_id, size)
        costs.append(len(seen))
        assert not progress.finished
    assert abs(costs[0] - costs[1]) <= 1 and max(costs) <= 20  # the settings are read every few seconds
    with unit_of_work():
        update_where(DigestRun, DigestRun.id == run_id, after_id=0)  # as if the last part had been lost
    while not progress.finished:
        progress = building.build_part(run_id, 25)
    assert digests() == 61
    letters = select(func.count()).select_from(Job).where(Job.unique_key.like("mail:digest:%:suggestions"))
    assert db.session.scalar(letters) == 61
    again = building.build_part(run_id)
    assert again.finished and digests() == 61


def test_the_job_builds_part_after_part_to_the_end(expert, ada, make_question, at, drain, monkeypatch):
    monkeypatch.setattr(building, "PART", 20)
    monkeypatch.setattr(building.build_part, "__defaults__", (20,))
    crowd(50)
    make_question(ada, title="A fresh question about the drum")
    at(datetime(2026, 3, 9, 8, 5, tzinfo=PARIS))
    building.begin_due()
    drain()
    assert digests() == 51 and building.unfinished_runs() == []
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == "digests.part")) >= 3


def test_a_late_worker_catches_up_once_and_a_run_left_lying_is_taken_up(
    expert, ada, make_question, at, drain
):
    make_question(ada, title="A fresh question about the drum")
    at(datetime(2026, 3, 9, 7, 5, tzinfo=PARIS))
    assert len(building.begin_due()) == 1 and building.begin_due() == []
    at(datetime(2026, 3, 9, 12, 5, tzinfo=PARIS))
    assert len(building.begin_due()) == 5
    with unit_of_work():
        db.session.query(Job).filter(Job.kind == "digests.part").delete()
    at(timedelta(hours=1, minutes=1))
    building.begin_due()
    drain()
    assert building.unfinished_runs() == [] and digests() == 1


def test_two_workers_build_one_run_without_building_anything_twice(
    expert, ada, make_question, at, in_threads
):
    crowd(40)
    make_question(ada, title="A fresh question about the drum")
    at(datetime(2026, 3, 9, 8, 5, tzinfo=PARIS))
    (run_id,) = building.begin_due()

    def work(_number):
        while not building.build_part(run_id, 7).finished:
            pass

    assert in_threads(3, work) == [None] * 3
    assert digests() == 41
    run = db.session.get(DigestRun, run_id)
    assert run.written_count == 41


def test_what_is_old_is_forgotten(expert, ada, make_question, at, drain):
    make_question(ada)
    monday_morning(at, drain)
    assert digests() == 1
    at(timedelta(days=61))
    building.forget_old()
    assert digests() == 0


def test_sections_are_bounded(expert, ada, make_question):
    for number in range(9):
        make_question(ada, title=f"Open question number {number}", body=f"{HELP} {number}")
    reader = sections.Reader(expert.member_id, "en", {})
    assert len(sections.choose([reader])[expert.member_id]["could"]) == suggestions.MOST


# --- the command ---------------------------------------------------------------------------------------------


def test_the_command_builds_shows_progress_and_tries_without_writing(
    app, expert, ada, make_question, at, rows
):
    make_question(ada, title="A fresh question about the drum")
    runner = app.test_cli_runner()
    at(datetime(2026, 3, 9, 8, 5, tzinfo=PARIS))
    before = rows()
    tried = runner.invoke(args=["digests", "send", "--dry-run"])
    everybody = runner.invoke(args=["digests", "send", "--dry-run", "--everybody", "--part", "2"])
    assert tried.exit_code == everybody.exit_code == 0, tried.output
    assert (
        "1 with suggestions. Nothing was written." in tried.output
        and "1 with suggestions" in everybody.output
    )
    assert rows() == before
    sent = runner.invoke(args=["digests", "send", "--part", "3"])
    assert sent.exit_code == 0 and "1 digests written" in sent.output and digests() == 1
    again = runner.invoke(args=["digests", "send"])
    assert "0 digests written" in again.output and digests() == 1
    assert "1 written" in runner.invoke(args=["digests", "status"]).output
    assert runner.invoke(args=["digests", "send", "--everybody"]).exit_code == 2
