"""Who drew attention to a text is noted where it happens, and a statement of reasons says it truly in every path
(domain/moderation.md §B6, article 17; invariant 40)."""

import ast
from contextlib import suppress
from dataclasses import replace

import pytest

from common import clock
from common.db import db, insert_once
from common.errors import Conflict
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.questions.models import Post
from moderation.entrusted import hiding
from moderation.flags.flagging import flag, withdraw_flag
from moderation.flags.rules import FlagReason
from moderation.legal_notices.rules import LegalGround
from moderation.looks import looking
from moderation.looks.rules import LookKind, Opinion
from moderation.policies import storms
from moderation.review import undoing
from moderation.review.queueing import look_at, open_item, who_found
from moderation.review.rules import Decision, FoundBy, ItemType, Reason
from moderation.sanctions.models import Statement
from moderation.sanctions.statements import finders_of
from moderation.sanctions.wording import parts_of
from moderation.screening.watching import watch_word
from moderation.screening.words import WordAction
from moderation.transparency import filing
from moderation.transparency.rules import record_of
from rewards.ranks.models import Mandate
from tests.moderation.test_legal_notices import easy, send  # noqa: F401 - the work of a browser is easy here
from tests.test_architecture import ROOT

SHOPS = "See www.one.example and www.two.example and www.three.example, please."
SPARKS = "The drum sends sparks when it spins, and it smells burnt."
REPORTED, NOTICED = (
    "Members had reported this text.",
    "A notice of illegal content had been received about this text.",
)
NOBODY = "A person read this text; nobody had reported it."
MENTOR = "A mentor who looks after this category read this text."
TRUSTED = "Trusted members who look at published texts had drawn attention to this text."
FILTER = "A filter drew attention to this text. A person made the decision."
BY_HAND = "A person made the decision; no automatic means were used."
COUNTED = (
    "The reports were counted and the text was hidden automatically. A person decides what becomes of it."
)
SEVERAL = "Several members reported this text independently of each other."


@pytest.fixture
def mentor(app, cleo):
    with unit_of_work():
        insert_once(Mandate, member_id=cleo.member_id, rank=6, given_at=clock.now(), category_id=1)
    return replace(cleo, rank=6)


@pytest.fixture
def paths(app, mo, max_, ada, ben, cleo, mentor, newcomer, members, make_question, policy):
    """Each way a text comes before a moderator: what happens to it, and whom the statement then names."""

    def held(body="", **more):
        policy("trust")
        return make_question(newcomer, body=body, **more)

    def danger_by_a_word():
        watch_word(max_, "sparks", WordAction.URGENT, True, ["it sparks: sparks"], ["water"])
        return held(SPARKS)

    def reported(reason=FlagReason.DANGEROUS, body=SPARKS):
        post_id = make_question(ada, body=body)
        flag(ben, post_id, reason)
        return post_id

    def noticed(ground=LegalGround.PRIVACY):
        post_id = make_question(ada)
        send(post_id, ground=ground)
        return post_id

    def both():
        post_id = reported()
        send(post_id)
        return post_id

    def by_moderator():
        post_id = make_question(ada)
        look_at(mo, post_id)
        return post_id

    def raid():
        post_id = make_question(ada)
        for who in members(6, rank=1):
            flag(who, post_id, FlagReason.INSULT)
        return post_id

    def hidden_by_reports():
        post_id = make_question(ada)
        for who in members(4, rank=4):
            with suppress(Conflict):
                flag(who, post_id, FlagReason.INSULT)
        return post_id

    def hidden_by_a_mentor():
        post_id = make_question(ben)
        hiding.hide(mentor, post_id, Reason.INSULT)
        return post_id

    def storm():
        policy("reactive")
        storms.begin(max_, 1, 12, "An outage brings very many of them")
        return make_question(ben)

    def sample():
        policy("post")
        return make_question(ben)

    def flagged_word():
        policy("reactive")
        watch_word(max_, "energy bonus", WordAction.FLAG, True, ["the energy bonus"], ["energy"])
        return make_question(ben, title="Is the energy bonus possible here?")

    def word_and_report():
        post_id = flagged_word()
        flag(ada, post_id, FlagReason.INSULT)
        return post_id

    def community():
        post_id = make_question(newcomer)
        looking.look(replace(cleo, rank=5), post_id, 1, LookKind.FIRST, Opinion.BAD, Reason.ADVERTISING)
        return post_id

    def address():
        post_id = make_question(ada)
        with unit_of_work():
            record(events.AddressSuspected(post_id))
        return post_id

    f = FoundBy
    return {
        "held by a filter": (lambda: held(SHOPS), {f.MACHINE}, [NOBODY], FILTER),
        "danger by a watched word": (danger_by_a_word, {f.MACHINE}, [NOBODY], FILTER),
        "a newcomer's first text": (held, {f.RULE}, [NOBODY], BY_HAND),
        "danger by a report": (reported, {f.REPORT}, [REPORTED], BY_HAND),
        "a report": (lambda: reported(FlagReason.INSULT), {f.REPORT}, [REPORTED], BY_HAND),
        "a notice": (noticed, {f.NOTICE}, [NOTICED], BY_HAND),
        "a notice of danger": (lambda: noticed(LegalGround.THREAT), {f.NOTICE}, [NOTICED], BY_HAND),
        "a report and a notice": (both, {f.REPORT, f.NOTICE}, [NOTICED, REPORTED], BY_HAND),
        "a moderator": (by_moderator, {f.MODERATOR}, [NOBODY], BY_HAND),
        "a raid": (raid, {f.REPORT}, [REPORTED], BY_HAND),
        "hidden by reports": (hidden_by_reports, {f.REPORT}, [REPORTED], BY_HAND),
        "hidden by a mentor": (hidden_by_a_mentor, {f.MENTOR}, [MENTOR], BY_HAND),
        "a busy time": (storm, {f.RULE}, [NOBODY], BY_HAND),
        "a sample": (sample, {f.RULE}, [NOBODY], BY_HAND),
        "a word that is looked at": (flagged_word, {f.MACHINE}, [NOBODY], FILTER),
        "a word and a report": (word_and_report, {f.MACHINE, f.REPORT}, [REPORTED], FILTER),
        "trusted members": (community, {f.COMMUNITY}, [TRUSTED], BY_HAND),
        "an address of somebody who left": (address, {f.MACHINE}, [NOBODY], FILTER),
    }  # fmt: skip


