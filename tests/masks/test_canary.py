"""A canary under a mask: a whole life of a question, and nobody but the asker and the team ever reads who it was."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.closing.erasing import registered
from accounts.digests import building
from accounts.masks.models import Mask
from accounts.notifications import preferences
from accounts.notifications.listening import Hours
from accounts.notifications.models import Notification
from accounts.notifications.rules import EVENTS, NIGHT, Mail, Rhythm
from common.db import db
from common.unit_of_work import unit_of_work
from forum.following.following import follow
from forum.following.rules import TargetKind
from forum.questions.commenting import comment_on
from forum.questions.models import Comment, Post
from forum.questions.publishing import publish_everything, set_screener
from forum.reactions.following import follow_question
from forum.reactions.voting import give_kudos, me_too
from forum.solutions.proposing import propose_solution
from forum.suggestions.suggesting import suggest_edit
from rewards.badges.rules import BadgeKey
from rewards.leaderboards import building as boards
from rewards.leaderboards.models import LeaderboardSum
from rewards.ledger.models import LedgerEntry
from tests.conftest import all_rows
from tests.masks.conftest import BODY, INITIALS, PERSON, TITLE
from tests.web.test_every_route import address, rules

HELP = "Ask a notary for the papers first, then an expert who has seen the machine."
TRACE = re.compile(rf"quillaja|xanthe|{PERSON}|qx@example|>\s*{INITIALS}\s*<", re.IGNORECASE)
KNOWN_TO = {
    "mask.person_id", "ledger_entry.member_id", "ledger_entry.actor_id", "balance.member_id",
    "notification.member_id", "member_session.member_id", "sending.member_id", "draft.member_id", "ask_visit.member_id",
    "ledger_day.member_id", "rank_change.member_id", "notification_preference.member_id", "alert_choice.member_id", "digest.member_id",
    "points_told.member_id", "rank_figures.member_id", "seen_month.member_id", "satisfaction.asker_id",
}  # fmt: skip
"""Rows about the person that no page of anybody else reads."""


def post(browser, path, **fields):
    """Send a form; it must be taken."""
    response = browser.post(f"/en{path}", data=fields)
    assert response.status_code in (200, 204, 303), (path, response.status_code, response.text[:400])
    return response


@pytest.fixture
def asker(app, client, person, sign_in):
    """The person's browser."""
    return sign_in(person.now(), app.test_client())


@pytest.fixture
def lived(app, asker, person, sign_in, ben, cleo, mo, drain, at):
    """A question asked under a mask through the page without scripts, and everything that can happen to it."""
    set_screener(publish_everything)
    everything = {event.key: (True, Mail.NOW, True) for event in EVENTS if not event.always}
    for who in (ben, cleo, person.now()):
        preferences.choose(who, everything, Hours("Europe/Paris", NIGHT, Rhythm.DAILY))
    for who in (ben, cleo):
        follow(who, TargetKind.CATEGORY, 1)
    sent = asker.post("/en/questions/ask", data={
        "title": TITLE, "body": BODY, "category_id": "1", "language": "en", "unnamed": "1", "step": "publish",
    })  # fmt: skip
    assert sent.status_code == 303, sent.text[:500]
    question = int(sent.headers["Location"].rpartition("/")[2])
    assert "Only you and the team" in asker.get(sent.headers["Location"]).text
    drain()
    at(timedelta(hours=2))
    other = sign_in(ben, app.test_client())
    post(other, f"/questions/{question}/answers", body=HELP)
    answer = db.session.scalar(select(Post.id).where(Post.question_id == question))
    follow_question(cleo, question)
    me_too(cleo, question)
    give_kudos(ben, question)

    def do(path, **fields):
        at(timedelta(minutes=20))
        return post(asker, path, **fields)

    do(f"/posts/{answer}/comments", body="Thank you, but where do I find one?")
    do(f"/posts/{question}/comments", body="There is a plate below it, too.")
    do(f"/questions/{question}/answers", body="I found an expert myself, in the next town over.")
    own = db.session.scalar(select(Post.id).where(Post.question_id == question).order_by(Post.id.desc()))
    do(f"/posts/{answer}/kudos", on="1")
    do(f"/questions/{question}/invite", name="Cleo")
    do(f"/questions/{question}/read")
    do(
        f"/posts/{question}/edit",
        title=TITLE,
        body=BODY + " It still works.",
        version="1",
        category_id="1",
        tags="",
    )
    at(timedelta(minutes=20))
    comment = comment_on(ben, question, body="Which plate do you mean?").id
    suggested = suggest_edit(cleo, question, version=2, body=BODY + " It still works well.", reason="a word")
    do(f"/suggestions/{suggested}/approve")
    propose_solution(cleo, question, answer)
    do(f"/questions/{question}/accept?answer={answer}", **{f"thanks-{answer}": "That was kind and right."})
    do(f"/questions/{question}/unaccept", on=str(answer))
    do(f"/questions/{question}/accept?answer={answer}")
    drain()
    for _day in range(2):
        at(timedelta(days=1))
        building.begin_due()
        drain()
    at(timedelta(minutes=1))
    return {"question": question, "answer": answer, "own": own, "comment": comment}


