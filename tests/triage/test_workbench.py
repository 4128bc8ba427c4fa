"""The agents' workbench: replies that were read first, templates, official answers read again, what customers thought."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.notifications.models import Notification
from common.config import current_config, use_config
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.unit_of_work import unit_of_work
from forum.questions.answering import answer_question
from forum.questions.commenting import comment_on
from forum.questions.models import Post, Question
from forum.solutions.accepting import accept_answer
from moderation.escalation import cases
from moderation.escalation.models import CaseNote
from moderation.escalation.rules import CaseState
from moderation.macros import keeping, queries, using
from moderation.macros.keeping import MacroDraft
from moderation.macros.models import Macro
from moderation.officials import checking
from moderation.officials.models import OfficialCheck
from moderation.replies.guarding import AsksInPublic, JustReplied
from moderation.satisfaction import answering, asking
from moderation.satisfaction.models import Satisfaction
from moderation.workbench import present, replying
from moderation.workbench.replying import SomethingNew
from moderation.workbench.rules import Doing
from tests.triage.conftest import MONDAY, case

ANSWER = "Clean the small filter behind the hatch, then run a short cycle."
ASKING = "Could you send us your order number? We look at it at once."


def told(kind):
    return sorted(db.session.scalars(db.select(Notification.member_id).where(Notification.kind == kind)))


def seen(case_id):
    token = str(replying.seen_now(case_id))
    db.session.rollback()
    return token


# --- replies ----------------------------------------------------------------------------------------------------------------


def test_a_reply_with_nothing_new_is_sent(open_case, sam):
    case_id = open_case()
    replying.reply(sam, case_id, ANSWER, seen(case_id))
    assert case(case_id).state is CaseState.ANSWERED


def test_what_others_did_meanwhile_is_shown_and_confirmed(open_case, sam, max_, ada, ben, at):
    case_id = open_case()
    before = seen(case_id)
    at(MONDAY + timedelta(hours=4, minutes=5))
    cases.note(max_, case_id, "The laboratory knows this.")
    comment_on(ada, case(case_id).question_id, body="It happens with every programme, by the way.")
    with pytest.raises(SomethingNew) as new:
        replying.reply(sam, case_id, ANSWER, before)
    assert {one.kind for one in new.value.news} >= {"note", "post"}
    assert case(case_id).state is CaseState.QUEUED
    cases.note(max_, case_id, "And this as well.")
    with pytest.raises(SomethingNew) as again:
        replying.reply(sam, case_id, ANSWER, before, new.value.token)
    replying.reply(sam, case_id, ANSWER, before, again.value.token)
    assert case(case_id).state is CaseState.ANSWERED


def test_ones_own_notes_are_nothing_new(open_case, sam):
    case_id = open_case()
    before = seen(case_id)
    cases.note(sam, case_id, "Looking at it.")
    replying.reply(sam, case_id, ANSWER, before)
    assert case(case_id).state is CaseState.ANSWERED


def test_a_second_answer_of_the_team_within_a_minute_is_confirmed(open_case, sam, max_, at, make_question):
    case_id = open_case()
    question_id = case(case_id).question_id
    answer_question(max_, question_id, body="Another colleague knows this as well and says so.")
    with pytest.raises(Conflict):
        answer_question(sam, question_id, body=ANSWER)
    at(MONDAY + timedelta(hours=4, minutes=3))
    answer_question(sam, question_id, body=ANSWER)


def test_a_question_back_is_a_reply_of_the_team_as_well(open_case, sam, max_):
    case_id = open_case()
    question_id = case(case_id).question_id
    asked = cases.wait_for_asker(max_, case_id, "Which model is it, and since when does it do that?").id
    for read in (None, asked - 1):
        with pytest.raises(JustReplied) as refused:
            answer_question(sam, question_id, body=ANSWER, read_up_to=read)
        assert refused.value.unread_id == asked
    with pytest.raises(SomethingNew):
        replying.ask(sam, case_id, "Does it leak at the door, or below the drum?", seen(case_id))
    assert answer_question(sam, question_id, body=ANSWER, read_up_to=asked).id


def test_a_reply_that_asks_for_a_personal_detail_is_blocked_wherever_it_is_written(open_case, sam, mo, at):
    case_id = open_case()
    question_id = case(case_id).question_id
    for act in (
        lambda: replying.reply(sam, case_id, ASKING, seen(case_id)),
        lambda: answer_question(mo, question_id, body=ASKING),
        lambda: comment_on(sam, question_id, body=ASKING),
        lambda: cases.wait_for_asker(sam, case_id, ASKING),
    ):
        with pytest.raises(AsksInPublic) as refusal:
            act()
        assert "in private" in str(refusal.value.fields["body"])
    assert case(case_id).state is CaseState.QUEUED
    assert not db.session.scalar(db.select(db.func.count(Post.id)).where(Post.question_id == question_id))


def test_the_same_is_fine_in_private_and_for_customers(open_case, sam, ben):
    from moderation.private import talking

    case_id = open_case()
    talking.begin(sam, case_id, ASKING)
    question_id = case(case_id).question_id
    assert db.session.get(Question, question_id, populate_existing=True).private_at is not None


def test_a_customer_is_not_read_for_that(open_case, ben):
    case_id = open_case()
    assert answer_question(ben, case(case_id).question_id, body=ASKING).id


def test_the_sixth_same_reply_within_an_hour_is_refused(app, at, ada, sam, make_question):
    at(MONDAY)
    ids = [make_question(ada, title=f"Parcel number {n} did not come either") for n in range(7)]
    for n, question_id in enumerate(ids[:5]):
        answer_question(sam, question_id, body=ANSWER.upper() if n % 2 else ANSWER)
    with pytest.raises(TooMany):
        answer_question(sam, ids[5], body=ANSWER)
    at(MONDAY + timedelta(minutes=61))
    answer_question(sam, ids[6], body=ANSWER)


def test_a_variable_without_a_value_is_not_sent(open_case, sam):
    case_id = open_case()
    with pytest.raises(Invalid) as refusal:
        replying.reply(sam, case_id, "Hello {{asker}}, " + ANSWER, seen(case_id))
    assert "{{asker}}" in str(refusal.value.fields["body"])
    assert case(case_id).state is CaseState.QUEUED


@pytest.mark.parametrize("name", ["ada", "mo", "zed"])
def test_who_does_not_answer_officially_replies_to_no_case(open_case, name, request):
    case_id = open_case()
    with pytest.raises(Forbidden):
        replying.reply(request.getfixturevalue(name), case_id, ANSWER, seen(case_id))


# --- who is there -----------------------------------------------------------------------------------------------------------


def test_presence_is_a_lease_of_thirty_seconds(open_case, sam, max_, ada, at):
    case_id = open_case()
    present.note(sam, case_id, Doing.VIEWING)
    present.note(sam, case_id, Doing.WRITING)
    assert [(one.name, doing) for one, doing in present.others(max_, case_id)] == [("Sam", Doing.WRITING)]
    assert present.others(sam, case_id) == []
    with pytest.raises(Forbidden):
        present.note(ada, case_id, Doing.VIEWING)
    at(MONDAY + timedelta(hours=4, minutes=1, seconds=31))
    assert present.others(max_, case_id) == []
    at(MONDAY + timedelta(hours=4, minutes=3))
    present.forget()


# --- templates --------------------------------------------------------------------------------------------------------------


def draft(**more):
    return MacroDraft(
        **{
            "title": "Thanks",
            "body": "Hello {{asker|there}}, about {{title}}: we look.",
            "language": "en",
            **more,
        }
    )


def test_a_template_is_filled_in_used_and_counted(open_case, sam):
    case_id = open_case()
    macro_id = keeping.save(sam, draft(is_shared=True))
    text, values = using.fill_in(sam, case_id, macro_id)
    assert text == "Hello Ada, about My parcel never came: we look."
    assert dict(values) == {"asker": "Ada", "title": "My parcel never came"}
    replying.reply(sam, case_id, text, seen(case_id), macro_id=macro_id)
    assert [line.macro.used_count for line in queries.lines(sam)] == [1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"), ({"body": "short"}, "body"), ({"language": "xx"}, "language"), ({"category_id": 999}, "category_id"),
        ({"body": "Hello {{nobody_knows}}, we look at it."}, "body"), ({"body": ASKING}, "body"),
    ],
)  # fmt: skip
def test_templates_that_cannot_be_sent_are_refused(app, sam, changes, field):
    with pytest.raises(Invalid) as refusal:
        keeping.save(sam, draft(**changes))
    assert field in refusal.value.fields
    assert not db.session.scalar(db.select(db.func.count(Macro.id)))


def test_a_template_for_private_messages_may_ask(app, sam):
    assert keeping.save(sam, draft(body=ASKING, is_public=False))


def test_templates_are_their_owners_and_the_managers(open_case, sam, max_, ada, mo):
    case_id = open_case()
    mine = keeping.save(max_, draft())
    for who in (ada, mo):
        with pytest.raises(Forbidden):
            keeping.save(who, draft())
    with pytest.raises(Forbidden):
        keeping.save(sam, draft(title="Other"), mine)
    with pytest.raises(NotFound):
        using.fill_in(sam, case_id, mine)
    keeping.save(max_, draft(title="Other", is_shared=True), mine, seen=1)
    with pytest.raises(Conflict):
        keeping.save(max_, draft(title="Third"), mine, seen=1)
    assert [one.title for one in using.offered(sam, "en", 1)] == ["Other"]
    assert keeping.retire(max_, mine) and not keeping.retire(max_, mine)
    assert using.offered(sam, "en", 1) == []


# --- official answers ---------------------------------------------------------------------------------------------------------


def test_an_official_answer_is_read_again_after_a_year(open_case, sam, ada, at):
    case_id = open_case()
    posted = replying.reply(sam, case_id, ANSWER, seen(case_id))
    assert checking.tell_due() == 0
    at(MONDAY + timedelta(days=366))
    assert (checking.due_count(), checking.tell_due(), checking.tell_due()) == (1, 1, 0)
    assert told("official-check") == [sam.member_id]
    with pytest.raises(Forbidden):
        checking.confirm(ada, posted.id)
    checking.confirm(sam, posted.id)
    assert checking.due_count() == 0 and len(checking.due(sam).items) == 1
    checking.confirm(sam, posted.id, for_good=True)
    assert db.session.get(OfficialCheck, posted.id, populate_existing=True).due_at is None
    with pytest.raises(NotFound):
        checking.confirm(sam, 999)


# --- what customers thought -----------------------------------------------------------------------------------------------------


@pytest.fixture
def solved(open_case, sam, ada):
    """A case that was answered and accepted; the question's id."""
    case_id = open_case()
    posted = replying.reply(sam, case_id, ANSWER, seen(case_id))
    question_id = case(case_id).question_id
    accept_answer(ada, question_id, posted.id)
    return question_id