NAMES = (
    "held by a filter", "danger by a watched word", "a newcomer's first text", "danger by a report", "a report", "a notice",
    "a notice of danger", "a report and a notice", "a moderator", "a raid", "hidden by reports", "hidden by a mentor",
    "a busy time", "a sample", "a word that is looked at", "a word and a report", "trusted members",
    "an address of somebody who left",
)  # fmt: skip


def newest():
    return db.session.scalars(db.select(Statement).order_by(Statement.id.desc())).first()


def said(statement):
    parts = {name: [str(one) for one in lines] for name, lines in parts_of(statement).items()}
    return parts["facts"], parts["automation"][0], parts["scope"][0]


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_says_who_found_the_text(paths, mo, decide, name):
    assert set(paths) == set(NAMES)
    come, finders, facts, automation = paths[name]
    post_id = come()
    assert set(who_found(post_id)) == finders
    decide(mo, post_id, Decision.REMOVE, Reason.INSULT)
    statement = newest()
    assert set(finders_of(statement)) == finders and not statement.automated_decision
    told, by_machine, _scope = said(statement)
    assert told[: len(facts)] == facts and by_machine == automation
    assert statement.automated_detection == (FoundBy.MACHINE in finders)
    assert statement.from_notice == bool(finders & {FoundBy.REPORT, FoundBy.NOTICE})
    source = record_of(filing._facts(statement, None, "en"))["source_type"]
    if FoundBy.NOTICE in finders:
        assert source == "SOURCE_ARTICLE_16"
    else:
        assert source == (
            "SOURCE_TYPE_OTHER_NOTIFICATION" if FoundBy.REPORT in finders else "SOURCE_VOLUNTARY"
        )


def test_what_reports_hide_was_found_by_people_and_hidden_by_a_machine(paths):
    paths["hidden by reports"][0]()
    statement = newest()
    assert statement.automated_decision and statement.from_notice and not statement.automated_detection
    facts, automation, scope = said(statement)
    assert facts[0] == SEVERAL and automation == COUNTED
    assert scope == "On this community, everywhere, until a moderator has read it."


def test_what_a_mentor_hides_waits_for_a_moderator_and_says_so(paths, mo, decide):
    post_id = paths["hidden by a mentor"][0]()
    facts, automation, scope = said(newest())
    assert facts[0] == MENTOR and automation == BY_HAND
    assert scope == "On this community, everywhere, until a moderator has read it."
    decide(mo, post_id, Decision.SEND_BACK, Reason.INSULT)
    assert said(newest())[2] == "On this community, everywhere, until it is changed or goes on elsewhere."


def test_a_report_that_was_taken_back_before_the_case_was_opened_by_hand_is_not_named(
    ada, ben, mo, make_question, decide
):
    post_id = make_question(ada)
    flag(ben, post_id, FlagReason.INSULT)
    withdraw_flag(ben, post_id)
    look_at(mo, post_id)
    decide(mo, post_id, Decision.REMOVE, Reason.INSULT)
    assert finders_of(newest()) == (FoundBy.MODERATOR,)


def test_an_undone_decision_leaves_an_item_that_was_found_as_the_first_was(paths, mo, decide, item_of):
    post_id = paths["danger by a report"][0]()
    undoing.undo(mo, decide(mo, post_id, Decision.REMOVE, Reason.INSULT).item_id)
    assert item_of(post_id).previous_id and who_found(post_id) == (FoundBy.REPORT,)


def test_what_more_is_noticed_is_added_once(held):
    with unit_of_work():
        post = db.session.get(Post, held)
        for finder in (FoundBy.MACHINE, FoundBy.MACHINE, FoundBy.COMMUNITY):
            item_id = open_item(ItemType.POST, held, post=post, found_by=(finder,))
    assert who_found(held, item_id) == (FoundBy.RULE, FoundBy.MACHINE, FoundBy.COMMUNITY)


def test_one_written_before_finders_were_noted_says_it_by_its_two_marks():
    old = Statement(found_by=[], from_notice=True, automated_detection=True)
    assert finders_of(old) == (FoundBy.REPORT, FoundBy.MACHINE)


def test_whoever_opens_an_item_says_who_found_it():
    forgot = []
    for path in (ROOT / "moderation").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("open_item"):
                named = {word.arg for word in node.keywords}
                if not named & {"found_by", None}:  # None: with the rest of what is known (**opened)
                    forgot.append(f"{path.name}:{node.lineno}")
    assert not forgot
