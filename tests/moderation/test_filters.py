"""Filters that know the community: copies, hosts, mailboxes, blocked words, what words do; and that nothing is kept of what was masked."""

from datetime import timedelta

import pytest

from accounts.members.models import Member
from common.db import db
from common.errors import Invalid
from common.unit_of_work import unit_of_work
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.editing import edit_post
from forum.questions.models import Post
from forum.questions.tagging import tags_of
from forum.questions.withdrawing import withdraw_post
from moderation.incidents.declaring import Words, declare
from moderation.jobs import forget_prints
from moderation.review.models import ReviewItem, WatchedWord
from moderation.review.rules import Reason
from moderation.sanctions.models import Sanction
from moderation.sanctions.rules import SanctionKind
from moderation.screening import newcomers, screener
from moderation.screening.models import PostedHost, TextPrint
from moderation.screening.watching import unwatch_word, watch_word
from moderation.screening.words import WordAction

LONG = "Since this morning the app says that my machine is not connected, although it was yesterday and nothing has changed here."


@pytest.fixture(autouse=True)
def fresh():
    newcomers.forget()


@pytest.fixture
def ask(app):
    def send(who, body=LONG, title="The machine is not connected any more", **more):
        return ask_question(who, title=title, body=body, category_id=1, **more)

    return send


def reasons(posted):
    return set(posted.reasons) - {"first_post", "new_member"}


@pytest.fixture
def mails(app):
    def change(member_id, address):
        with unit_of_work():
            member = db.session.get(Member, member_id)
            member.email = member.email_key = address

    return change


# --- copies -------------------------------------------------------------------------------------------------------------


def test_the_third_person_with_the_same_text_waits(policy, ask, members):
    policy("reactive")
    first, second, third, fourth = members(4, rank=2)
    assert not ask(first).held and not ask(second, LONG.upper().lower()).held
    assert ask(third).reasons == ("copied_text",) and ask(fourth).held


def test_in_an_incident_many_may_write_the_same(policy, ask, members, max_):
    policy("reactive")
    words = Words.of("L’application ne répond plus", "The app does not answer")
    declare(max_, words, words, 1, None)
    assert not any(ask(who).held for who in members(4, rank=2))


def test_a_day_later_the_same_text_is_nobody_s_copy(policy, ask, members, at):
    policy("reactive")
    first, second, third = members(3, rank=2)
    ask(first)
    ask(second)
    at(timedelta(hours=25))
    assert not ask(third).held


def test_who_sends_nearly_the_same_again_hears_of_it_and_is_not_held(policy, ask, ben, at):
    policy("reactive")
    body = " ".join(f"word{n} thing{n * 7 % 80}" for n in range(80))
    assert ask(ben, body).hints == ()
    at(timedelta(minutes=10))
    again = ask(ben, body.replace("word44 ", "other "))
    assert not again.held and "The machine is not connected" in str(again.hints[0])


def test_a_newcomer_s_same_text_in_another_place_waits_and_a_withdrawn_one_does_not_count(
    policy, ask, ada, newcomer, make_question, at
):
    policy("reactive")
    places = [make_question(ada, title=f"Another machine stops, number {n}") for n in range(3)]
    first = answer_question(newcomer, places[0], body=LONG)
    assert not first.held
    at(timedelta(minutes=2))
    assert reasons(answer_question(newcomer, places[1], body=LONG)) == {"repeated_text"}
    for post_id in db.session.scalars(db.select(Post.id).where(Post.author_id == newcomer.member_id)).all():
        withdraw_post(newcomer, post_id)
    at(timedelta(minutes=3))
    assert not answer_question(newcomer, places[2], body=LONG).held


def test_prints_hold_no_word_and_go_after_two_weeks(policy, ask, ben, at):
    policy("reactive")
    ask(ben)
    row = db.session.scalars(db.select(TextPrint)).one()
    assert len(row.digest) == 32 and all(isinstance(one, int) for one in row.numbers)
    at(timedelta(days=15))
    forget_prints()
    assert db.session.scalar(db.select(db.func.count()).select_from(TextPrint)) == 0