def rows():
    return list(
        db.session.scalars(
            db.select(Satisfaction).order_by(Satisfaction.id).execution_options(populate_existing=True)
        )
    )


SOLVED = MONDAY + timedelta(hours=4, minutes=1)


def test_a_customer_is_asked_a_day_later_once_and_answers_once(solved, ada, at):
    at(SOLVED + timedelta(hours=23))
    assert asking.ask_due() == 0
    with pytest.raises(NotFound):
        answering.say(ada, solved, 5)
    at(SOLVED + timedelta(hours=25))
    assert (asking.ask_due(), asking.ask_due()) == (1, 0)
    assert told("how-was-it") == [ada.member_id]
    for bad in (0, 6, None):
        with pytest.raises(Invalid):
            answering.say(ada, solved, bad)
    assert answering.say(ada, solved, 4, "Fast. Call me: 06 12 34 56 78", False)
    assert not answering.say(ada, solved, 1)
    [row] = rows()
    assert (row.score, row.by_community, row.case_id) == (4, False, 1)
    assert "06 12" not in row.comment


def test_who_was_asked_in_a_cycle_is_not_asked_in_it_again(solved, at):
    at(SOLVED + timedelta(hours=25))
    assert asking.ask_due() == 1
    with unit_of_work():
        asking.note_solved(solved)  # another answer is chosen instead
    at(SOLVED + timedelta(hours=60))
    assert asking.ask_due() == 0 and len(rows()) == 1


