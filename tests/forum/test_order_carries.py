"""What goes along with a merge and a split, what comes back, and questions that lead elsewhere or come from another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.db import db
from common.unit_of_work import unit_of_work
from forum.asking.sending import send_question
from forum.fields.keeping import FieldDraft, add_field
from forum.housekeeping.merging import merge_question, part_question
from forum.housekeeping.splitting import join_again, split_question
from forum.products.models import Device, Product
from forum.questions import publishing
from forum.questions.forms import AskForm, ask_from_draft
from forum.questions.models import Post, PostLink, Question
from forum.questions.rules import PostState
from forum.screening import Screening
from forum.solutions.accepting import accept_answer
from forum.solutions.closing import close_question, reopen_question
from forum.solutions.drift import drifts
from moderation.escalation import clocks
from moderation.escalation.models import Ladder
from moderation.escalation.sla_rules import Metric, Standing
from tests.conftest import START
from tests.states.conftest import HELP, state, thread


@pytest.fixture(autouse=True)
def at_the_beginning(app, at):
    at(START)


@pytest.fixture
def machine(app) -> int:
    """A product of the catalogue; its owner is ben, proven."""
    with unit_of_work():
        product = Product(key="A1", name="Ondea 8", slug="ondea-8", category_id=1, brand="Brevane")
        db.session.add(product)
        db.session.flush()
        db.session.add(Device(member_id=2, product_id=product.id, verified_at=START))
        product.owner_count = 1
        return product.id


@pytest.fixture
def fields(max_) -> tuple[str, str]:
    """Two fields of the first category."""
    one = add_field(max_, 1, FieldDraft("Modèle exact", "Exact model"))
    return str(one), str(add_field(max_, 1, FieldDraft("Étage", "Floor")))


def asked(product_id):
    return db.session.get(Product, product_id, populate_existing=True).question_count


def marked(post_id):
    return db.session.get(Post, post_id, populate_existing=True).verified_owner


# --- merge ----------------------------------------------------------------------------------------------------------


def test_a_merge_gives_product_and_facts_where_none_were_said_and_takes_them_back(
    mo, ada, ben, cleo, machine, fields, make_question, make_answer
):
    model, floor = fields
    source = make_question(ada, product_id=machine, details={model: "WD-8", floor: "3"})
    target = make_question(cleo, title="Another question here", details={floor: "1"})
    answer, theirs = make_answer(ben, source), make_answer(ben, target, body=HELP + " Twice.")
    assert (asked(machine), marked(answer), marked(theirs)) == (1, True, False)
    act = merge_question(mo, source, target)
    assert thread(target).product_id == machine and thread(target).details == {floor: "1", model: "WD-8"}
    assert asked(machine) == 1 and marked(theirs) and not list(drifts())
    part_question(mo, act)
    assert thread(target).product_id is None and thread(target).details == {floor: "1"}
    assert thread(source).details == {model: "WD-8", floor: "3"}
    assert (asked(machine), marked(answer), marked(theirs)) == (1, True, False) and not list(drifts())


def test_a_merge_changes_no_product_that_was_said(mo, ada, ben, cleo, machine, make_question, make_answer):
    with unit_of_work():
        db.session.add(Product(key="B1", name="Perco Uno", slug="perco-uno", category_id=1, brand="Brevane"))
    other = db.session.scalar(db.select(Product.id).where(Product.key == "B1"))
    source, target = make_question(ada, product_id=machine), make_question(cleo, product_id=other)
    answer = make_answer(ben, source)
    act = merge_question(mo, source, target)
    assert thread(target).product_id == other and (asked(machine), asked(other)) == (0, 1)
    assert not marked(answer), "ben owns the one, not the other"
    part_question(mo, act)
    assert (asked(machine), asked(other)) == (1, 1) and marked(answer) and not list(drifts())


def test_what_was_said_since_stays_when_a_merge_is_undone(mo, ada, cleo, machine, fields, make_question):
    from forum.products.filing import file_under_product

    source, target = make_question(ada, product_id=machine, details={fields[0]: "WD-8"}), make_question(cleo)
    act = merge_question(mo, source, target)
    file_under_product(mo, target, None)
    part_question(mo, act)
    assert thread(target).product_id is None and asked(machine) == 1 and not list(drifts())


def test_a_merged_question_that_is_removed_and_restored_is_merged_still(
    mo, ada, ben, cleo, make_question, make_answer, client
):
    source, target = make_question(ada), make_question(cleo, title="Another question here")
    answer = make_answer(ben, source)
    act = merge_question(mo, source, target)
    publishing.remove(mo, source)
    publishing.restore(mo, source)
    assert thread(source).state == PostState.MERGED and thread(source).merged_into_id == target
    assert thread(source).removed_at is None and not list(drifts())
    assert str(target) in client.get(f"/en/questions/{source}").headers["Location"]
    part_question(mo, act)
    assert db.session.get(Post, answer).question_id == source and thread(source).answer_count == 1
    publishing.remove(mo, source)
    publishing.restore(mo, source)
    assert thread(source).state == PostState.PUBLISHED and not list(drifts())


# --- split ----------------------------------------------------------------------------------------------------------


def test_a_split_question_is_about_the_same_and_joins_again(
    mo, ada, ben, machine, fields, make_question, make_answer
):
    details = {fields[0]: "WD-8"}
    home = make_question(ada, product_id=machine, details=details)
    answer = make_answer(ben, home)
    split = split_question(mo, home, [answer], title="A question of its own")
    assert thread(split).product_id == machine and thread(split).details == details
    assert asked(machine) == 2 and marked(split) and not list(drifts())
    from forum.housekeeping.models import TidyAct

    join_again(mo, db.session.scalar(db.select(TidyAct.id)))
    assert asked(machine) == 1 and marked(answer) and not list(drifts())


# --- the clock of what leads elsewhere --------------------------------------------------------------------------------


def reading(question_id):
    ladder = db.session.get(Ladder, question_id, populate_existing=True)
    return clocks.reading_of(ladder, Metric.FIRST_REPLY_ANY)


def test_the_clock_of_a_duplicate_rests_and_goes_on_when_it_is_none(mo, ada, cleo, make_question, at):
    question, original = make_question(ada), make_question(cleo, title="Another question here")
    at(timedelta(minutes=20))
    close_question(mo, question, "duplicate", duplicate_of_id=original)
    assert reading(question).standing is Standing.PAUSED and reading(question).due_at is None
    at(timedelta(days=2))
    reopen_question(mo, question)
    at(timedelta(minutes=10))
    assert reading(question).standing is Standing.RUNNING
    assert reading(question).worked == timedelta(minutes=30)
    assert db.session.get(Ladder, question, populate_existing=True).due_at is not None


def test_a_question_closed_for_good_is_cancelled(mo, ada, make_question):
    question = make_question(ada)
    close_question(mo, question, "off_topic")
    assert reading(question).standing is Standing.CANCELLED


def test_a_duplicate_that_waited_for_its_asker_waits_on(mo, ada, cleo, make_question, at):
    from forum.questions.answering import answer_question
    from forum.questions.rules import ReplyKind

    question, original = make_question(ada), make_question(cleo, title="Another question here")
    at(timedelta(minutes=5))
    answer_question(cleo, question, body="Which model is it exactly?", kind=ReplyKind.NEEDS_INFO)
    close_question(mo, question, "duplicate", duplicate_of_id=original)
    reopen_question(mo, question)
    at(timedelta(days=1))
    assert state(question) == "needs_info" and reading(question).standing is Standing.PAUSED
    assert reading(question).worked == timedelta(minutes=5)


# --- asking again about something old -----------------------------------------------------------------------------


@pytest.fixture
def old(ada, ben, make_question, make_answer, at) -> int:
    """A question of ada's that was solved two months ago."""
    question = make_question(ada, title="The door does not close any more")
    accept_answer(ada, question, make_answer(ben, question))
    at(timedelta(days=60))
    return question