# --- hosts -----------------------------------------------------------------------------------------------------------------


def test_a_newcomer_s_link_to_a_site_nobody_has_named_waits(policy, ask, newcomer, ben, at):
    policy("reactive")
    assert reasons(ask(newcomer, LONG + " https://blog.example/a")) == {"new_domain"}
    ask(
        ben,
        "See https://blog.example/b for what I have found out about it so far.",
        title="What I have found out",
    )
    at(timedelta(minutes=3))
    assert not reasons(
        ask(newcomer, "As on https://blog.example/c it hums all night.", title="It hums all night long")
    )


def test_the_third_text_with_the_same_host_by_newcomers_waits(
    policy, ask, members, ben, settings_override, at
):
    policy("reactive")
    ask(ben, "See https://shop.example/0 and tell me.", title="Is this site any good?")
    one, two, three = members(3, rank=1)
    texts = [
        ask(
            who,
            f"I bought it at https://shop.example/{who.member_id}, it is fine.",
            title=f"Bought it, number {who.member_id}",
        )
        for who in (one, two, three)
    ]
    assert [reasons(posted) for posted in texts] == [set(), set(), {"busy_domain"}]
    assert db.session.scalar(db.select(db.func.count()).where(PostedHost.host == "shop.example")) == 4
    at(timedelta(minutes=1))
    with settings_override(moderation__known_hosts=["shop.example"]):
        assert not ask(
            one, "Again at https://shop.example/9, it is fine too.", title="Bought another one"
        ).held


# --- mailboxes ---------------------------------------------------------------------------------------------------------------


def test_first_texts_from_a_throw_away_mailbox_wait_and_later_ones_do_not(
    policy, ask, newcomer, members, mails
):
    policy("reactive")
    mails(newcomer.member_id, "somebody@yopmail.com")
    assert reasons(ask(newcomer)) == {"throwaway_mail"}
    known = members(1, rank=2)[0]
    mails(known.member_id, "known@yopmail.com")
    assert not ask(known).held


def test_an_address_next_to_a_blocked_sender_s_waits(policy, ask, newcomer, members, mails, at):
    policy("reactive")
    sender = members(1)[0]
    mails(sender.member_id, "cheap.filters@mail.example")
    mails(newcomer.member_id, "cheap.filter5@mail.example")
    assert not reasons(ask(newcomer))
    with unit_of_work():
        now = newcomer.joined_at
        db.session.add(
            Sanction(
                member_id=sender.member_id,
                kind=SanctionKind.SUSPENSION,
                reason=Reason.JUNK,
                begins_at=now,
                ends_at=now + timedelta(days=900),
            )
        )
    newcomers.forget()
    at(timedelta(hours=1))
    assert reasons(
        ask(
            newcomer, "Quite another thing: my kettle does not switch itself off.", title="My kettle boils on"
        )
    ) == {"mail_like_sender"}


# --- words ---------------------------------------------------------------------------------------------------------------------


def add(max_, pattern, action, value="", **more):
    options = {
        "whole_word": True,
        "must_match": [f"a {pattern} b"],
        "must_not_match": ["nothing of the kind"],
        **more,
    }
    word_id = watch_word(
        max_,
        pattern,
        action,
        options["whole_word"],
        options["must_match"],
        options["must_not_match"],
        options.get("case_matters", False),
        value,
    )
    screener.forget()
    return word_id


def test_a_blocked_word_gives_the_text_back_and_leaves_no_trace(policy, ask, ben, max_):
    policy("reactive")
    add(max_, "forbidden", WordAction.BLOCK)
    with pytest.raises(Invalid) as refused:
        ask(ben, "This is FORB1DDEN, they say, is it not?")
    assert "forbidden" in str(refused.value.fields["body"])
    assert db.session.scalar(db.select(db.func.count()).select_from(Post)) == 0