def test_nobody_else_answers_and_nobody_after_the_window(solved, ada, ben, at):
    at(SOLVED + timedelta(hours=25))
    asking.ask_due()
    with pytest.raises(NotFound):
        answering.say(ben, solved, 5)
    at(SOLVED + timedelta(days=16))
    with pytest.raises(Conflict):
        answering.say(ada, solved, 5)
    assert rows()[0].score is None


def test_who_is_not_helped_after_all_is_not_asked(solved, ada, at):
    from forum.solutions.settling import say_unsolved

    at(SOLVED + timedelta(hours=2))
    say_unsolved(ada, solved)
    at(SOLVED + timedelta(hours=30))
    assert asking.ask_due() == 0 and told("how-was-it") == []


def test_while_something_is_broken_it_waits_another_day(solved, sam, at):
    from moderation.incidents import declaring
    from moderation.incidents.declaring import Words

    at(SOLVED + timedelta(hours=25))
    declaring.declare(
        sam,
        Words("Une panne partout", "An outage everywhere"),
        Words("Nous y travaillons.", "We are on it."),
        1,
        None,
    )
    assert asking.ask_due() == 0
    assert rows()[0].asked_at is None and rows()[0].dropped_at is None


def test_what_customers_said_stands_with_the_template(open_case, sam, ada, at):
    case_id = open_case()
    macro_id = keeping.save(sam, draft(is_shared=True))
    posted = replying.reply(sam, case_id, ANSWER, seen(case_id), macro_id=macro_id)
    accept_answer(ada, case(case_id).question_id, posted.id)
    at(SOLVED + timedelta(hours=25))
    asking.ask_due()
    answering.say(ada, case(case_id).question_id, 3)
    [line] = queries.lines(sam)
    assert (line.score, line.rated) == (3.0, 1)


