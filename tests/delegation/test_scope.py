"""A moderator of a part: queue, counters, search, bulk, files and decisions are those of the part; what ends, ends at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.members import roles
from accounts.members.models import Member
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.questions.models import Question
from moderation.bulk import proposing, running
from moderation.bulk import queries as bulk_queries
from moderation.bulk.choosing import Filter
from moderation.bulk.proposing import Wish
from moderation.bulk.rules import By, Choice
from moderation.delegation import granting, scope, teams
from moderation.delegation.rules import Right, whole
from moderation.review import deciding, leasing, queries, queueing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown, stamps_of
from moderation.sanctions import appealing
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.queries import file_of, people
from moderation.sanctions.rules import AppealState
from rewards.ranks.models import Mandate
from tests.conftest import START
from tests.delegation.conftest import ELSEWHERE, HERE, text_of


def decide(actor, item_id, verdict=None):
    lease = leasing.claim(actor, item_id)
    stamp = shown(db.session.get(ReviewItem, item_id)).stamp
    return deciding.decide(actor, item_id, lease.token, stamp, verdict or Verdict(Decision.APPROVE))


def many(actor, item_ids):
    seen = stamps_of(item_ids)
    go = proposing.begin(actor, Filter(By.TICKED, ""), seen, Wish(Choice.APPROVE))
    running.run(go)
    return proposing.load(go)


def test_the_queue_its_counters_and_search_hold_the_granted_category_only(limited, waiting, mo):
    here, _there = waiting
    part = limited(Right.DECIDE)
    assert [row.id for row in queries.queue(part, "all").rows] == [here]
    assert queries.queue(part, "all").counts["all"] == 1 and queries.waiting_counts(part) == (1, 0)
    assert queries.queue(part, "all", "coffee").rows == []
    assert queries.waiting_counts(mo) == (2, 0)


def test_of_a_go_only_what_is_still_one_s_part_is_read(limited, waiting, mo):
    here, _there = waiting
    part = limited(Right.DECIDE, Right.BULK)
    go = proposing.begin(part, Filter(By.TICKED, ""), stamps_of([here]), Wish(Choice.APPROVE))
    assert [line.id for line in bulk_queries.one(part, go).examples] == [here]
    with unit_of_work():
        update_where(Question, Question.id == db.session.get(ReviewItem, here).post_id, category_id=ELSEWHERE)
    assert bulk_queries.one(part, go).examples == [] and len(bulk_queries.one(mo, go).examples) == 1


def test_the_next_item_comes_from_the_category_and_then_none(limited, waiting):
    part = limited(Right.DECIDE)
    assert leasing.take_next(part).item_id == waiting[0]
    decide(part, waiting[0])
    assert leasing.take_next(part) is None


def test_an_item_elsewhere_is_neither_taken_nor_decided_nor_noted_nor_skipped(limited, waiting):
    part, there = limited(Right.DECIDE, Right.BULK), waiting[1]
    with pytest.raises(Forbidden):
        leasing.claim(part, there)
    with pytest.raises(NotFound):
        leasing.skip(part, there)
    with pytest.raises(NotFound):
        deciding.add_note(part, there, "I would like to look at this")
    made = many(part, waiting)
    assert (made.item_count, made.decided_count) == (1, 1)


def test_a_right_is_one_right(limited, waiting):
    part = limited(Right.DECIDE)
    with pytest.raises(Forbidden):
        many(part, [waiting[0]])
    with pytest.raises(NotFound):
        file_of(part, 901)
    assert whole([(1, Right.BULK)]) == {(1, Right.BULK), (1, Right.DECIDE)}


def test_a_thread_that_moves_takes_its_items_along(limited, waiting, now):
    part = limited(Right.DECIDE)
    question_id = db.session.get(ReviewItem, waiting[0]).question_id
    with unit_of_work():
        db.session.get(Question, question_id).category_id = ELSEWHERE
    assert queries.queue(part, "all").rows == []
    with pytest.raises(Forbidden):
        leasing.claim(part, waiting[0])


def test_what_is_taken_away_is_gone_with_the_next_click(limited, waiting, max_, now):
    part = limited(Right.DECIDE)
    lease = leasing.claim(part, waiting[0])
    stamp = shown(db.session.get(ReviewItem, waiting[0])).stamp
    assert granting.end_for(max_, part.member_id, "the season is over")
    with pytest.raises(Forbidden):  # the very same page, still open
        deciding.decide(part, waiting[0], lease.token, stamp, Verdict(Decision.APPROVE))
    assert now(part.member_id).role == "member"


def test_a_whole_moderator_who_is_given_a_part_loses_the_rest(mo, max_, now, waiting):
    granting.entrust_member(max_, mo.member_id, [(HERE, Right.DECIDE)], "less for now")
    part = now(mo.member_id)
    assert part.is_limited and not part.can_moderate and not part.is_staff and part.works_here
    assert [row.id for row in queries.queue(part, "all").rows] == [waiting[0]]


def test_a_limited_moderator_without_grants_has_no_desk(max_, now, person, waiting):
    roles.limit(max_, person(3_200), "begins on Monday")
    part = now(3_200)
    with pytest.raises(Forbidden):
        leasing.take_next(part)
    assert queries.waiting_counts(part) == (0, 0)


def test_files_are_of_who_wrote_here_and_tell_what_happened_here(
    limited, waiting, make_question, ada, ben, mo
):
    part = limited(Right.FILES)
    make_question(ben, title="The drum does not turn at all", category_id=HERE)
    make_question(ada, title="The milk does not froth at all", category_id=ELSEWHERE)
    found = [one.id for one in people(part, "", None).items]
    assert ben.member_id in found and ada.member_id not in found
    assert people(part, "ben@example.com", None).items == []
    with pytest.raises(NotFound):
        file_of(part, ada.member_id)
    decide(mo, waiting[0], Verdict(Decision.REJECT, Reason.OFF_TOPIC))
    decide(mo, waiting[1], Verdict(Decision.REJECT, Reason.INSULT))
    file = file_of(part, db.session.get(ReviewItem, waiting[0]).author_id)
    assert [one.item_id for one, _undone in file.decisions] == [waiting[0]]
    assert len(file.statements) == 1 and not file.is_whole


def test_an_item_is_opened_about_a_post_of_the_category_only(limited, make_question, ben):
    part = limited(Right.DECIDE)
    here = make_question(ben, title="The drum does not turn at all", category_id=HERE)
    there = make_question(ben, title="The milk does not froth at all", category_id=ELSEWHERE)
    assert queueing.look_at(part, here)
    with pytest.raises(NotFound):
        queueing.look_at(part, there)


def test_a_mentor_decides_what_waits_in_the_category_of_the_mandate(mentor, waiting):
    assert decide(mentor, waiting[0]).decision == Decision.APPROVE
    with pytest.raises(Forbidden):
        leasing.claim(mentor, waiting[1])


@pytest.mark.parametrize("how", ["over", "silenced", "rank"])
def test_a_mandate_that_is_over_opens_nothing_from_that_moment(mentor, waiting, at, now, how):
    with unit_of_work():
        if how == "silenced":
            db.session.get(Member, mentor.member_id).silenced_until = START + timedelta(days=40)
        elif how == "rank":
            db.session.get(Member, mentor.member_id).rank = 5
        else:
            db.session.get(Mandate, mentor.member_id).ends_at = START + timedelta(hours=1)
    at(START + timedelta(hours=1))
    with pytest.raises(Forbidden):
        leasing.claim(now(mentor.member_id), waiting[0])


def test_a_mentor_gets_neither_what_is_dangerous_nor_appeals_nor_what_went_to_managers(mentor, waiting):
    for change in ({"klass": 1}, {"needs_senior": True}, {"kind": "appeal"}, {"kind": "flag_case"}):
        before = {name: getattr(db.session.get(ReviewItem, waiting[0]), name) for name in change}
        with unit_of_work():
            db.session.execute(db.update(ReviewItem).where(ReviewItem.id == waiting[0]).values(**change))
        seen = db.session.scalar(db.select(ReviewItem.id).where(scope.in_scope(mentor)))
        assert seen is None, change
        with unit_of_work():
            db.session.execute(db.update(ReviewItem).where(ReviewItem.id == waiting[0]).values(**before))


def test_an_outside_team_sees_no_names_of_who_reported_and_nobody_behind_a_mask(
    limited, waiting, client, sign_in
):
    part = limited(Right.DECIDE)
    page = text_of(sign_in(part).get(f"/en/desk/review/{waiting[0]}"))
    assert "hums" in page and "/desk/members/" not in page


# --- granting ---------------------------------------------------------------------------------------------------------


def test_only_managers_grant_never_to_themselves_and_with_a_reason(mo, ada, max_, sam):
    for actor in (mo, sam, ada):
        with pytest.raises(Forbidden):
            granting.entrust_member(actor, ada.member_id, [(HERE, Right.DECIDE)], "please")
    with pytest.raises(Invalid):
        granting.entrust_member(max_, max_.member_id, [(HERE, Right.DECIDE)], "myself")
    with pytest.raises(Invalid):
        granting.entrust_member(max_, ada.member_id, [(HERE, Right.DECIDE)], " ")
    with pytest.raises(Invalid):
        granting.entrust_member(max_, ada.member_id, [(99, Right.DECIDE)], "where is that")
    with pytest.raises(Conflict):
        granting.entrust_member(max_, sam.member_id, [(HERE, Right.DECIDE)], "an agent")
    assert db.session.get(Member, ada.member_id).role == "member"


def test_only_administrators_lift_a_limit(limited, max_, root, now):
    part = limited(Right.DECIDE)
    with pytest.raises(Forbidden):
        roles.unlimit(max_, part.member_id, roles.Role.MODERATOR, "all of it")
    assert roles.unlimit(root, part.member_id, roles.Role.MODERATOR, "all of it")
    assert now(part.member_id).can_moderate


# --- teams ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def team(max_, person):
    """A team with a lead and somebody, and the queue of HERE."""
    agency_id = teams.found_agency(max_, "Helpers")
    granting.entrust_agency(max_, agency_id, [(HERE, Right.DECIDE)], "contract of March")
    teams.seat(max_, agency_id, person(3_301), False, "begins")
    teams.seat(max_, agency_id, person(3_302), True, "leads")
    return agency_id


def test_a_team_has_its_rights_until_somebody_leaves_or_the_contract_ends(team, max_, now, waiting, at):
    worker, lead = now(3_301), now(3_302)
    assert leasing.take_next(worker).item_id == waiting[0]
    assert teams.unseat(max_, team, 3_301, "left")
    with pytest.raises(Forbidden):
        leasing.take_next(worker)
    assert teams.end_agency(max_, team, "the contract ended")
    with pytest.raises(Forbidden):
        leasing.take_next(lead)
    assert now(3_302).role == "member" and not teams.end_agency(max_, team, "again")


def test_a_team_is_seen_side_by_side_by_managers_and_by_its_lead_alone(
    team, max_, now, waiting, client, sign_in
):
    decide(now(3_301), waiting[0], Verdict(Decision.REJECT, Reason.OFF_TOPIC))
    sign_in(max_)
    assert "Helpers" in text_of(client.get("/en/desk/delegation"))
    own = app_client(client, sign_in, now(3_302))
    assert "person3301" in text_of(own.get(f"/en/desk/delegation/teams/{team}"))
    other = teams.found_agency(max_, "Others")
    assert own.get(f"/en/desk/delegation/teams/{other}").status_code == 403
    assert app_client(client, sign_in, now(3_301)).get(f"/en/desk/delegation/teams/{team}").status_code == 403


def app_client(client, sign_in, who):
    return sign_in(who, client.application.test_client())


def test_figures_count_for_the_team_one_worked_in(team, max_, now, waiting, at):
    from moderation.delegation import figures

    decide(now(3_301), waiting[0], Verdict(Decision.REJECT, Reason.OFF_TOPIC))
    teams.unseat(max_, team, 3_301, "left")
    later = teams.found_agency(max_, "Others")
    at(timedelta(minutes=5))
    teams.seat(max_, later, 3_301, False, "joins")
    found = figures.by_agency()
    assert (found[team].items, found[team].restrictions, found[team].overturned) == (
        1,
        1,
        0,
    ) and later not in found
    assert figures.by_person(team)[3_301].items == 1


def test_a_decision_that_was_contested_twice_is_one(team, now, waiting):
    from moderation.delegation import figures

    decide(now(3_301), waiting[0], Verdict(Decision.REJECT, Reason.OFF_TOPIC))
    statement = db.session.scalars(db.select(Statement)).one()
    with unit_of_work():
        for turn, state in ((1, AppealState.UPHELD), (2, AppealState.OVERTURNED)):
            db.session.add(
                Appeal(
                    statement_id=statement.id, member_id=statement.member_id, text="No, look again.", round=turn,
                    state=state, answer="", created_at=START,
                )
            )  # fmt: skip
    found = figures.by_agency()[team]
    assert (found.items, found.restrictions, found.contested, found.overturned) == (1, 1, 1, 1)


def test_somebody_works_in_one_team_at_a_time(team, max_):
    other = teams.found_agency(max_, "Others")
    with pytest.raises(Conflict):
        teams.seat(max_, other, 3_301, False, "both")
    assert not teams.seat(max_, team, 3_301, False, "again")


def test_rights_are_granted_on_the_page(client, sign_in, max_, person, now):
    person(3_400)
    sign_in(max_)
    chosen = client.post("/en/desk/delegation/members", data={"member": "person3400"})
    assert chosen.status_code == 303
    page = client.get(chosen.headers["Location"])
    assert page.status_code == 200 and 'value="1:decide"' in page.get_data(as_text=True)
    empty = client.post(chosen.headers["Location"], data={"rights": ["1:files"], "reason": ""})
    assert empty.status_code == 422 and "checked" in empty.get_data(as_text=True)
    client.post(chosen.headers["Location"], data={"rights": ["1:files", "x:y", "2:"], "reason": "helps us"})
    assert granting.of_member(3_400) == {(1, Right.FILES), (1, Right.DECIDE)}
    assert "person3400" in text_of(client.get("/en/desk/delegation"))
    client.post(chosen.headers["Location"], data={"act": "end", "reason": "over"})
    assert now(3_400).role == "member"


def test_who_may_answer_appeals_of_a_part_answers_those_and_no_others(limited, waiting, mo):
    part, other = limited(Right.APPEALS), limited(Right.DECIDE, number=3_101)
    appeals = []
    for item_id in waiting:
        decide(mo, item_id, Verdict(Decision.REJECT, Reason.OFF_TOPIC))
        statement = db.session.scalars(db.select(Statement).order_by(Statement.id.desc())).first()
        appeals.append(appealing.appeal(ANONYMOUS, statement.id, "It is about the machine, look again."))
    here, there = (db.session.get(Appeal, one).item_id for one in appeals)
    decide(part, here, Verdict(Decision.OVERTURN, message="You were right, we are sorry for this."))
    assert db.session.get(Appeal, appeals[0], populate_existing=True).state == AppealState.OVERTURNED
    with pytest.raises(Forbidden):
        leasing.claim(part, there)
    with pytest.raises(Forbidden):
        appealing.assign(other, appeals[1])