def test_words_replace_link_tag_route_and_hasten(policy, ask, ben, newcomer, max_, item_of):
    policy("reactive")
    add(max_, "thingy", WordAction.REPLACE, "appliance")
    add(max_, "warranty", WordAction.LINK, "/help/warranty")
    add(max_, "leak", WordAction.TAG, "leak")
    add(max_, "recall", WordAction.ROUTE, "Quality")
    add(max_, "soon", WordAction.PRIORITY, "2")
    posted = ask(ben, "My thingy has a leak and the warranty is over: is there a recall, and soon?")
    assert db.session.get_one(Post, posted.id).body == (
        "My appliance has a leak and the [warranty](/help/warranty) is over: is there a recall, and soon?"
    )
    assert tags_of(posted.id) == ("leak",)
    item = item_of(posted.id)
    assert item.klass == 5 and item.signals == ["route:Quality"]
    policy("trust")
    assert (
        item_of(ask(newcomer, "Please answer soon, my thingy hums.", title="It hums all the time").id).klass
        == 1
    )
    edit_post(
        ben,
        posted.id,
        version=1,
        body="My thingy still has a leak, and the [warranty](/help/warranty) is over: is there a recall?",
    )
    assert "appliance still" in db.session.get_one(Post, posted.id).body


@pytest.mark.parametrize(
    ("action", "value", "fault"),
    [
        (WordAction.LINK, "javascript:alert(1)", "https://"), (WordAction.LINK, "//evil.example", "https://"),
        (WordAction.LINK, "https://a.example/) [x](y", "https://"), (WordAction.PRIORITY, "9", "from 1 to"),
        (WordAction.PRIORITY, "", "from 1 to"), (WordAction.ROUTE, "", "characters"), (WordAction.REPLACE, "a thingy", "for ever"),
        (WordAction.REPLACE, "", "characters"), (WordAction.TAG, "", "topic"),
    ],
)  # fmt: skip
def test_what_goes_with_a_word_is_checked(max_, action, value, fault):
    with pytest.raises(Invalid) as refused:
        add(max_, "thingy", action, value)
    assert fault in str(refused.value.fields["value"])
    assert db.session.scalar(db.select(db.func.count()).select_from(WatchedWord)) == 0


def test_a_removed_word_does_nothing_more(policy, ask, ben, max_):
    policy("reactive")
    unwatch_word(max_, add(max_, "forbidden", WordAction.BLOCK))
    screener.forget()
    assert not ask(ben, "This was forbidden until a moment ago.").held


def test_a_named_person_who_is_accused_waits_with_its_item(policy, ask, ben, item_of):
    policy("reactive")
    posted = ask(ben, "The repairer, Mr Parker, is a crook and he lied to me about the pump.")
    assert posted.reasons == ("accusation",) and item_of(posted.id).signals == ["accusation"]


def test_what_is_masked_stands_in_no_text_of_the_database(policy, ask, ben, client):
    policy("reactive")
    secrets = (
        "4111 1111 1111 1111",
        "06 12 34 56 78",
        "jean.dupont@free.fr",
        "FR14 2004 1010 0505 0001 3M02 606",
    )
    ask(ben, "Call me: " + " or ".join(secrets) + ". Thank you for your help.")
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(table.select()):
            kept = " ".join(str(value) for value in row)
            assert not [
                secret for secret in secrets if secret in kept and table.name not in ("member", "credential")
            ], table.name


def test_nothing_is_refused_removed_or_sanctioned_by_a_filter(policy, ask, newcomer, settings_override):
    policy("reactive")
    ask(
        newcomer,
        "Mr Parker is a crook, 12 rue des Lilas 75011 Paris, https://bit.ly/a https://b.example https://c.example",
    )
    assert db.session.scalars(db.select(Post.state)).all() == ["held"]
    assert db.session.scalar(db.select(db.func.count()).select_from(Sanction)) == 0
    assert db.session.scalar(db.select(db.func.count()).select_from(ReviewItem)) == 1