# --- a note is nowhere else -----------------------------------------------------------------------------------------------------

CANARY = "Quillaja saponaria 7731"


@pytest.mark.parametrize("known", [True, False])
def test_a_note_opens_with_an_earlier_key_and_else_the_page_says_why_not(open_case, sam, sign_in, known):
    case_id, now = open_case(), current_config()
    earlier = "earlier-" + "y" * 40
    try:
        use_config(replace(now, secret_key=earlier))
        cases.note(sam, case_id, f"{CANARY} @Max please look.")
        use_config(replace(now, secrets_before=(earlier,) if known else ()))
        text = sign_in(sam).get(f"/en/desk/escalations/{case_id}").text
    finally:
        use_config(now)
    assert (CANARY in text, "This note cannot be opened" in text) == (known, not known)


def test_an_internal_note_is_in_its_own_table_and_nowhere_else(
    open_case, sam, max_, ada, client, sign_in, drain, outbox
):
    from tests.conftest import all_rows

    case_id = open_case()
    question_id = case(case_id).question_id
    cases.note(sam, case_id, f"{CANARY} @Max please look.")
    replying.reply(sam, case_id, ANSWER, seen(case_id))
    drain()
    holding = {table for table, rows in all_rows().items() if any("7731" in row for row in rows)}
    assert holding == {"support_case_note"}
    assert [note.body for note in db.session.scalars(db.select(CaseNote))] == [f"{CANARY} @Max please look."]
    [kept] = db.session.scalars(db.text("SELECT body FROM support_case_note"))
    assert "7731" not in kept, "sealed where it stands"
    for browser in (client, sign_in(ada)):
        for path in (
            f"/en/questions/{question_id}/-",
            "/en/search?q=quillaja",
            "/en/questions/",
            f"/api/v1/questions/{question_id}",
            "/en/notifications",
        ):
            assert "Quillaja" not in browser.get(path, follow_redirects=True).text, path
    assert not [mail for mail in outbox() if "7731" in mail.as_string()]


def test_the_case_is_answered_through_its_page(open_case, sign_in, sam, max_, at):
    case_id, browser = open_case(), sign_in(sam)
    page = browser.get(f"/en/desk/escalations/{case_id}").text
    assert 'name="seen"' in page
    before = seen(case_id)
    refused = browser.post(f"/en/desk/escalations/{case_id}/answer", data={"body": ASKING, "seen": before})
    assert (
        refused.status_code == 422
        and "Ask in private" in refused.text
        and ASKING.split("?")[0] in refused.text
    )
    cases.note(max_, case_id, "Wait, the laboratory knows more.")
    new = browser.post(f"/en/desk/escalations/{case_id}/answer", data={"body": ANSWER, "seen": before})
    assert (
        new.status_code == 409
        and "the laboratory knows more" in new.text
        and "Publish all the same" in new.text
    )
    sent = {"body": ANSWER, "seen": before, "confirm": seen(case_id)}
    assert browser.post(f"/en/desk/escalations/{case_id}/answer", data=sent).status_code == 303
    assert case(case_id).state is CaseState.ANSWERED


def test_templates_and_presence_through_the_page(open_case, sign_in, sam, max_, app):
    case_id, browser = open_case(), sign_in(sam)
    form = {
        "title": "Thanks",
        "body": "Hello {{asker|there}}, we look at it now.",
        "language": "en",
        "shared": "1",
    }
    assert browser.post("/en/desk/templates/new", data=form).status_code == 303
    assert browser.post("/en/desk/templates/new", data={**form, "body": ASKING}).status_code == 422
    assert "Thanks" in browser.get("/en/desk/templates").text
    filled = browser.post(f"/en/desk/escalations/{case_id}/template", data={"body": "", "macro_id": "1"}).text
    assert "Hello Ada, we look at it now." in filled and "asker = Ada" in filled
    browser.get(f"/en/desk/escalations/{case_id}")
    other = sign_in(max_, app.test_client())
    assert "Sam is reading" in other.get(f"/en/desk/escalations/{case_id}").text
    browser.post(f"/en/desk/escalations/{case_id}/here", data={"doing": "writing"})
    assert "Sam is writing" in other.post(f"/en/desk/escalations/{case_id}/here", data={}).text
    assert "E-" in browser.get("/en/desk/escalations?view=list").text