def form(about, **more):
    return AskForm(
        title="It does not close again since today", body=HELP, category_id=1, about=str(about), **more
    )


def links():
    return [(one.question_id, one.linked_id, one.kind) for one in db.session.scalars(db.select(PostLink))]


def test_later_a_new_question_is_offered_and_linked_both_ways(ada, old, sign_in):
    browser = sign_in(ada)
    page = browser.get(f"/en/questions/{old}", follow_redirects=True).text
    assert "No, still a problem" not in page and f"/en/questions/ask?about={old}" in page
    ask = browser.get(f"/en/questions/ask?about={old}").text
    assert "Linked to your earlier question:" in ask and f'name="about" value="{old}"' in ask
    sent = browser.post(
        "/en/questions/ask",
        data={
            "title": "It does not close again since today",
            "body": HELP,
            "category_id": "1",
            "about": str(old),
        },
    )
    assert sent.status_code == 303
    new = max(db.session.scalars(db.select(Question.id)))
    assert links() == [(new, old, "related")]
    assert "It does not close again" in browser.get(f"/en/questions/{old}", follow_redirects=True).text
    assert "The door does not close" in browser.get(f"/en/questions/{new}", follow_redirects=True).text


def test_within_a_month_it_is_opened_again_instead(ada, ben, make_question, make_answer, sign_in):
    question = make_question(ada)
    accept_answer(ada, question, make_answer(ben, question))
    page = sign_in(ada).get(f"/en/questions/{question}", follow_redirects=True).text
    assert "No, still a problem" in page and "ask?about" not in page


def test_only_own_questions_are_linked(ada, ben, cleo, mo, old, make_question, sign_in):
    assert "Linked to your earlier" not in sign_in(cleo).get(f"/en/questions/ask?about={old}").text
    send_question(cleo, form(old))
    publishing.remove(mo, old)
    send_question(ada, form(old, tried="Cleaning"))
    send_question(ben, form(999_999, tried="Nothing"))
    assert links() == []


def test_the_same_question_sent_twice_is_linked_once_and_a_draft_keeps_it(ada, old):
    first, again = send_question(ada, form(old)), send_question(ada, form(old))
    assert first.id == again.id and links() == [(first.id, old, "related")]
    kept = ask_from_draft("", "", form(old).fields(), "en")
    assert kept.about_id == old


def test_a_held_question_is_named_nowhere_before_it_is_published(ada, mo, old, client):
    def hold(submission):
        return Screening(submission.title, submission.body, ("first_post",))

    before = publishing._screener
    publishing.set_screener(hold)
    try:
        new = send_question(ada, form(old)).id
    finally:
        publishing.set_screener(before)
    path = f"/en/questions/{old}"
    assert "It does not close again" not in client.get(path, follow_redirects=True).text
    publishing.release(mo, new)
    assert "It does not close again" in client.get(path, follow_redirects=True).text