def places(app, lived):
    """Every address of the map for the question, its answers and the mask."""
    mask_id = db.session.scalar(select(Mask.member_id))
    found = []
    for rule in rules(app, "GET"):
        for one in ("question", "answer", "own", "comment"):
            values = {
                "id": lived[one],
                "question_id": lived["question"],
                "post_id": lived[one],
                "answer_id": lived["answer"],
            }
            if rule.endpoint.startswith(("members.", "messages.", "desk.member")):
                values["id"] = mask_id
            path = address(app, rule, {**values, "member_id": mask_id, "lang": "en"})
            if path not in found:
                found.append(path)
    question = lived["question"]
    slug = "my-inheritance-and-a-machine-in-the-flat"
    found += [
        f"/en/questions/{question}/{slug}", f"/en/questions/{question}/{slug}?sort=new", f"/fr/questions/{question}/{slug}",
        f"/en/search?q=inheritance&author={mask_id}", "/en/search?q=inheritance", "/en/?tab=wanted", "/en/?tab=unanswered",
        f"/en/questions/{question}/people?q=q", "/en/questions/similar?title=My+inheritance+and+a+machine",
        "/en/members/2/ben", "/en/members/2/ben?tab=answers", "/en/members/2/ben?tab=praise", "/en/members/2/ben?tab=badges",
        f"/en/members/{mask_id}/member", f"/en/questions/{question}/{slug}?quote={lived['own']}", "/en/members/",
        "/en/notifications?all=1", "/en/rewards", "/en/rewards/history", "/en/categories/washing?sort=new",
        *(f"/en/badges/{key.value}" for key in BadgeKey),
    ]  # fmt: skip
    return found


def leaks(browser, paths):
    """Addresses that name the person, in their body or their headers."""
    found = []
    for path in paths:
        with browser.get(path) as response:
            words = response.get_data().decode("utf-8", "replace") + str(response.headers)
            if trace := TRACE.search(words):
                found.append((path, trace.group(), words[max(0, trace.start() - 90) : trace.end() + 40]))
    return found


