"""Badges come from facts, once; they go only for the listed causes; campaigns are counted before they begin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from accounts.members.models import Member
from accounts.notifications.models import Notification
from common import clock
from common.db import db, insert_many
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.content.guides.models import Guide
from forum.products.models import Product
from forum.products.owning import add_device
from forum.questions import publishing
from forum.questions.models import Kudos, Post, Question
from forum.questions.rules import PostState
from forum.reactions.annulling import annul_kudos, restore_kudos
from moderation.escalation.models import StageRow
from moderation.escalation.rules import Stage
from moderation.flags.models import Flag
from moderation.flags.rules import FlagReason, Outcome
from moderation.review.rules import Reason
from moderation.sanctions.models import Statement
from moderation.sanctions.rules import Measure
from rewards.badges import awarding, campaigns, honouring, keeping, queries, reading
from rewards.badges.campaigns import Draft
from rewards.badges.counts import sources
from rewards.badges.counts.sources import Who
from rewards.badges.jobs import nightly
from rewards.badges.models import BadgeAward, BadgeCampaign, RevokeCause
from rewards.badges.rules import BadgeKey, CampaignState, Criterion, Tier
from rewards.jobs import standing
from tests.conftest import IDS, START

WORDS = "For two winters of patient answers to people whose drums would not turn."


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


def held(who, live=True):
    db.session.rollback()
    query = select(BadgeAward.badge_key, BadgeAward.tier).where(BadgeAward.member_id == who.member_id)
    if live:
        query = query.where(BadgeAward.revoked_at.is_(None))
    return {(key.value, tier.value) for key, tier in db.session.execute(query)}


def keys(who):
    return {key for key, _tier in held(who)}


def award_id(who, key):
    return db.session.scalar(
        select(BadgeAward.id).where(BadgeAward.member_id == who.member_id, BadgeAward.badge_key == key)
    )


@pytest.fixture
def solved(make_question, make_answer):
    """So many solutions of somebody, asked by somebody, in a category, written at a moment."""

    def make(helper, asker, count, category_id=1, days_ago=3):
        moment = clock.now() - timedelta(days=days_ago)
        made = []
        for number in range(count):
            question_id = make_question(
                asker,
                title=f"Question {number} of {helper.display_name} {category_id}/{days_ago}",
                category_id=category_id,
            )
            made.append(make_answer(helper, question_id))
            with unit_of_work():
                posts = update(Post).where(Post.id.in_((question_id, made[-1])))
                db.session.execute(posts.values(published_at=moment + timedelta(hours=2)))
                db.session.execute(update(Post).where(Post.id == question_id).values(published_at=moment))
                accepted = update(Question.__table__).where(Question.__table__.c.id == question_id)
                db.session.execute(accepted.values(accepted_answer_id=made[-1], accepted_at=moment))
        return made

    return make


def kudos(answer_id, voters, at=None):
    with unit_of_work():
        rows = [{"post_id": answer_id, "member_id": one, "given_at": at or clock.now()} for one in voters]
        insert_many(Kudos, rows)
        db.session.execute(
            update(Post).where(Post.id == answer_id).values(kudos_count=Post.kudos_count + len(rows))
        )


# --- what is counted ----------------------------------------------------------------------------------------------


def test_a_device_a_guide_read_and_a_right_report_each_bring_their_badge(ada, ben, make_question, drain):
    post_id = make_question(ben)
    with unit_of_work():
        db.session.add(Product(id=1, key="o8", slug="o8", name="Ondéa 8", category_id=1))
        db.session.add(
            Flag(
                post_id=post_id,
                version=1,
                flagger_id=ada.member_id,
                reason=FlagReason.INSULT,
                outcome=Outcome.AGREED,
            )
        )
    assert add_device(ada, 1)
    assert reading.finish_guide(ada)
    assert not reading.finish_guide(ada)
    drain()
    assert {"profile_products", "charter", "first_flag"} <= keys(ada)


def test_a_rescue_is_a_solution_after_help_was_called(ada, ben, cleo, solved):
    (late,) = solved(ben, ada, 1)
    (early,) = solved(cleo, ada, 1)
    for answer_id, hours in ((late, -1), (early, +1)):
        question_id, written = db.session.execute(
            select(Post.question_id, Post.published_at).where(Post.id == answer_id)
        ).one()
        with unit_of_work():
            moment = written + timedelta(hours=hours)
            db.session.add(
                StageRow(
                    question_id=question_id,
                    cycle=1,
                    stage=Stage.SUPER_USERS,
                    due_at=moment,
                    recorded_at=moment,
                )
            )
    awarding.award_members([ben.member_id, cleo.member_id])
    assert "rescuer" in keys(ben)
    assert "rescuer" not in keys(cleo)


def test_an_evergreen_was_thanked_five_times_after_half_a_year(ada, ben, cleo, solved):
    (old,) = solved(ben, ada, 1, days_ago=400)
    (young,) = solved(cleo, ada, 1, days_ago=200)
    voters = [IDS["cleo"], IDS["ada"], 901, 902, 903]
    kudos(old, voters, clock.now() - timedelta(days=219))
    kudos(young, [IDS["ben"], IDS["ada"], 901, 902, 903], clock.now() - timedelta(days=21))
    awarding.award_members([ben.member_id, cleo.member_id])
    assert "evergreen" in keys(ben)
    assert "evergreen" not in keys(cleo)


def test_who_is_an_expert_of_three_topics_has_many_talents(ada, ben, solved):
    for category_id in (1, 2, 3):
        solved(ben, ada, 5, category_id)
    awarding.award_members([ben.member_id])
    assert {("topic_expert", "bronze"), ("multi_topic", "bronze")} <= held(ben)
    names = queries.expertise_of(ben.member_id)
    assert sorted(names) == ["Expert Coffee 2026", "Expert Lounge 2026", "Expert Washing 2026"]


def test_a_mentor_answered_first_somebody_who_grew_up_and_said_thanks(
    ben, newcomer, make_question, make_answer
):
    answer_id = make_answer(ben, make_question(newcomer))
    awarding.award_members([ben.member_id])
    assert "mentor" not in keys(ben)
    kudos(answer_id, [newcomer.member_id])
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == newcomer.member_id).values(rank=2))
    awarding.award_members([ben.member_id])
    assert "mentor" in keys(ben)
    assert sources.counter(BadgeKey.WELCOME)(Who((ben.member_id,))) == {(ben.member_id, ""): (1, None)}


def test_a_year_with_ten_days_is_an_anniversary(ada, make_question):
    for number in range(10):
        post_id = make_question(ada, title=f"One question a day, the {number}th")
        with unit_of_work():
            day = START - timedelta(days=300 + number)
            db.session.execute(update(Post).where(Post.id == post_id).values(published_at=day))
    awarding.award_members([ada.member_id])
    assert ("anniversary", "bronze") in held(ada)


def test_guides_of_members_count_and_those_of_the_team_do_not(ada, sam):
    with unit_of_work():
        for number, author in enumerate((ada, sam)):
            db.session.add(
                Guide(
                    language="en", title="How to clean the filter", slug=f"g{number}", body="x" * 40, category_id=1,
                    state="published", published_at=START, author_id=author.member_id,
                )
            )  # fmt: skip
    awarding.award_members([ada.member_id, sam.member_id])
    assert "guide_author" in keys(ada)
    assert not keys(sam)


def test_a_package_above_makes_a_badge_earnable_with_one_line(ada, ben):
    usual = sources.counter(BadgeKey.TESTER)
    sources.count_no_more(BadgeKey.TESTER)
    assert BadgeKey.TESTER not in {medal.key for medal in queries.grid(ada.member_id)}
    sources.count_by(BadgeKey.TESTER, lambda who: {(ben.member_id, ""): (5, None)})
    try:
        awarding.award_members([ada.member_id, ben.member_id])
        assert held(ben) == {("tester", "bronze"), ("tester", "silver")}
        assert BadgeKey.TESTER in {medal.key for medal in queries.grid(ada.member_id)}
    finally:
        sources.count_no_more(BadgeKey.TESTER)
    assert BadgeKey.TESTER in {medal.key for medal in queries.grid(ben.member_id)}
    if usual is not None:
        sources.count_by(BadgeKey.TESTER, usual)


def test_a_badge_that_is_off_is_not_given_but_counted_for_the_team(ben, ada, solved, settings_override):
    solved(ben, ada, 1)
    with settings_override(badges__off=["helper"]):
        awarding.award_members([ben.member_id])
        assert not keys(ben)
        assert awarding.would_award(BadgeKey.HELPER) == 1
    awarding.award_members([ben.member_id])
    assert awarding.would_award(BadgeKey.HELPER) == 0


def test_the_nightly_round_goes_on_where_it_stopped_and_repeats_harmlessly(
    ada, ben, solved, drain, monkeypatch
):
    from rewards.badges import jobs as badge_jobs

    solved(ben, ada, 1)
    monkeypatch.setattr(badge_jobs, "SHARE", 2)
    nightly()
    nightly()
    drain()
    assert "helper" in keys(ben)
    awards = db.session.scalar(select(func.count()).select_from(BadgeAward))
    drain()
    assert awards == db.session.scalar(select(func.count()).select_from(BadgeAward))


def test_the_round_asks_as_many_questions_however_many_members_there_are(
    ada, ben, cleo, solved, count_queries
):
    solved(ben, ada, 1)
    awarding.award_members([ada.member_id, ben.member_id])
    with count_queries() as one:
        awarding.award_members([ben.member_id])
    with count_queries() as many:
        awarding.award_members(list(IDS.values()))
    assert len(many) <= len(one) + 1


# --- what is taken back -------------------------------------------------------------------------------------------


def breach(post_id, reason=Reason.HATE):
    with unit_of_work():
        db.session.add(
            Statement(
                cause=f"test:{post_id}", measure=Measure.REMOVED, member_id=None, post_id=post_id, reason=reason,
                clause="2.2", appeal_until=clock.now() + timedelta(days=180),
            )
        )  # fmt: skip


@pytest.mark.parametrize("how", ["deleted", "removed", "breach"])
def test_only_a_breach_takes_the_badge_that_stood_on_a_post(ada, ben, mo, solved, drain, how):
    (answer_id,) = solved(ben, ada, 1)
    standing([{"member_id": ben.member_id}])
    assert ("helper", "bronze") in held(ben)
    if how == "deleted":
        with unit_of_work():
            db.session.execute(update(Post).where(Post.id == answer_id).values(state=PostState.WITHDRAWN))
    else:
        breach(answer_id, Reason.HATE if how == "breach" else Reason.OFF_TOPIC)
        publishing.remove(mo, answer_id)
    drain()
    standing([{"member_id": ben.member_id}])
    assert (("helper", "bronze") in held(ben)) == (how != "breach")
    if how == "breach":
        publishing.restore(mo, answer_id)
        drain()
        assert ("helper", "bronze") in held(ben), "the post counts again, and so does what stands on it"


def test_annulled_votes_take_the_badge_they_made_and_give_it_back_with_them(ada, ben, solved, drain):
    (answer_id,) = solved(ben, ada, 1)
    kudos(answer_id, [901, 902, 903])
    standing([{"member_id": ben.member_id}])
    assert {("good_answer", "bronze"), ("helper", "bronze")} <= held(ben)
    vote = db.session.scalar(select(Kudos.id).where(Kudos.member_id == 901))
    with unit_of_work():
        annul_kudos(vote)
    drain()
    assert held(ben) == {("helper", "bronze")}
    assert db.session.get(BadgeAward, award_id(ben, "good_answer")).revoke_cause is RevokeCause.EVIDENCE
    with unit_of_work():
        restore_kudos(vote)
    drain()
    assert ("good_answer", "bronze") in held(ben)


def test_a_streak_stays_whatever_happens_to_its_posts(ada, ben, mo, max_, solved):
    answers = [solved(ben, ada, 1, days_ago=7 * week + 1)[0] for week in range(4)]
    for answer_id in answers:
        kudos(answer_id, [901])
    standing([{"member_id": ben.member_id}])
    assert ("steady", "bronze") in held(ben)
    for answer_id in answers:
        breach(answer_id)
        publishing.remove(mo, answer_id)
    standing([{"member_id": ben.member_id}])
    assert keys(ben) == {"steady"}
    with pytest.raises(Conflict):
        keeping.revoke(max_, award_id(ben, "steady"), RevokeCause.FRAUD, "Because")


def test_a_manager_takes_a_badge_back_for_a_listed_cause_and_it_is_not_given_again(
    ada, ben, mo, max_, solved
):
    solved(ben, ada, 1)
    awarding.award_members([ben.member_id])
    taken = award_id(ben, "helper")
    with pytest.raises(Forbidden):
        keeping.revoke(mo, taken, RevokeCause.FRAUD, "Because")
    for cause, reason in ((RevokeCause.FRAUD, " "), (RevokeCause.EVIDENCE, "Because")):
        with pytest.raises(Invalid):
            keeping.revoke(max_, taken, cause, reason)
    assert keeping.revoke(max_, taken, RevokeCause.FRAUD, "Bought solutions")
    assert not keeping.revoke(max_, taken, RevokeCause.FRAUD, "Bought solutions")
    standing([{"member_id": ben.member_id}])
    assert "helper" not in keys(ben)


def test_expertise_lapses_after_a_year_and_comes_back_with_new_solutions(ada, ben, solved, at):
    solved(ben, ada, 5)
    awarding.award_members([ben.member_id])
    at(timedelta(days=360))
    assert keeping.renew_experts() is None
    assert queries.expertise_of(ben.member_id) == ["Expert Washing 2026"]
    at(timedelta(days=10))
    keeping.renew_experts()
    assert queries.expertise_of(ben.member_id) == []
    medal = next(one for one in queries.medals_of(ben.member_id) if one.key is BadgeKey.TOPIC_EXPERT)
    assert str(medal.name) == "Former expert Washing"
    solved(ben, ada, 5)
    keeping.renew_experts()
    keeping.renew_experts()
    assert queries.expertise_of(ben.member_id) == ["Expert Washing 2027"]
    told = select(Notification.kind).where(
        Notification.member_id == ben.member_id, Notification.kind.like("expert%")
    )
    assert sorted(db.session.scalars(told)) == ["expert-lapsed", "expert-renewed"]


# --- honours ------------------------------------------------------------------------------------------------------


def test_an_honour_needs_the_team_and_a_citation_and_comes_once_from_one_form(ada, ben, sam, mo):
    with pytest.raises(Forbidden):
        honouring.honour(ada, ben.member_id, WORDS, "f1")
    with pytest.raises(Invalid):
        honouring.honour(sam, ben.member_id, "Too short   " + " " * 60, "f1")
    with pytest.raises(Conflict):
        honouring.honour(sam, mo.member_id, WORDS, "f1")
    given = honouring.honour(sam, ben.member_id, WORDS, "f1")
    assert honouring.honour(sam, ben.member_id, WORDS, "f1") == given
    assert held(ben) == {("honour", "gold")}
    assert queries.medals_of(ben.member_id)[0].citation == WORDS


def test_an_honour_is_taken_back_by_two_of_the_team(ada, ben, sam, mo, max_):
    given = honouring.honour(sam, ben.member_id, WORDS, "f1")
    with pytest.raises(Conflict):
        keeping.revoke(max_, given, RevokeCause.FRAUD, "Because")
    with pytest.raises(Conflict):
        honouring.take_back(mo, given)
    with pytest.raises(Invalid):
        honouring.ask_back(mo, given, " ")
    assert honouring.ask_back(mo, given, "It was somebody else")
    assert not honouring.ask_back(sam, given, "I think so too")
    with pytest.raises(Forbidden):
        honouring.take_back(mo, given)
    assert honouring.leave_it(sam, given)
    assert held(ben) == {("honour", "gold")}
    honouring.ask_back(mo, given, "It was somebody else")
    assert honouring.take_back(sam, given)
    assert not honouring.take_back(max_, given)
    assert held(ben) == set()


# --- campaigns ----------------------------------------------------------------------------------------------------


def draft(**more):
    values = {
        "badge_key": BadgeKey.EVENT, "name_fr": "Journée portes ouvertes", "name_en": "Open day", "about_fr": "", "about_en": "",
        "criterion": Criterion.JOINED, "wanted": 1, "starts_at": START - timedelta(days=60), "ends_at": START + timedelta(days=1),
    }  # fmt: skip
    return Draft(**(values | more))


def test_a_campaign_is_counted_first_then_given_once_and_ends_by_time(max_, mo, ada, newcomer, drain, at):
    with pytest.raises(Forbidden):
        campaigns.define(mo, draft(), "k")
    made = campaigns.define(max_, draft(), "k")
    assert campaigns.define(max_, draft(), "k") == made
    assert campaigns.would_get_it(made) == 4
    drain()
    assert not keys(newcomer)
    assert campaigns.activate(max_, made)
    assert not campaigns.activate(max_, made)
    with pytest.raises(Conflict):
        campaigns.change(max_, made, draft(name_en="Another"))
    drain()
    standing([{"member_id": newcomer.member_id}])
    assert held(newcomer) == {("event", "bronze")}
    assert "event" not in keys(ada)
    assert campaigns.would_get_it(made) == 0
    told = select(func.count()).where(Notification.member_id == newcomer.member_id)
    assert db.session.scalar(told.where(Notification.kind == "badge-awarded")) == 1
    assert str(queries.medals_of(newcomer.member_id)[0].name) == "Open day"
    at(timedelta(days=2))
    nightly()
    drain()
    assert db.session.get(BadgeCampaign, made).state is CampaignState.ENDED
    assert held(newcomer) == {("event", "bronze")}


@pytest.mark.parametrize(("criterion", "wanted", "who"), [("wrote", 2, {"ada"}), ("solved", 1, {"ben"})])
def test_a_campaign_counts_deeds_in_its_window(ada, ben, max_, solved, drain, criterion, wanted, who):
    solved(ben, ada, 1, days_ago=5)
    solved(ada, ada, 1, days_ago=5)
    solved(ben, ada, 1, days_ago=70)
    made = campaigns.define(
        max_, draft(badge_key=BadgeKey.BETA, criterion=Criterion(criterion), wanted=wanted), "k"
    )
    assert campaigns.would_get_it(made) == len(who)
    campaigns.activate(max_, made)
    drain()
    db.session.rollback()
    got = db.session.execute(
        select(BadgeAward.member_id, BadgeAward.tier).where(BadgeAward.campaign_id == made)
    )
    assert {(name, Tier.SILVER) for name in who} == {
        (next(n for n, i in IDS.items() if i == member), tier) for member, tier in got
    }


def test_a_campaign_is_given_by_name_to_members_only(ada, ben, max_):
    made = campaigns.define(max_, draft(criterion=Criterion.NAMED), "k")
    with pytest.raises(Conflict):
        awarding.give_named(max_, made, "Ada")
    campaigns.activate(max_, made)
    with pytest.raises(Invalid) as refused:
        awarding.give_named(max_, made, "Ada\nNobody Here\nSam")
    assert "Nobody Here, Sam" in str(refused.value.fields["names"])
    assert not keys(ada)
    assert awarding.give_named(max_, made, " ada \nBen\n\nBen") == 2
    assert awarding.give_named(max_, made, "Ada") == 0
    assert campaigns.end(max_, made)
    with pytest.raises(Conflict):
        awarding.give_named(max_, made, "Cleo")
    assert keys(ben) == {"event"}


# --- pages --------------------------------------------------------------------------------------------------------


def test_the_catalogue_shows_the_next_tier_and_how_far_one_is(sign_in, client, ada, ben, solved):
    solved(ben, ada, 2)
    awarding.award_members([ben.member_id])
    assert "Helping hand" in client.get("/en/badges").text
    page = sign_in(ben).get("/en/badges").text
    assert "Next: silver, 25 solutions." in page
    assert "You are at 2." in page
    assert client.get("/en/badges/nothing").status_code == 404


def test_the_desk_of_badges_from_draft_to_award(sign_in, client, max_, mo, ada, newcomer, drain):
    assert client.get("/en/desk/badges").status_code == 403
    assert sign_in(ada).get("/en/desk/badges").status_code == 403
    desk = sign_in(max_)
    form = {
        "badge_key": "founder", "name_fr": "Fondatrices et fondateurs", "name_en": "Founders", "criterion": "joined",
        "starts": "2026-01-01", "ends": "2026-03-02", "form_key": "abc",
    }  # fmt: skip
    wrong = desk.post("/en/desk/badges/campaigns/new", data=form | {"ends": "2025-01-01", "name_fr": "x"})
    assert wrong.status_code == 422
    assert "The last day comes after the first." in wrong.text and "Founders" in wrong.text
    made = desk.post("/en/desk/badges/campaigns/new", data=form)
    place = made.headers["Location"]
    assert "4 members would get it now." in desk.get(place).text
    assert "Fondatrices" in desk.get(f"{place}/change").text
    assert desk.post(f"{place}/activate").status_code == 303
    drain()
    assert "founder" in keys(newcomer)
    assert "Founders" in desk.get("/en/badges/founder").text
    assert "Founders" in desk.get(f"/en/members/{newcomer.member_id}/new").text
    assert "Nobody" not in desk.get("/en/desk/badges?count=helper").text
    assert desk.post("/en/desk/badges/switch", data={"key": "helper", "on": "0"}).status_code == 422
    assert (
        desk.post("/en/desk/badges/switch", data={"key": "helper", "on": "0", "reason": "Test"}).status_code
        == 303
    )
    page = sign_in(mo).get(f"/en/desk/members/{newcomer.member_id}").text
    assert "Founders" in page and "Give an honour" in page


def test_an_honour_on_the_desk_and_on_the_profile(sign_in, mo, sam, ben):
    desk = sign_in(mo)
    place = f"/en/desk/badges/members/{ben.member_id}/honour"
    assert desk.get(place).status_code == 200
    short = desk.post(place, data={"citation": "Thank you", "form_key": "a"})
    assert short.status_code == 422 and "Thank you" in short.text
    made = desk.post(place, data={"citation": WORDS, "form_key": "a"}).headers["Location"]
    assert WORDS in desk.get(f"/en/members/{ben.member_id}/ben").text
    assert desk.post(f"{made}/ask-back", data={"reason": "Wrong person"}).status_code == 303
    assert desk.post(f"{made}/take-back").status_code == 403
    assert "Ben" in desk.get("/en/desk/badges").text
    assert sign_in(sam).post(f"{made}/take-back").status_code == 303
    assert WORDS not in desk.get(f"/en/members/{ben.member_id}/ben").text


def test_whoever_is_suspended_is_no_longer_named_on_the_page_of_a_badge(client, ben, ada, solved):
    solved(ben, ada, 1)
    awarding.award_members([ben.member_id])
    assert "Ben" in client.get("/en/badges/helper").text
    with unit_of_work():
        until = clock.now() + timedelta(days=7)
        db.session.execute(update(Member).where(Member.id == ben.member_id).values(suspended_until=until))
    assert "Ben" not in client.get("/en/badges/helper").text
    assert SYSTEM.is_system
