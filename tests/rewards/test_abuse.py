"""Unusual votes: each rule at its threshold and one below, once, reversed exactly; the innocent are left alone."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select

from accounts.members.models import Member
from accounts.signin import origins
from accounts.signin.sessions import Origin, begin
from common import audit, clock, i18n
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.reactions.voting import give_kudos, me_too
from forum.solutions.accepting import accept_answer
from rewards.abuse import deciding, detecting, jobs, looping, sources
from rewards.abuse.models import AbuseCase, AbuseEvidence
from rewards.abuse.rules import CaseState, Sign
from rewards.ledger import booking, queries, settling
from tests.conftest import START

HOME, OFFICE = "91.198.174.192", "8.8.4.4"
WHY = "Seen with both members"


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


@pytest.fixture
def people(app):
    """Members who have been here long; ``people(4)``."""
    numbers = count(4001)

    def make(how_many: int, age: int = 200) -> list[Actor]:
        ids = [next(numbers) for _ in range(how_many)]
        joined = clock.now() - timedelta(days=age)
        with unit_of_work():
            for n in ids:
                db.session.add(
                    Member(
                        id=n, email=f"p{n}@example.com", email_key=f"p{n}@example.com", email_verified_at=START,
                        display_name=f"Person {n}", name_key=f"person {n}", slug=f"person-{n}", language="en",
                        joined_at=joined, rank=2,
                    )
                )  # fmt: skip
        return [
            Actor(member_id=n, role="member", rank=2, language="en", email_verified=True, joined_at=joined)
            for n in ids
        ]

    return make


@pytest.fixture
def answers(cleo):
    """Published answers of somebody, each under a question of its own: written at once, straight into the tables."""

    def write(who: Actor, how_many: int, body: str = "", asker: Actor | None = None) -> list[int]:
        made, now = [], clock.now()
        with unit_of_work():
            for number in range(how_many):
                question = Question(
                    author_id=(asker or cleo).member_id, title="Drum", slug="drum", category_id=1, language="en",
                    body="Why?", body_html="<p>Why?</p>", state="published", published_at=now,
                )  # fmt: skip
                db.session.add(question)
                db.session.flush()
                answer = Post(
                    kind="answer", author_id=who.member_id, question_id=question.id, language="en", state="published",
                    body=body or f"Number {number}", body_html="<p>So.</p>", published_at=now,
                )  # fmt: skip
                db.session.add(answer)
                db.session.flush()
                made.append(answer.id)
        return made

    return write


def vote(voter: Actor, posts: list[int], pause: timedelta = timedelta(hours=3)) -> None:
    for post_id in posts:
        give_kudos(voter, post_id)
        clock.travel(pause)


def cases(*states: CaseState) -> list[AbuseCase]:
    db.session.rollback()
    query = select(AbuseCase).order_by(AbuseCase.id)
    return list(db.session.scalars(query.where(AbuseCase.state.in_(states)) if states else query))


def standing(who: Actor) -> int:
    """Votes that stand for the posts of somebody."""
    db.session.rollback()
    return sum(db.session.scalars(select(Post.kudos_count).where(Post.author_id == who.member_id)))


def usable(who: Actor) -> int:
    return queries.wallet(who.member_id).available


# --- V1 -----------------------------------------------------------------------------------------------------------


def test_a_burst_keeps_its_first_two_votes_and_takes_back_the_rest_exactly(people, answers, points):
    voter, author = people(2)
    vote(voter, answers(author, 6), timedelta(minutes=2))
    assert points(author) == (30, 12)
    jobs.hourly()
    assert points(author) == (10, 4)
    assert standing(author) == 2
    assert [case.state for case in cases()] == [CaseState.AUTOMATIC]


def test_one_vote_fewer_or_a_minute_longer_is_no_burst(people, answers, points):
    voter, slow, author, other = people(4)
    vote(voter, answers(author, 5), timedelta(minutes=1))
    vote(slow, answers(other, 6), timedelta(minutes=2, seconds=1))
    jobs.hourly()
    assert not cases()
    assert points(author) == (25, 10)
    assert points(other) == (30, 12)


def test_ten_votes_in_a_day_are_a_burst_and_nine_are_none(people, answers):
    voter, author, other = people(3)
    vote(voter, answers(author, 9), timedelta(hours=2))
    clock.travel(timedelta(hours=30))
    jobs.hourly()
    assert not cases()
    vote(voter, answers(other, 10), timedelta(hours=2))
    jobs.hourly()
    assert standing(other) == 2


def test_a_burst_found_twice_is_annulled_once_and_begins_at_nothing_anew(people, answers, lines):
    voter, author = people(2)
    vote(voter, answers(author, 6), timedelta(minutes=1))
    jobs.hourly()
    before = len(lines())
    jobs.hourly()
    assert len(lines()) == before
    vote(voter, answers(author, 1))
    jobs.hourly()
    assert standing(author) == 2


def test_an_annulled_vote_cannot_be_given_again(people, answers, points):
    voter, author = people(2)
    posts = answers(author, 6)
    vote(voter, posts, timedelta(minutes=1))
    jobs.hourly()
    with pytest.raises(Conflict):
        give_kudos(voter, posts[5])
    assert points(author) == (10, 4)


def test_the_line_names_the_rule_and_the_member_reads_a_neutral_one(people, answers, lines):
    voter, author = people(2)
    vote(voter, answers(author, 6), timedelta(minutes=1))
    jobs.hourly()
    undone = [line for line in lines(author) if line.kind == "reverse"]
    assert {line.rule_key for line in undone} == {"fraud.V1"}
    said = {str(line.what) for line in queries.statement(author.member_id).items if line.is_minus}
    assert said == {"Votes annulled (unusual pattern)"}
    i18n.set_language("fr")
    shown = next(line for line in queries.statement(author.member_id).items if line.is_minus)
    assert (str(shown.what), shown.note) == ("Votes annulés (activité inhabituelle)", None)


def test_an_annulment_that_fails_leaves_no_trace(people, answers, points, monkeypatch):
    voter, author = people(2)
    vote(voter, answers(author, 6), timedelta(minutes=1))
    before = points(author)
    monkeypatch.setattr(audit, "write", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        jobs.hourly()
    assert points(author) == before
    assert standing(author) == 6
    assert not cases()


def test_thanking_several_helpers_in_ones_own_thread_is_left_alone(people, app):
    asker, *helpers = people(8)
    with unit_of_work():
        question = Question(
            author_id=asker.member_id, title="Drum", slug="drum", category_id=1, language="en", body="Why?",
            body_html="<p>Why?</p>", state="published", published_at=clock.now(),
        )  # fmt: skip
        db.session.add(question)
        db.session.flush()
        posts = []
        for who in [helpers[0]] * 6 + helpers[1:]:
            answer = Post(
                kind="answer", author_id=who.member_id, question_id=question.id, language="en", state="published",
                body="So", body_html="<p>So.</p>", published_at=clock.now(),
            )  # fmt: skip
            db.session.add(answer)
            db.session.flush()
            posts.append(answer.id)
    vote(asker, posts, timedelta(seconds=20))
    jobs.hourly()
    assert not cases()


def test_votes_of_the_team_are_never_looked_at(people, answers, mo):
    (author,) = people(1)
    vote(mo, answers(author, 8), timedelta(minutes=1))
    jobs.hourly()
    assert not cases()


def test_me_too_counts_as_a_vote(people, make_question):
    voter, asker = people(2)
    for _ in range(6):
        me_too(voter, make_question(asker))
    jobs.hourly()
    assert [case.figures["beyond"] for case in cases()] == [4]


# --- V2, V3 -------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowded(people, answers):
    """A voter, an author, and others whom the voter finds useful too."""

    def make(to_author: int, to_others: int):
        voter, author, *others = people(2 + to_others)
        vote(voter, answers(author, to_author))
        for other in others:
            vote(voter, answers(other, 1))
        return voter, author

    return make


def test_too_large_a_share_pays_nothing_beyond_a_fifth_from_now_on(crowded, answers, points):
    voter, author = crowded(8, 12)
    before = points(author)
    jobs.daily()
    assert [case.sign for case in cases(CaseState.OPEN)] == [Sign.CONCENTRATION]
    assert points(author) == before  # what was earned stays until a person has decided
    vote(voter, answers(author, 1))
    assert points(author) == before
    note = queries.statement(author.member_id).items[0].note
    assert str(note) == "not counted (unusual pattern)"
    jobs.daily()
    assert len(cases()) == 1


@pytest.mark.parametrize(("to_author", "to_others"), [(7, 13), (8, 11)])
def test_a_smaller_share_or_fewer_votes_are_fine(crowded, to_author, to_others):
    crowded(to_author, to_others)
    jobs.daily()
    assert not cases()


def test_shares_are_not_looked_at_in_a_forum_with_few_questions(crowded, settings_override):
    crowded(8, 12)
    with settings_override(abuse__focus_threads=21):
        jobs.daily()
        assert not cases()
    with settings_override(abuse__focus_threads=20):
        jobs.daily()
        assert len(cases()) == 1


def test_confirming_a_share_annuls_what_is_beyond_a_fifth(crowded, points, mo):
    _voter, author = crowded(8, 12)
    jobs.daily()
    deciding.confirm(mo, cases()[0].id, WHY)
    assert standing(author) == 4
    assert points(author) == (20, 8)


@pytest.fixture
def mutual(people, answers):
    def make(each: int):
        one, other = people(2)
        vote(one, answers(other, each))
        vote(other, answers(one, each))
        return one, other

    return make


def test_mutual_votes_pay_nothing_for_thirty_days(mutual, answers, points):
    one, other = mutual(5)
    jobs.daily()
    assert [case.sign for case in cases()] == [Sign.RECIPROCITY]
    before = points(other)
    vote(one, answers(other, 1))
    assert points(other) == before
    clock.travel(timedelta(days=31))
    vote(one, answers(other, 1))
    assert points(other) == (before[0] + 5, before[1] + 2)


def test_four_each_are_not_mutual_and_neither_are_friends_who_thank_others_more(mutual, people, answers):
    mutual(4)
    one, other = mutual(5)
    for friend in (one, other):
        for stranger in people(12):
            vote(friend, answers(stranger, 1), timedelta(minutes=30))
    jobs.daily()
    assert not cases()


def test_clearing_pays_what_a_pause_kept_back_and_never_asks_about_these_votes_again(
    mutual, answers, points, mo
):
    one, other = mutual(5)
    jobs.daily()
    before = points(other)
    vote(one, answers(other, 2))
    assert deciding.clear(mo, cases()[0].id, "Neighbours")
    assert points(other) == (before[0] + 10, before[1] + 4)
    jobs.daily()
    assert [case.state for case in cases()] == [CaseState.CLEARED]
    vote(one, answers(other, 1))
    assert points(other) == (before[0] + 15, before[1] + 6)


# --- V4 -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ring(people, answers):
    """Members who vote in a circle, ``each`` votes from one to the next."""

    def make(size: int = 3, each: int = 3):
        members = people(size)
        for one, following in zip(members, members[1:] + members[:1], strict=True):
            vote(one, answers(following, each), timedelta(minutes=5))
        return members

    return make


def test_a_ring_has_its_points_kept_aside_until_a_person_decides(ring, points):
    members = ring()
    clock.travel(timedelta(days=5))
    assert [usable(who) for who in members] == [6, 6, 6]
    before = [points(who) for who in members]
    jobs.weekly()
    assert [usable(who) for who in members] == [0, 0, 0]
    assert [points(who) for who in members] == before  # aside, not gone
    jobs.weekly()
    assert len(cases()) == 1
    clock.travel(timedelta(days=13, hours=1))
    jobs.daily()
    clock.travel(timedelta(days=13))
    assert [usable(who) for who in members] == [0, 0, 0]


def test_a_ring_that_was_none_has_its_points_as_before(ring, mo):
    members = ring()
    clock.travel(timedelta(days=5))
    jobs.weekly()
    assert deciding.clear(mo, cases()[0].id, "A course")
    assert [usable(who) for who in members] == [6, 6, 6]
    jobs.weekly()
    assert [case.state for case in cases()] == [CaseState.CLEARED]


def test_a_confirmed_ring_loses_its_votes_and_all_they_brought(ring, points, mo):
    members = ring()
    jobs.weekly()
    assert deciding.confirm(mo, cases()[0].id, WHY)
    assert [points(who) for who in members] == [(0, 0)] * 3
    assert [standing(who) for who in members] == [0, 0, 0]
    jobs.weekly()
    assert len(cases()) == 1


def test_points_that_were_spent_make_no_debt_when_the_rest_is_kept_aside(ring):
    members = ring()
    clock.travel(timedelta(days=5))
    from rewards.ledger.rules import Cause, CauseType

    booking.spend(members[0], 4, Cause(CauseType.COUPON, "1"))
    jobs.weekly()
    assert usable(members[0]) == 0


@pytest.mark.parametrize(("size", "each"), [(2, 4), (3, 2), (9, 3)])
def test_two_members_weak_links_or_nine_are_no_ring(ring, size, each):
    ring(size, each)
    jobs.weekly()
    assert not cases()


def test_open_groups_are_no_ring(ring, people, answers):
    for one in ring():
        for other in people(3):
            vote(one, answers(other, 1), timedelta(minutes=5))
    jobs.weekly()
    assert not cases()


def test_a_removed_post_and_its_return_bring_no_annulled_points_back(ring, points, mo):
    members = ring()
    jobs.weekly()
    deciding.confirm(mo, cases()[0].id, WHY)
    posts = list(db.session.scalars(select(Post.id).where(Post.author_id == members[0].member_id)))
    with unit_of_work():
        for post_id in posts:
            settling.undo_post(post_id, None)
            settling.redo_post(post_id, None)
    assert points(members[0]) == (0, 0)


# --- V5, V6 -------------------------------------------------------------------------------------------------------


def come_from(where: str, *people: Actor) -> None:
    for who in people:
        with unit_of_work():
            begin(who.member_id, Origin(where, "tests"))


def test_a_vote_from_the_same_place_is_shown_and_pays_nothing(people, answers, points):
    voter, author = people(2)
    come_from(HOME, voter, author)
    vote(voter, answers(author, 1))
    assert (standing(author), points(author)) == (1, (0, 0))


def test_a_day_later_or_from_elsewhere_it_pays(people, answers, points):
    voter, author = people(2)
    come_from(HOME, author)
    clock.travel(timedelta(hours=25))
    come_from(HOME, voter)
    vote(voter, answers(author, 1))
    come_from(OFFICE, author)
    vote(voter, answers(author, 1))
    assert points(author) == (10, 4)


def test_the_place_is_known_after_signing_out_and_stored_as_nothing_readable(people):
    from accounts.signin.models import MemberOrigin, MemberSession

    (one,) = people(1)
    come_from(HOME, one)
    db.session.rollback()
    with unit_of_work():
        db.session.query(MemberSession).delete()
    kept = list(db.session.scalars(select(MemberOrigin.origin)))
    assert len(kept) == 1
    assert HOME not in kept[0]
    clock.travel(timedelta(days=32))
    with unit_of_work():
        origins.forget_old()
    assert not list(db.session.scalars(select(MemberOrigin.origin)))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (HOME, HOME),
        ("2a00:1450:4007:80c::200e", "2a00:1450:4007:80c::/64"),
        ("::ffff:8.8.4.4", OFFICE),
        ("10.0.0.3", None),
        ("127.0.0.1", None),
        ("unknown", None),
    ],
)
def test_a_place_is_an_address_or_a_household(address, network):
    assert origins.network_of(address) == network


@pytest.mark.parametrize(("how_many", "found"), [(4, 0), (5, 1)])
def test_a_person_looks_from_the_fifth_vote_of_one_place(people, answers, points, mo, how_many, found):
    voter, author = people(2)
    come_from(HOME, voter, author)
    vote(voter, answers(author, how_many))
    jobs.daily()
    jobs.daily()
    assert [case.sign for case in cases()] == [Sign.SHARED_ORIGIN] * found
    if found:
        deciding.clear(mo, cases()[0].id, "A couple")
        assert points(author) == (25, 10)
        jobs.daily()
        assert len(cases()) == 1


def accept_all(asker: Actor, posts: list[int]) -> None:
    for post_id in posts:
        question_id = db.session.scalar(select(Post.question_id).where(Post.id == post_id))
        accept_answer(asker, question_id, post_id)
        clock.travel(timedelta(hours=1))


def test_solutions_in_a_loop_between_two_new_accounts_are_kept_aside_and_annulled(
    people, answers, points, mo
):
    asker, helper = people(2, age=10)
    accept_all(asker, answers(helper, 3, asker=asker))
    clock.travel(timedelta(days=4))
    assert usable(helper) > 0
    jobs.daily()
    assert [case.sign for case in cases()] == [Sign.ACCEPTANCE_LOOP]
    assert usable(helper) == 0
    deciding.confirm(mo, cases()[0].id, WHY)
    assert (points(asker), points(helper)) == ((0, 0), (0, 0))
    with unit_of_work():
        for post_id in db.session.scalars(select(AbuseEvidence.target_id)).all():
            settling.settle_answer(post_id)
    assert points(helper) == (0, 0)
    jobs.daily()
    assert len(cases()) == 1


@pytest.mark.parametrize(
    ("how_many", "age", "place", "found"), [(2, 10, HOME, 0), (3, 200, None, 0), (3, 200, HOME, 1)]
)
def test_fewer_solutions_or_old_accounts_apart_are_no_loop(people, answers, how_many, age, place, found):
    asker, helper = people(2, age=age)
    if place:
        come_from(place, asker, helper)
    accept_all(asker, answers(helper, how_many, asker=asker))
    jobs.daily()
    assert len(cases()) == found


# --- copies, V8 ---------------------------------------------------------------------------------------------------

TEXT = (
    "Switch the machine off for ten minutes, open the small hatch at the bottom, let all of the water out slowly, "
    "then clean the filter under the tap and start the draining programme once more before you wash again."
)


@pytest.mark.parametrize(("how_many", "found"), [(2, 0), (3, 1)])
def test_one_answer_pasted_under_three_questions_is_looked_at(people, answers, points, mo, how_many, found):
    author, fan = people(2)
    posts = answers(author, how_many, TEXT)
    vote(fan, posts)
    jobs.daily()
    assert [case.sign for case in cases()] == [Sign.COPIES] * found
    if found:
        deciding.confirm(mo, cases()[0].id, WHY)
        assert points(author) == (5, 2)
        vote(people(1)[0], posts)
        assert points(author) == (10, 4)  # the first of its kind goes on earning, the copies never again


def test_short_or_different_answers_are_nobodys_copies(people, answers):
    (author,) = people(1)
    answers(author, 4, "Please clean the filter first.")
    for number in range(4):
        answers(author, 1, " ".join(f"word{number}x{n}" for n in range(40)))
    jobs.daily()
    assert not cases()


def test_votes_on_reviews_join_with_one_line(people, answers, mo):
    """A stand-in for the votes of reviews: thumbs-up read as such a source."""
    kudos = sources.source("kudos")
    sources.remove_source("kudos")
    sources.add_source(sources.Source("kudos", kudos.votes, kudos.annul, kudos.restore, of_reviews=True))
    try:
        voter, author = people(2)
        vote(voter, answers(author, 6), timedelta(minutes=1))
        jobs.hourly()
        assert [(case.sign, case.state) for case in cases()] == [(Sign.REVIEW_RING, CaseState.OPEN)]
        assert standing(author) == 2
        jobs.hourly()
        assert len(cases()) == 1
        deciding.clear(mo, cases()[0].id, "A show")
        assert standing(author) == 6
        jobs.hourly()
        assert len(cases()) == 1
    finally:
        sources.add_source(kudos)


# --- deciding -----------------------------------------------------------------------------------------------------


@pytest.fixture
def a_case(ring):
    ring()
    jobs.weekly()
    return cases()[0].id


def test_only_moderators_decide_with_a_reason_and_never_about_themselves(a_case, ada, sam, mo):
    for who in (ada, sam):
        with pytest.raises(Forbidden):
            deciding.confirm(who, a_case, WHY)
    with pytest.raises(Invalid):
        deciding.confirm(mo, a_case, "  ")
    with unit_of_work():
        update_where(AbuseEvidence, AbuseEvidence.case_id == a_case, voter_id=mo.member_id)
    with pytest.raises(NotFound):
        deciding.confirm(mo, a_case, WHY)


def test_deciding_twice_is_harmless_and_the_other_way_is_refused(a_case, mo, max_, lines):
    assert deciding.confirm(mo, a_case, WHY)
    before = len(lines())
    assert not deciding.confirm(max_, a_case, WHY)
    with pytest.raises(Conflict):
        deciding.clear(max_, a_case, WHY)
    assert len(lines()) == before
    acts = list(
        db.session.scalars(select(audit.AuditEntry.act).where(audit.AuditEntry.target_type == "abuse_case"))
    )
    assert acts == ["abuse.confirmed"]


def test_nothing_found_is_a_sanction(ring):
    members = ring()
    jobs.weekly()
    db.session.rollback()
    for who in members:
        member = db.session.get(Member, who.member_id)
        assert (member.silenced_until, member.suspended_until) == (None, None)


def test_a_run_costs_the_same_however_large_the_forum_is(people, answers, count_queries):
    members = people(6)
    seen = []
    for size in (3, 60):
        for who in members[1:]:
            answers(who, size)
        with count_queries() as statements:
            for finder in (
                detecting.bursts, detecting.concentrations, detecting.reciprocities, detecting.rings,
                detecting.shared_origins, looping.acceptance_loops, looping.copied_answers,
            ):  # fmt: skip
                assert not list(finder())
        seen.append(len(statements))
    assert seen[1] <= seen[0] <= 20


def test_two_moderators_who_decide_at_once_decide_once(people, answers, mo, max_, in_threads):
    ring = people(3)
    for number, one in enumerate(ring):
        vote(one, answers(ring[(number + 1) % 3], 4))
    jobs.weekly()
    case_id = cases()[0].id

    def decide(number):
        verb = deciding.confirm if number % 2 else deciding.clear
        return verb((mo, max_)[number % 2], case_id, WHY)

    found = in_threads(4, decide)
    assert sum(one is True for one in found) == 1
    assert all(one is False or isinstance(one, Conflict) for one in found if one is not True)
    annulled = {row.annulled_at is not None for row in db.session.scalars(select(AbuseEvidence))}
    assert annulled == {cases()[0].state is CaseState.CONFIRMED}
