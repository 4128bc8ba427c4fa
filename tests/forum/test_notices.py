"""Who hears of what, once, and no longer than it is true."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.notifications import telling
from accounts.notifications.models import Notification
from accounts.notifications.queries import page_of_news
from common.db import db
from common.i18n import using_language
from forum.drafts.drafting import load_draft, save_draft
from forum.jobs import ask_whether_solved, forget_drafts
from forum.notices import kinds
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.commenting import comment_on
from forum.questions.editing import edit_post
from forum.questions.models import Sending
from forum.reactions.following import follow_question, unfollow_question
from forum.reactions.voting import give_kudos, withdraw_kudos
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.closing import close_question, reopen_question
from forum.solutions.endorsing import endorse_answer, withdraw_endorsement
from tests.conftest import START

HELP = "Unplug it, open the small hatch and clean the filter."


@pytest.fixture
def question(ada, make_question, at):
    at(START)
    return make_question(ada)


FORUM = {kind.key for kind in kinds._KINDS}


def heard(actor):
    """What a member finds of the forum on the news page, oldest first."""
    mine = (
        Notification.member_id == actor.member_id,
        Notification.withdrawn_at.is_(None),
        Notification.kind.in_(FORUM),
    )
    return list(db.session.scalars(select(Notification.kind).where(*mine).order_by(Notification.id)))


def test_the_asker_hears_of_an_answer_and_its_author_does_not(ada, ben, question):
    answer_question(ben, question, body=HELP)
    assert heard(ada) == ["question-answered"] and heard(ben) == []


def test_followers_hear_by_a_job_once(ada, ben, cleo, question, drain):
    follow_question(cleo, question)
    answer_question(ben, question, body=HELP)
    assert heard(cleo) == []
    drain()
    drain()
    assert heard(cleo) == ["followed-answered"] and heard(ada) == ["question-answered"]


def test_who_stopped_following_hears_nothing(ben, cleo, question, drain):
    follow_question(cleo, question)
    unfollow_question(cleo, question)
    answer_question(ben, question, body=HELP)
    drain()
    assert heard(cleo) == []


def test_an_answer_removed_before_the_job_ran_is_not_told(ben, mo, cleo, question, drain):
    follow_question(cleo, question)
    posted = answer_question(ben, question, body=HELP)
    publishing.remove(mo, posted.id)
    drain()
    assert heard(cleo) == []


def test_a_removed_answer_is_heard_of_no_more_and_again_when_it_returns(ada, ben, mo, question):
    posted = answer_question(ben, question, body=HELP)
    publishing.hide(mo, posted.id)
    assert heard(ada) == []
    publishing.restore(mo, posted.id)
    assert heard(ada) == ["question-answered"]


def test_a_removed_question_takes_all_its_news_along(ada, ben, mo, question):
    answer_question(ben, question, body=HELP)
    comment_on(ada, question, body="Any idea?")
    publishing.remove(mo, question)
    assert heard(ada) == [] and heard(ben) == []


def test_a_question_that_returns_brings_no_news_of_what_is_away_for_itself(
    ada, ben, cleo, mo, question, at, drain, outbox
):
    at(timedelta(hours=11, minutes=30))
    follow_question(cleo, question)
    posted = answer_question(ben, question, body=HELP)
    comment_on(ada, posted.id, body="Which hatch is that?")
    drain()
    publishing.remove(mo, posted.id)
    assert heard(ada) == heard(ben) == heard(cleo) == []
    publishing.hide(mo, question)
    publishing.restore(mo, question)
    drain()
    assert heard(ada) == heard(ben) == heard(cleo) == []
    at(timedelta(days=1))
    drain()
    assert not [letter for letter in outbox() if "E18" in str(letter["Subject"]) + letter.get_content()]
    publishing.restore(mo, posted.id)
    drain()
    assert heard(ada) == ["question-answered"] and heard(cleo) == ["followed-answered"]
    assert heard(ben) == ["answer-commented"]


def test_an_answer_that_returns_under_a_hidden_question_is_heard_of_when_that_returns(ada, ben, mo, question):
    posted = answer_question(ben, question, body=HELP)
    publishing.hide(mo, posted.id)
    publishing.hide(mo, question)
    publishing.restore(mo, posted.id)
    assert heard(ada) == []
    publishing.restore(mo, question)
    assert heard(ada) == ["question-answered"]


def test_what_is_true_no_more_does_not_return_with_the_post(ada, ben, cleo, mo, question, at, drain):
    posted = answer_question(ben, question, body=HELP)
    at(timedelta(minutes=5))
    give_kudos(cleo, posted.id)
    accept_answer(ada, question, posted.id)
    withdraw_kudos(cleo, posted.id)
    at(timedelta(minutes=5))
    unaccept_answer(ada, question)
    before = heard(ben)
    assert before == ["answer-unaccepted"]
    publishing.hide(mo, posted.id)
    publishing.restore(mo, posted.id)
    drain()
    assert heard(ben) == before


def test_what_becomes_untrue_while_the_post_is_away_does_not_return(ben, cleo, mo, question, at):
    posted = answer_question(ben, question, body=HELP)
    at(timedelta(minutes=5))
    give_kudos(cleo, posted.id)
    publishing.hide(mo, posted.id)
    telling.withdraw(posted.id, kind="kudos-given")
    publishing.restore(mo, posted.id)
    assert heard(ben) == []


def test_an_official_answer_is_told_as_such(ada, sam, cleo, question, drain):
    follow_question(cleo, question)
    answer_question(sam, question, body=HELP, official=True)
    drain()
    assert heard(ada) == ["official-answer"] and heard(cleo) == ["official-answer"]


def test_a_comment_is_told_to_the_author_above_and_to_earlier_commenters(ada, ben, cleo, question, at):
    posted = answer_question(ben, question, body=HELP)
    at(timedelta(minutes=1))
    comment_on(cleo, posted.id, body="That worked for me")
    comment_on(ada, posted.id, body="For me as well")
    assert heard(ben) == ["answer-commented", "answer-commented"]
    assert heard(cleo) == ["comment-followed"]
    assert heard(ada) == ["question-answered"]


def test_mentioned_members_hear_once_even_after_an_edit(ada, ben, cleo, question, at):
    posted = answer_question(ben, question, body=f"{HELP} @cleo knows more, @nobody does not, @ben neither.")
    assert heard(cleo) == ["mention"] and heard(ben) == []
    at(timedelta(minutes=1))
    edit_post(ben, posted.id, version=1, body=f"{HELP} @Cleo and @ada know more.")
    assert heard(cleo) == ["mention"]
    assert heard(ada) == ["question-answered", "mention"]


def test_a_newcomer_mentions_two_members(ada, ben, cleo, mo, newcomer, app, at):
    at(START)
    posted = ask_question(
        newcomer, title="Who can help me please", body=f"{HELP} @ada @ben @cleo @mo", category_id=1
    )
    assert posted.reasons == ("mentions",) and not heard(ada)
    publishing.release(mo, posted.id)
    assert [len(heard(who)) for who in (ada, ben, cleo, mo)] == [1, 1, 0, 0]


def test_a_solution_is_told_and_taken_back(ada, ben, cleo, question, make_answer, drain, at):
    answer = make_answer(ben, question)
    follow_question(cleo, question)
    accept_answer(ada, question, answer)
    drain()
    assert heard(ben) == ["answer-accepted"]
    assert heard(cleo) == ["followed-answered", "question-solved"]
    unaccept_answer(ada, question)
    assert heard(ben) == ["answer-unaccepted"] and "question-solved" not in heard(cleo)
    at(timedelta(minutes=1))
    accept_answer(ada, question, answer)
    assert heard(ben) == ["answer-accepted"]


def test_a_recommendation_is_told_and_taken_back(ben, mo, question, make_answer):
    answer = make_answer(ben, question)
    endorse_answer(mo, answer)
    assert heard(ben) == ["answer-endorsed"]
    withdraw_endorsement(mo, answer)
    assert heard(ben) == []


def test_a_thumbs_up_is_told_and_taken_back(ada, ben, question, make_answer):
    answer = make_answer(ben, question)
    give_kudos(ada, answer)
    assert heard(ben) == ["kudos-given"]
    withdraw_kudos(ada, answer)
    assert heard(ben) == []


def test_the_asker_hears_where_the_solution_is(ada, mo, question, make_question):
    original = make_question(mo, title="The question that was first")
    close_question(mo, question, "duplicate", duplicate_of_id=original)
    assert heard(ada) == ["question-duplicate"]
    reopen_question(mo, question)
    assert heard(ada) == []


def test_news_names_its_thread_in_both_languages(ada, ben, question, count_queries):
    answer_question(ben, question, body=HELP)
    with count_queries() as seen:
        english = str(page_of_news(ada.member_id).items[0].sentence)
    assert len(seen) <= 3
    assert english == "Ben answered your question “The drum stays full of water”."
    with using_language("fr"):
        line = page_of_news(ada.member_id).items[0]
        assert "The drum stays full of water" in str(line.sentence) and str(line.sentence) != english
    answer_id = db.session.scalar(select(Notification.post_id))
    assert line.place == (
        "questions.show",
        {"id": question, "answer": answer_id, "_anchor": f"a-{answer_id}"},
    )


def test_what_happened_on_a_thread_is_one_line_that_opens_at_the_first_unread(
    ada, ben, cleo, mo, question, count_queries, at
):
    first = answer_question(ben, question, body=HELP).id
    telling.mark_read(ada, notification_ids=list(db.session.scalars(select(Notification.id))))
    second = answer_question(cleo, question, body=HELP + " Twice.").id
    comment_on(mo, question, body="Which model is it, please?")
    at(timedelta(minutes=1))
    comment_on(cleo, question, body="Any lights on the panel?")
    with using_language("en"), count_queries() as seen:
        new, old = page_of_news(ada.member_id).items
        said = str(new.sentence)
    assert len(seen) <= 3
    assert said == "Cleo and Mo: 1 answer and 2 comments on “The drum stays full of water”"
    assert new.count == len(new.ids) == 3 and new.is_new and not old.is_new
    assert new.place == ("questions.show", {"id": question, "answer": second, "_anchor": f"a-{second}"})
    assert old.place == ("questions.show", {"id": question, "answer": first, "_anchor": f"a-{first}"})
    with using_language("fr"):
        assert (
            str(new.sentence)
            == "Cleo et Mo\xa0: 1 réponse et 2 commentaires sur «\xa0The drum stays full of water\xa0»"
        )


def test_what_follows_on_a_thread_is_one_mail_whatever_it_is(ada, ben, cleo, mo, question, at, drain, outbox):
    answer_question(ben, question, body=HELP)
    drain()
    at(timedelta(minutes=2))
    answer_question(cleo, question, body=HELP + " Twice.")
    at(timedelta(minutes=1))
    comment_on(mo, question, body="Which model is it, please?")
    drain()
    sent = [str(letter["Subject"]) for letter in outbox() if letter["To"] == "ada@example.com"]
    assert len(sent) == 1 and "answer to your question" in sent[0]
    at(timedelta(minutes=30))
    drain()
    letters = [letter for letter in outbox() if letter["To"] == "ada@example.com"]
    assert len(letters) == 2
    assert "1 answer and 1 comment" in str(letters[1]["Subject"])
    assert "List-Unsubscribe" in letters[1]


def test_nobody_is_asked_whether_it_is_solved_before_two_days(ada, ben, question, at):
    answer_question(ben, question, body=HELP)
    at(timedelta(days=1, hours=23))
    ask_whether_solved()
    assert heard(ada) == ["question-answered"]


def test_the_asker_is_asked_after_two_and_seven_days_and_never_again(ada, ben, question, at):
    answer_question(ben, question, body=HELP)
    for _sweep in range(4 * 10):
        at(timedelta(hours=6))
        ask_whether_solved()
    assert heard(ada) == ["question-answered", "resolved-check", "resolved-check"]


def test_a_solved_question_is_not_asked_about(ada, ben, question, at):
    posted = answer_question(ben, question, body=HELP)
    accept_answer(ada, question, posted.id)
    at(timedelta(days=2, minutes=5))
    ask_whether_solved()
    assert "resolved-check" not in heard(ada)


def test_old_drafts_and_fingerprints_go(ada, app, at):
    at(START)
    ask_question(ada, title="The drum stays full", body=HELP, category_id=1)
    save_draft(ada, "answer:1", body="Something")
    at(timedelta(days=91))
    forget_drafts()
    assert load_draft(ada, "answer:1") is None and db.session.query(Sending).count() == 0