def test_nobody_reads_who_asked_under_a_mask(
    app, lived, sign_in, ben, cleo, newcomer, outbox, asker, mo, sam, person
):
    paths = places(app, lived)
    assert len(paths) > 200
    browsers = {"visitor": app.test_client()}
    browsers |= {who.display_name: sign_in(who, app.test_client()) for who in (ben, cleo, newcomer)}
    public = [path for path in paths if "/desk" not in path]
    seen = {name: leaks(browser, paths) for name, browser in browsers.items()}
    seen |= {who.display_name: leaks(sign_in(who, app.test_client()), public) for who in (mo, sam)}
    assert not {name: found[:3] for name, found in seen.items() if found}
    page = app.test_client().get(f"/en/questions/{lived['question']}/", follow_redirects=True).text
    assert page.count("A customer") > 3 and TITLE in page
    profile = app.test_client().get(f"/en/members/{PERSON}/quillaja-xanthe")
    assert profile.status_code == 200
    for tab in ("", "?tab=questions", "?tab=answers"):
        shown = browsers["Ben"].get(f"/en/members/{PERSON}/quillaja-xanthe{tab}").text
        assert TITLE not in shown and f"/{lived['question']}/" not in shown
    mails = [mail for mail in outbox() if mail["To"] and "qx@" not in str(mail["To"])]
    assert len([mail for mail in mails if TITLE in mail.as_string()]) > 3
    assert not [mail["Subject"] for mail in mails if TRACE.search(mail.as_string())]
    own = [mail for mail in outbox() if "qx@" in str(mail["To"])]
    assert any(TITLE in str(mail["Subject"]) for mail in own)
    # the person's own pages know, and so may the team once it asks
    assert TITLE in asker.get("/en/mine").text and TITLE in asker.get("/en/mine?tab=follows").text
    assert (
        "Only you and the team"
        in asker.get(f"/en/questions/{lived['question']}/", follow_redirects=True).text
    )


def test_what_is_stored_about_the_thread_names_only_the_mask(app, lived, person):
    columns = {
        (c.class_.__tablename__, c.key)
        for plan in registered().values()
        for c in (*plan.erased, *plan.blanked, *plan.kept)
    }
    tables = {table.name: table for table in db.metadata.sorted_tables}
    named = set()
    for table_name, column in columns:
        table = tables[table_name]
        if db.session.execute(select(table.c[column]).where(table.c[column] == PERSON).limit(1)).first():
            named.add(f"{table_name}.{column}")
    assert named <= KNOWN_TO
    for other in db.session.scalars(select(Notification).where(Notification.member_id != PERSON)):
        assert str(PERSON) not in f"{other.params} {other.cause}"
    forum = {"post", "question", "revision", "kudos", "follow", "me_too", "read_position", "solution_proposal", "thanks",
             "helped_mark", "answer_invitation", "suggested_edit", "search_document", "tidy_act"}  # fmt: skip
    assert not [
        row for name, rows in all_rows().items() if name in forum for row in rows if str(PERSON) in row
    ]


def test_points_come_to_the_person_and_count_as_theirs(app, lived, person):
    rules = set(db.session.scalars(select(LedgerEntry.rule_key).where(LedgerEntry.member_id == PERSON)))
    assert {"onboard.first_question", "asker.accepted"} <= rules
    mask_id = db.session.scalar(select(Mask.member_id))
    assert not db.session.scalars(select(LedgerEntry).where(LedgerEntry.member_id == mask_id)).all()


def test_a_path_without_the_mask_would_be_caught(app, lived):
    with unit_of_work():
        question = db.session.get(Post, lived["question"])
        forgotten = Comment(
            author_id=PERSON, question_id=question.id, parent_id=question.id, body="x", body_html="x", language="en",
            state="published", published_at=question.published_at, created_at=question.published_at,
        )  # fmt: skip
        db.session.add(forgotten)
    app.test_client().get("/")
    found = leaks(
        app.test_client(), [f"/en/posts/{forgotten.id}/history", f"/en/posts/{lived['question']}/comments"]
    )
    from common import freshness

    with unit_of_work():
        freshness.touch(f"question:{lived['question']}")
    found += leaks(app.test_client(), [f"/en/posts/{lived['question']}/comments"])
    assert found


def test_no_leaderboard_says_what_was_earned_under_a_mask(app, lived):
    boards.rebuild()
    db.session.rollback()
    assert not db.session.scalars(select(LeaderboardSum).where(LeaderboardSum.member_id == PERSON)).all()
