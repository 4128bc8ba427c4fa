"""Reports beyond one text: who is heard less, raids sent from elsewhere, pictures, profiles, what is taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.members.models import Member
from accounts.notifications.models import Notification
from common import clock
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.flags import misuse
from moderation.flags.flagging import CameFrom, flag, standings, verdict_on, withdraw_flag
from moderation.flags.models import Flag, FlagMeasure
from moderation.flags.rules import (
    FlagFacts,
    FlagReason,
    MeasureKind,
    Standing,
    arrival,
    arrived_from,
    is_brigade,
)
from moderation.flags.rules import misuse as called_for
from moderation.profile_reports import reporting
from moderation.profile_reports.models import ProfileReport
from moderation.review import deciding, leasing, queueing
from moderation.review import queries as review_queue
from moderation.review.history import reporters_of
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions.appealing import Amendment, appeal
from moderation.sanctions.models import Statement
from moderation.sanctions.queries import about

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
PICTURE = "ab" * 20 + ".jpg"


@pytest.fixture
def question(ada, make_question):
    return make_question(ada)


def kinds_told(member_id):
    query = db.select(Notification.kind).where(Notification.member_id == member_id)
    return list(db.session.scalars(query.order_by(Notification.id)))


def decided(ben, posts, at_, outcome="disagreed"):
    """Reports of ben that were decided."""
    with unit_of_work():
        for number in posts:
            db.session.add(
                Flag(post_id=1, version=1, flagger_id=ben.member_id, reason="insult", outcome=outcome, created_at=at_, decided_at=at_)
            )  # fmt: skip
    misuse.look_at({"member_id": ben.member_id})


# --- the ladder ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reviewed", "agreed", "last", "expected"),
    [
        (9, 0, None, None), (10, 3, None, None), (10, 2, None, MeasureKind.WARNED), (10, 0, AT - timedelta(days=89), MeasureKind.MUTED),
        (10, 0, AT - timedelta(days=91), MeasureKind.WARNED), (100, 30, None, None), (100, 29, None, MeasureKind.WARNED),
    ],
)  # fmt: skip
def test_a_warning_comes_first_and_only_soon_after_it_silence_of_reports(reviewed, agreed, last, expected):
    assert called_for(reviewed, agreed, last, AT) == expected


def test_ten_wrong_reports_are_warned_once_then_weigh_nothing_for_thirty_days(
    question, ben, members, at, state_of
):
    decided(ben, range(10), clock.now())
    decided(ben, [], clock.now())
    assert kinds_told(ben.member_id) == ["reports-warned"] and not misuse.muted([ben.member_id])
    at(timedelta(days=20))
    decided(ben, range(10), clock.now())
    assert kinds_told(ben.member_id)[-1] == "reports-muted" and misuse.muted([ben.member_id]) == {
        ben.member_id
    }
    flag(ben, question, FlagReason.DANGEROUS)
    assert (verdict_on(question).score, verdict_on(question).urgent) == (0, False)
    assert db.session.scalars(db.select(Flag.weight).where(Flag.active_key.is_not(None))).one() == 0
    assert db.session.scalars(db.select(ReviewItem.klass)).one() == 3
    at(timedelta(days=31))
    assert not misuse.muted([ben.member_id]) and verdict_on(question).score > 0


def test_good_reports_between_the_bad_ones_cost_nothing(question, ben):
    decided(ben, range(4), clock.now(), "agreed")
    decided(ben, range(9), clock.now())
    assert kinds_told(ben.member_id) == []


def test_old_mistakes_are_forgotten(question, ben, at):
    decided(ben, range(9), clock.now())
    at(timedelta(days=61))
    decided(ben, range(9), clock.now())
    assert kinds_told(ben.member_id) == []


def test_the_decision_itself_sets_the_ladder_going_after_the_undo(
    ada, ben, make_question, decide, mo, at, drain, settings_override
):
    with settings_override(moderation__misuse_reviewed=2):
        for number in range(2):
            post = make_question(ada, title=f"Question number {number} stands here")
            flag(ben, post, FlagReason.INSULT)
            decide(mo, post, Decision.NO_ACTION)
        drain()
        assert kinds_told(ben.member_id) == []
        at(timedelta(minutes=5))
        drain()
    assert "reports-warned" in kinds_told(ben.member_id)


def test_moderators_count_the_reports_again(question, ben, mo):
    with unit_of_work():
        db.session.add(
            FlagMeasure(member_id=ben.member_id, kind="muted", reviewed=10, agreed=0, until=clock.now() + timedelta(days=3))
        )  # fmt: skip
    (one,) = misuse.measures_of(ben.member_id)
    with pytest.raises(Forbidden):
        misuse.lift(ben, one.id)
    misuse.lift(mo, one.id)
    misuse.lift(mo, one.id)
    assert not misuse.muted([ben.member_id])


# --- raids --------------------------------------------------------------------------------------------------------


def facts(who, **more):
    return FlagFacts(who, FlagReason.INSULT, Standing(5, 40), AT + timedelta(minutes=who), **more)


def test_five_regulars_sent_from_one_other_site_are_a_raid():
    assert is_brigade([facts(n, referrer="x" if n < 4 else "") for n in range(1, 6)])
    assert not is_brigade([facts(n, referrer="x" if n < 3 else "") for n in range(1, 6)])
    assert not is_brigade([facts(n, referrer=str(n)) for n in range(1, 6)])


def test_one_member_with_five_reasons_is_no_raid():
    assert not is_brigade([facts(1, is_stranger=True) for _n in range(5)])


def test_where_somebody_came_from_is_believed_for_an_hour():
    noted = arrival("forum.example", AT)
    assert arrived_from(noted, AT + timedelta(minutes=59)) == "forum.example"
    assert (
        arrived_from(noted, AT + timedelta(minutes=61))
        == ""
        == arrived_from(noted, AT - timedelta(minutes=5))
    )
    for odd in (None, "", "x y", "9" * 40 + " a", "١٢ a"):
        assert arrived_from(odd, AT) == ""


def test_the_other_site_is_noted_on_arrival_and_kept_as_a_digest(client, sign_in, ben, question):
    sign_in(ben)
    client.get(
        f"/en/questions/{question}/x",
        headers={"Referer": "https://angry.example/topic/3"},
        follow_redirects=True,
    )
    client.get(f"/en/posts/{question}/flag", headers={"Referer": "http://localhost/en/"})
    client.post(f"/en/posts/{question}/flag", data={"reason": "insult"})
    (row,) = db.session.scalars(db.select(Flag))
    assert row.referrer and "angry" not in row.referrer


def test_search_engines_and_our_own_sites_are_no_raid(client, sign_in, ben, question):
    sign_in(ben)
    for before in (
        "https://www.google.fr/",
        "https://shop.brevane.example/",
        "not an address",
        "https://[::1",
    ):
        assert client.get("/en/", headers={"Referer": before}).status_code == 200
        assert client.get("/en/nothing-here", headers={"Referer": before}).status_code == 404
    client.post(f"/en/posts/{question}/flag", data={"reason": "insult"})
    assert db.session.scalars(db.select(Flag.referrer)).one() == ""


def test_who_was_here_yesterday_is_no_stranger(question, members, at):
    from accounts.signin.sessions import Origin, begin

    here, away = members(2, rank=1)
    with unit_of_work():
        begin(here.member_id, Origin("127.0.0.1", "x"))
    at(timedelta(hours=2))
    with unit_of_work():
        begin(away.member_id, Origin("127.0.0.1", "x"))
    for who in (here, away):
        flag(who, question, FlagReason.INSULT)
    assert dict(db.session.execute(db.select(Flag.flagger_id, Flag.is_stranger)).all()) == {
        here.member_id: False,
        away.member_id: True,
    }


# --- reporting again, taking back, limits -------------------------------------------------------------------------


def test_what_was_read_and_left_is_not_reported_again_until_it_changes(question, ada, ben, mo, decide):
    from forum.questions.editing import edit_post

    flag(ben, question, FlagReason.INSULT)
    decide(mo, question, Decision.NO_ACTION)
    with pytest.raises(Conflict):
        flag(ben, question, FlagReason.INSULT)
    assert flag(ben, question, FlagReason.ADVERTISING) is True
    edit_post(
        ada, question, version=1, body="It stops eight minutes before the end. What can I do about that now?"
    )
    assert flag(ben, question, FlagReason.INSULT) is True


def test_the_last_report_taken_back_ends_its_case(question, ben, cleo, item_of, mo):
    flag(ben, question, FlagReason.INSULT)
    flag(cleo, question, FlagReason.INSULT)
    withdraw_flag(ben, question)
    assert item_of(question).state == "open"
    withdraw_flag(cleo, question)
    assert item_of(question).state == "cancelled"
    assert flag(ben, question, FlagReason.INSULT) and item_of(question).state == "open"


def test_a_case_in_somebody_s_hands_or_with_a_legal_notice_goes_on(question, ben, item_of, mo):
    from moderation.review import leasing

    flag(ben, question, FlagReason.INSULT)
    leasing.claim(mo, item_of(question).id)
    withdraw_flag(ben, question)
    assert item_of(question).state == "leased"
    update_where(
        ReviewItem, ReviewItem.post_id == question, state="open", signals=["flagged", "legal_notice"]
    )
    assert queueing.cancel_reports(question) == 0


@pytest.mark.parametrize(("rank", "most"), [(0, 2), (2, 2), (3, 3), (4, 4)])
def test_experienced_members_may_report_more_a_day(
    ada, make_question, members, settings_override, rank, most
):
    (who,) = members(1, rank=rank)
    posts = [make_question(ada, title=f"Question number {n} stands here") for n in range(most + 1)]
    with settings_override(moderation__flags_a_day=2):
        for post in posts[:-1]:
            flag(who, post, FlagReason.ILLEGAL)
        with pytest.raises(TooMany):
            flag(who, posts[-1], FlagReason.ILLEGAL)


def test_a_picture_is_reported_with_its_text(question, ben, mo, client, sign_in, item_of):
    update_where(Post, Post.id == question, body=f"Look ![drum](/images/{PICTURE})")
    db.session.commit()
    with pytest.raises(Invalid):
        flag(ben, question, FlagReason.PERSONAL_DATA, picture="cd" * 20 + ".jpg")
    sign_in(ben)
    assert PICTURE in client.get(f"/en/posts/{question}/flag").get_data(as_text=True)
    client.post(f"/en/posts/{question}/flag", data={"reason": "personal_data", "picture": PICTURE})
    sign_in(mo)
    assert f"/images/{PICTURE}" in client.get(f"/en/desk/review/{item_of(question).id}").get_data(
        as_text=True
    )


def test_a_text_taken_back_while_hidden_leaves_no_report_open(question, ada, members, state_of):
    from forum.questions.withdrawing import withdraw_post

    flag(members(1, rank=5)[0], question, FlagReason.INSULT, came=CameFrom("203.0.113.1"))
    update_where(Post, Post.id == question, state="hidden")
    db.session.commit()
    withdraw_post(ada, question)
    assert db.session.scalars(db.select(Flag.outcome)).one() == "ignored"
    assert db.session.scalars(db.select(ReviewItem.state)).one() == "cancelled"


# --- pages --------------------------------------------------------------------------------------------------------


def test_my_reports_show_what_came_of_them_and_take_back(
    client, sign_in, ben, cleo, question, make_question, ada, mo, decide
):
    other = make_question(ada, title="Another question that stands here")
    flag(ben, question, FlagReason.INSULT, "Rude words")
    flag(ben, other, FlagReason.OFF_TOPIC)
    flag(cleo, other, FlagReason.INSULT, "Cleo's words")
    decide(mo, question, Decision.REMOVE, Reason.INSULT)
    reporting.report(ben, cleo.member_id, "insult")
    sign_in(ben)
    page = client.get("/en/reports").get_data(as_text=True)
    assert (
        "Taken away: thank you" in page
        and "Being read" in page
        and "Rude words" in page
        and "Cleo" not in page
    )
    assert f"/posts/{other}/unflag" in page
    assert client.post(f"/en/posts/{other}/unflag").status_code == 303
    assert client.post(f"/en/members/{cleo.member_id}/unreport").status_code == 303
    page = client.get("/en/reports").get_data(as_text=True)
    assert page.count("Taken back") == 2 and "/unflag" not in page


def test_the_policy_is_public_in_both_languages(client, settings_override):
    with settings_override(moderation__misuse_muted_days=17):
        assert "17 days" in client.get("/en/reports/how").get_data(as_text=True)
        assert "17 jours" in client.get("/fr/reports/how").get_data(as_text=True)


def test_the_file_shows_the_ladder_to_moderators_who_lift_it(client, sign_in, ben, mo):
    with unit_of_work():
        db.session.add(
            FlagMeasure(member_id=ben.member_id, kind="muted", reviewed=10, agreed=1, until=clock.now() + timedelta(days=3))
        )  # fmt: skip
    sign_in(mo)
    page = client.get(f"/en/desk/members/{ben.member_id}").get_data(as_text=True)
    assert "Reports without reason" in page and "1 of 10 right" in page
    assert client.post("/en/desk/reports/measures/1/lift", data={"member": ben.member_id}).status_code == 303
    assert client.post("/en/desk/reports/measures/1/lift", data={"member": "x"}).status_code == 303


# --- profiles -----------------------------------------------------------------------------------------------------


@pytest.fixture
def rude(newcomer):
    """A newcomer with a presentation that breaks the rules."""
    with unit_of_work():
        update_where(Member, Member.id == newcomer.member_id, bio="You are all fools.", city="Lyon")
    return newcomer


def test_a_profile_is_reported_once_and_taken_back(rude, ben):
    assert reporting.report(ben, rude.member_id, "insult") is True
    assert reporting.report(ben, rude.member_id, "advertising") is False
    assert reporting.withdraw(ben, rude.member_id) == 1 and reporting.withdraw(ben, rude.member_id) == 0
    assert reporting.report(ben, rude.member_id, "insult") is True


def test_who_does_not_report_profiles(rude, zed, ben):
    for who, target in ((zed, rude.member_id), (ben, ben.member_id)):
        with pytest.raises(Forbidden):
            reporting.report(who, target, "insult")
    with pytest.raises(NotFound):
        reporting.report(ben, 999_999, "insult")
    for reason, note in (("nonsense", ""), ("other", "x"), ("insult", "x" * 501)):
        with pytest.raises(Invalid):
            reporting.report(ben, rude.member_id, reason, note)


def profile_item(member_id):
    waiting = (
        ReviewItem.kind == "profile",
        ReviewItem.target_id == member_id,
        ReviewItem.open_key.is_not(None),
    )
    return db.session.scalars(
        db.select(ReviewItem).where(*waiting).execution_options(populate_existing=True)
    ).one()


def judge(who, member_id, decision, parts=(), reason=None, message=""):
    item = profile_item(member_id)
    lease, stamp = leasing.claim(who, item.id), shown(item).stamp
    verdict = deciding.Verdict(decision, reason, message, parts=tuple(parts))
    return deciding.decide(who, item.id, lease.token, stamp, verdict)


def test_a_reported_profile_waits_in_the_queue_as_long_as_somebody_reports_it(rude, ben, cleo):
    reporting.report(ben, rude.member_id, "insult")
    reporting.report(cleo, rude.member_id, "advertising")
    item = profile_item(rude.member_id)
    assert (item.klass, item.author_id, item.post_id, item.signals) == (5, rude.member_id, None, ["flagged"])
    reporting.withdraw(ben, rude.member_id)
    assert profile_item(rude.member_id).id == item.id
    reporting.withdraw(cleo, rude.member_id)
    assert db.session.get(ReviewItem, item.id, populate_existing=True).state == "cancelled"


def test_what_is_taken_away_has_a_statement_and_both_are_told(rude, ben, mo, drain, at):
    reporting.report(ben, rude.member_id, "insult")
    for parts, reason, message in (
        ((), Reason.INSULT, ""),
        (("bio",), Reason.OTHER, "short"),
        (("bio",), None, ""),
    ):
        with pytest.raises(Invalid):
            judge(mo, rude.member_id, Decision.REMOVE, parts, reason, message)
    judge(mo, rude.member_id, Decision.REMOVE, ["bio", "name", "nonsense"], Reason.INSULT)
    drain()
    assert kinds_told(ben.member_id) == [], "it can be undone"
    at(timedelta(seconds=31))
    drain()
    member = db.session.get(Member, rude.member_id)
    assert (member.bio, member.city, member.display_name) == ("", "Lyon", f"Membre {rude.member_id}")
    (statement,) = db.session.scalars(db.select(Statement))
    assert statement.member_id == rude.member_id and statement.from_notice
    assert kinds_told(ben.member_id) == ["profile-judged"] and "decision" in kinds_told(rude.member_id)
    assert standings([ben.member_id])[ben.member_id].agreed == 1, "it counts like any other report"


def test_a_decision_about_a_profile_is_undone_without_a_trace(rude, ben, mo, drain, at):
    from moderation.review.undoing import undo

    name = db.session.get(Member, rude.member_id).display_name
    reporting.report(ben, rude.member_id, "insult")
    made = judge(mo, rude.member_id, Decision.REMOVE, ["bio", "name"], Reason.INSULT)
    assert made.can_undo
    undo(mo, made.item_id)
    at(timedelta(minutes=1))
    drain()
    member = db.session.get(Member, rude.member_id, populate_existing=True)
    assert (member.bio, member.display_name) == ("You are all fools.", name)
    assert kinds_told(ben.member_id) == [] == kinds_told(rude.member_id)
    assert standings([ben.member_id])[ben.member_id].reviewed == 0
    judge(mo, rude.member_id, Decision.APPROVE)
    assert standings([ben.member_id])[ben.member_id].disagreed == 1


def test_an_overturned_decision_gives_the_profile_back(rude, ben, mo, second_moderator, item_of):
    name = db.session.get(Member, rude.member_id).display_name
    reporting.report(ben, rude.member_id, "insult")
    judge(mo, rude.member_id, Decision.REMOVE, ["bio", "name"], Reason.INSULT)
    appeal(
        rude,
        db.session.scalars(db.select(Statement.id)).one(),
        "It was meant as a joke among old friends here.",
    )
    item = db.session.scalars(db.select(ReviewItem).where(ReviewItem.kind == "appeal")).one()
    concerned = about(db.session.scalars(db.select(Statement)).one())
    assert "You are all fools." in concerned.html and name in concerned.html
    lease, stamp = leasing.claim(second_moderator, item.id), shown(item).stamp
    verdict = deciding.Verdict(Decision.OVERTURN, message="It was a joke among friends indeed: excuse us.")
    deciding.decide(second_moderator, item.id, lease.token, stamp, verdict)
    member = db.session.get(Member, rude.member_id, populate_existing=True)
    assert (member.bio, member.display_name) == ("You are all fools.", name)
    assert standings([ben.member_id])[ben.member_id].disagreed == 1, "who reported was wrong"


def test_nobody_decides_about_themselves_their_own_report_or_the_team(rude, ben, mo, max_, root):
    reporting.report(mo, rude.member_id, "insult")
    reporting.report(ben, mo.member_id, "insult")
    for who, target in ((mo, rude), (mo, mo), (max_, mo), (ben, mo), (ben, rude)):
        with pytest.raises(Forbidden):
            judge(who, target.member_id, Decision.APPROVE)
    assert [row.title for row in review_queue.queue(mo, "people").rows] == []
    assert (
        len(review_queue.queue(max_, "people").rows) == 1
        and len(review_queue.queue(root, "people").rows) == 2
    )
    judge(root, mo.member_id, Decision.APPROVE)
    outcomes = db.select(ProfileReport.outcome).where(ProfileReport.member_id == mo.member_id)
    assert db.session.scalars(outcomes).one() == "kept"


def test_a_reported_moderator_does_not_read_who_it_was(ben, mo, max_):
    reporting.report(ben, mo.member_id, "insult", "He is nasty in private.")
    item = profile_item(mo.member_id)
    assert reporters_of(item, mo) == []
    assert [one.card.id for one in reporters_of(item, max_)] == [ben.member_id]


def test_a_report_taken_back_while_it_is_in_hand_takes_nothing_away(rude, ben, mo):
    reporting.report(ben, rude.member_id, "insult")
    item = profile_item(rude.member_id)
    lease, stamp = leasing.claim(mo, item.id), shown(item).stamp
    reporting.withdraw(ben, rude.member_id)
    verdict = deciding.Verdict(Decision.REMOVE, Reason.INSULT, parts=("bio",))
    with pytest.raises(Conflict, match="taken back"):
        deciding.decide(mo, lease.item_id, lease.token, stamp, verdict)
    assert db.session.get(Member, rude.member_id, populate_existing=True).bio == "You are all fools."
    assert db.session.scalar(db.select(Statement.id)) is None
    deciding.decide(mo, lease.item_id, lease.token, stamp, deciding.Verdict(Decision.APPROVE))


def test_a_decision_is_undone_although_the_profile_was_reported_anew(rude, ben, mo):
    from moderation.review.undoing import undo

    reporting.report(ben, rude.member_id, "insult")
    made = judge(mo, rude.member_id, Decision.REMOVE, ["bio"], Reason.INSULT)
    assert reporting.report(ben, rude.member_id, "advertising") is True
    undo(mo, made.item_id)
    assert db.session.get(Member, rude.member_id, populate_existing=True).bio == "You are all fools."
    assert standings([ben.member_id])[ben.member_id].reviewed == 0
    judge(mo, rude.member_id, Decision.REMOVE, ["bio"], Reason.INSULT)
    assert standings([ben.member_id])[ben.member_id].agreed == 1, "it counts once"


def test_a_decision_that_was_amended_and_then_overturned_gives_the_profile_back(
    rude, ben, mo, second_moderator, max_
):
    reporting.report(ben, rude.member_id, "insult")
    judge(mo, rude.member_id, Decision.REMOVE, ["bio"], Reason.INSULT)
    for who, decision, amendment in (
        (second_moderator, Decision.AMEND, Amendment(reason=Reason.OTHER)),
        (max_, Decision.OVERTURN, None),
    ):
        last = db.session.scalars(db.select(Statement.id).order_by(Statement.id.desc())).first()
        appeal(rude, last, "It was meant as a joke among old friends here.")
        waits = (ReviewItem.kind == "appeal", ReviewItem.open_key.is_not(None))
        item = db.session.scalars(db.select(ReviewItem).where(*waits)).one()
        lease, stamp = leasing.claim(who, item.id), shown(item).stamp
        verdict = deciding.Verdict(
            decision, message="Read again: this is how it stands.", amendment=amendment
        )
        deciding.decide(who, item.id, lease.token, stamp, verdict)
    assert db.session.get(Member, rude.member_id, populate_existing=True).bio == "You are all fools."
    assert standings([ben.member_id])[ben.member_id].disagreed == 1


def test_a_profile_that_changed_meanwhile_is_read_again(rude, ben, mo):
    reporting.report(ben, rude.member_id, "insult")
    item = profile_item(rude.member_id)
    lease, stamp = leasing.claim(mo, item.id), shown(item).stamp
    with unit_of_work():
        update_where(Member, Member.id == rude.member_id, bio="You are all kind.")
    verdict = deciding.Verdict(Decision.REMOVE, Reason.INSULT, parts=("bio",))
    with pytest.raises(Conflict, match="has changed"):
        deciding.decide(mo, item.id, lease.token, stamp, verdict)
    assert db.session.get(Member, rude.member_id, populate_existing=True).bio == "You are all kind."


def test_nothing_is_left_to_decide_about_who_has_left(rude, ben, mo):
    from accounts.closing.closing import close_account

    reporting.report(ben, rude.member_id, "insult")
    item_id = profile_item(rude.member_id).id
    close_account(rude, rude.member_id)
    assert db.session.get(ReviewItem, item_id, populate_existing=True).state == "cancelled"


def test_the_pages_of_profiles(client, sign_in, rude, ben, mo):
    visited = client.get(f"/en/members/{rude.member_id}/report").get_data(as_text=True)
    assert "/sign-in" in visited and "/legal-notices/new?address=" in visited
    assert client.get("/en/members/999999/report").status_code == 404
    sign_in(ben)
    assert f"/members/{rude.member_id}/report" in client.get(
        f"/en/members/{rude.member_id}/x", follow_redirects=True
    ).get_data(as_text=True)
    assert client.post(f"/en/members/{rude.member_id}/report", data={"note": "kept words"}).status_code == 422
    form = {"reason": "insult", "note": "Look"}
    assert client.post(f"/en/members/{rude.member_id}/report", data=form).status_code == 303
    assert "Take my report back" in client.get(f"/en/members/{rude.member_id}/report").get_data(as_text=True)
    assert client.get("/en/desk/profiles").status_code == 403
    sign_in(mo)
    assert client.get("/en/desk/profiles").headers["Location"].endswith("/en/desk/review?tab=people")
    page = client.get("/en/desk/review?tab=people").get_data(as_text=True)
    assert "You are all fools." in page and "Look" in page and "Insult or attack" in page and "Lyon" in page
    item = profile_item(rude.member_id)
    path, stamp = f"/en/desk/review/{item.id}/decide", shown(item).stamp
    form = {"stamp": stamp, "decision": "remove", "reason": "insult", "message": "Typed words"}
    answer = client.post(path, data=form)
    assert answer.status_code == 422 and "Typed words" in answer.get_data(as_text=True)
    assert client.post(path, data=form | {"part": "bio"}).status_code == 303
    assert client.post(path, data={"stamp": stamp, "decision": "approve"}).status_code == 409
    assert client.get(f"/en/desk/review/{item.id}/history").status_code == 200