def test_a_customer_says_it_on_a_page(solved, sign_in, ada, at):
    at(SOLVED + timedelta(hours=25))
    asking.ask_due()
    browser = sign_in(ada)
    path = f"/en/questions/{solved}/how-was-it"
    page, thread = browser.get(path).text, f"/en/questions/{solved}"
    title = db.session.scalar(db.select(Question.title).where(Question.id == solved))
    assert "How satisfied are you" in page and f">{title}</a>" in page
    assert path in browser.get(thread, follow_redirects=True).text
    assert browser.post(path, data={"comment": "kept words"}).status_code == 422
    assert browser.post(path, data={"score": "5", "community": "yes"}).status_code == 303
    assert "You have said what you think" in browser.get(path).text
    assert path not in browser.get(thread, follow_redirects=True).text
    with unit_of_work():
        assert rows()[0].by_community is True


# --- two who answer at once ------------------------------------------------------------------------------------------------------

LATER = "Let the drum dry for an hour before; the workshop says so."


@pytest.fixture
def second(open_case, sam, max_, app, sign_in):
    """Sam has answered a case on which Max was writing, in an agent's role; what the page says when Max sends."""
    case_id = open_case()
    before = seen(case_id)
    replying.reply(sam, case_id, ANSWER, before)
    browser = sign_in(max_, app.test_client())
    sent = {"body": LATER, "seen": before}
    return case_id, browser, sent, browser.post(f"/en/desk/escalations/{case_id}/answer", data=sent)


def answers(case_id):
    query = db.select(Post.body).where(Post.question_id == case(case_id).question_id, Post.kind == "answer")
    return list(db.session.scalars(query.order_by(Post.id)))


def test_the_second_of_two_answers_sees_the_first_keeps_its_text_and_goes_beside_it_once_confirmed(second):
    case_id, browser, sent, page = second
    assert page.status_code == 409 and ANSWER[:40] in page.text and LATER in page.text
    assert "Publish all the same" in page.text and answers(case_id) == [ANSWER]
    assert browser.post(f"/en/desk/escalations/{case_id}/answer", data=sent).status_code == 409
    read = {**sent, "confirm": seen(case_id)}
    assert browser.post(f"/en/desk/escalations/{case_id}/answer", data=read).status_code == 303
    assert answers(case_id) == [ANSWER, LATER]
    official = db.session.get(Question, case(case_id).question_id, populate_existing=True).official_answer_id
    assert db.session.get(Post, official).body == ANSWER and case(case_id).state is CaseState.ANSWERED


@pytest.mark.parametrize(
    "garbage", ["", "none", "1.2", "9" * 40, f"{2**31}.0.0", f"0.{2**31}.0", f"0.0.{10**18}"]
)
def test_a_form_that_does_not_say_what_was_seen_has_seen_nothing(second, garbage):
    case_id, browser, sent, _page = second
    again = browser.post(f"/en/desk/escalations/{case_id}/answer", data={**sent, "seen": garbage})
    assert again.status_code == 409 and answers(case_id) == [ANSWER]


def test_a_template_filled_in_meanwhile_does_not_count_as_having_read(open_case, sign_in, sam, ben):
    case_id, browser = open_case(), sign_in(sam)
    before = seen(case_id)
    keeping.save(sam, draft(is_shared=True))
    answer_question(ben, case(case_id).question_id, body="It was the seal, and a new one costs little.")
    sent = {"body": ANSWER, "seen": before}
    page = browser.post(f"/en/desk/escalations/{case_id}/template", data={**sent, "macro_id": "1"}).text
    assert f'name="seen" value="{before}"' in page


def test_who_wrote_while_a_colleague_took_the_case_keeps_the_text(open_case, sign_in, sam, max_, app):
    from accounts.members.models import Member
    from accounts.members.rules import Role

    with unit_of_work():
        db.session.get_one(Member, max_.member_id).role = Role.AGENT
    case_id = open_case()
    cases.take(sam, case_id)
    browser = sign_in(max_, app.test_client())
    page = browser.get(f"/en/desk/escalations/{case_id}").text
    assert "Sam answers here" in page and 'name="body"' not in page
    sent = {"body": LATER, "seen": seen(case_id)}
    refused = browser.post(f"/en/desk/escalations/{case_id}/answer", data=sent)
    assert refused.status_code == 403 and LATER in refused.text and answers(case_id) == []
