"""Many items at once: chosen by what they have in common, each decided by itself, a second person above some refusals."""

from datetime import timedelta

import pytest

from accounts.members.models import Member
from common import clock, settings
from common.audit import AuditEntry
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid
from common.unit_of_work import unit_of_work
from forum.housekeeping.merging import merge_question
from forum.questions import publishing
from forum.questions.models import Post, Question
from moderation.bulk import proposing, queries, running
from moderation.bulk.choosing import Filter, filter_like, found
from moderation.bulk.models import Bulk, BulkItem
from moderation.bulk.proposing import Wish
from moderation.bulk.rules import BulkState, By, Choice, Outcome
from moderation.review import leasing
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.queueing import category_of, open_item
from moderation.review.rules import ItemState, ItemType, Reason
from moderation.review.showing import stamps_of
from moderation.sanctions.models import Statement

JUNK = Wish(Choice.REFUSE, Reason.JUNK, "")
SAME = (
    "Buy the very best filters of the town for less than half of the price at our house today, ask for Léa."
)


def count(model, *criteria):
    return db.session.scalar(db.select(db.func.count()).select_from(model).where(*criteria))


def all_waiting():
    waits = db.select(ReviewItem.id).where(ReviewItem.open_key.is_not(None))
    return stamps_of(list(db.session.scalars(waits)))


def outcomes(bulk_id):
    rows = db.select(BulkItem.item_id, BulkItem.outcome).where(BulkItem.bulk_id == bulk_id)
    return {item_id: outcome.value for item_id, outcome in db.session.execute(rows)}


@pytest.fixture
def many(policy, make_question, newcomer):
    """Held questions of a newcomer; returns the posts."""

    def make(number, **more):
        policy("trust")
        return [
            make_question(newcomer, title=f"A question that waits, number {n}", **more) for n in range(number)
        ]

    return make


def test_each_is_decided_by_itself_with_log_and_statement_and_told_half_a_minute_later(
    many, mo, newcomer, state_of, drain, at
):
    posts = many(3)
    go = proposing.begin(mo, Filter(By.AUTHOR, str(newcomer.member_id)), all_waiting(), JUNK, "one")
    running.run(go)
    assert [state_of(post) for post in posts] == ["rejected"] * 3
    assert (
        count(Statement) == count(ReviewDecision) == count(AuditEntry, AuditEntry.act == "review.reject") == 3
    )
    bulk = proposing.load(go)
    assert (bulk.state, bulk.decided_count, bulk.passed_count, bulk.author_id) == (
        BulkState.DONE, 3, 0, mo.member_id,
    )  # fmt: skip
    from accounts.notifications.models import Notification

    drain()
    assert count(Notification, Notification.kind == "decision") == 0
    at(timedelta(seconds=31))
    drain()
    assert count(Notification, Notification.kind == "decision") == 3


def test_the_filters_find_author_text_and_site_and_leave_danger_and_appeals_out(
    policy, make_question, make_answer, newcomer, ben, ada, mo, item_of
):
    policy("pre")
    first = make_question(
        newcomer, title="Something hums at night", body=f"{SAME} See https://filtre.example/a"
    )
    second = make_question(ben, title="Something hums at night", body=f"{SAME} See https://filtre.example/a")
    third = make_question(
        newcomer,
        title="Quite another thing",
        body="The door of the oven does not shut any more, who knows why?",
    )
    item = {post: item_of(post).id for post in (first, second, third)}
    by_author = filter_like(mo, By.AUTHOR, item[third])
    assert found(mo, by_author).ids == [item[first], item[third]]
    assert found(mo, filter_like(mo, By.TEXT, item[second])).ids == [item[first], item[second]]
    assert found(mo, filter_like(mo, By.DOMAIN, None, "HTTPS://www.filtre.example/x")).ids == [
        item[first],
        item[second],
    ]
    with unit_of_work():
        update_where(ReviewItem, ReviewItem.id == item[first], klass=0)
    seen = found(mo, by_author)
    assert (seen.ids, seen.total, seen.urgent) == ([item[third]], 1, 1)


def test_a_short_text_is_compared_word_for_word(policy, make_question, newcomer, ben, mo, item_of):
    policy("pre")
    posts = [
        make_question(who, title=f"It hums, {n}", body="It hums. Help.")
        for n, who in enumerate((newcomer, ben))
    ]
    other = make_question(ben, title="It hums again", body="It hums. Help me.")
    assert found(mo, filter_like(mo, By.TEXT, item_of(posts[0]).id)).ids == [
        item_of(post).id for post in posts
    ]
    assert found(mo, filter_like(mo, By.TEXT, item_of(other).id)).ids == [item_of(other).id]


@pytest.mark.parametrize("like", [(By.AUTHOR, 999), (By.TEXT, None), (By.DOMAIN, None), (By.TICKED, 1)])
def test_a_filter_like_nothing_says_so(many, mo, like):
    many(1)
    with pytest.raises(Invalid) as refused:
        filter_like(mo, *like, host="nowhere")
    assert "like" in refused.value.fields


def test_an_author_who_left_is_no_filter_and_the_text_can_still_be_decided(many, mo, item_of, state_of):
    (post,) = many(1)
    with unit_of_work():
        update_where(ReviewItem, ReviewItem.post_id == post, author_id=None)
    with pytest.raises(Invalid):
        filter_like(mo, By.AUTHOR, item_of(post).id)
    running.run(proposing.begin(mo, Filter(By.TICKED, ""), all_waiting(), JUNK))
    assert state_of(post) == "rejected"


def test_what_is_in_hand_changed_taken_back_or_decided_is_passed_over_with_why(
    many, mo, max_, newcomer, state_of, item_of, decide
):
    posts = many(6)
    stamps, items = all_waiting(), [item_of(post).id for post in posts]
    go = proposing.begin(mo, Filter(By.TICKED, ""), stamps, Wish(Choice.APPROVE))
    leasing.claim(max_, items[0])
    with unit_of_work():
        post = publishing.load(posts[1])
        publishing.submit_edit(
            newcomer, post, post.title, post.body + " And more.", category_of(posts[1]), "", 1
        )
    publishing.withdraw(newcomer, posts[2])
    with unit_of_work():
        update_where(ReviewItem, ReviewItem.id == items[3], state=ItemState.CANCELLED, open_key=None)
    with unit_of_work():
        update_where(ReviewItem, ReviewItem.id == items[4], author_id=mo.member_id)
    running.run(go)
    assert list(outcomes(go).values()) == ["leased", "changed", "gone", "settled", "not_yours", "decided"]
    assert [state_of(post) for post in posts] == ["held", "held", "withdrawn", "held", "held", "published"]
    shown = queries.one(mo, go)
    assert [line.id for line in shown.passed] == items[:5] and shown.row.bulk.passed_count == 5
    assert leasing.heartbeat(max_, items[0], db.session.get(ReviewItem, items[0]).lease_token)


def copies(post_id, number):
    """So many more of a held question and of its item, as rows: asking each would take long."""
    tables = (Post.__table__, Question.__table__, ReviewItem.__table__)
    with unit_of_work():
        rows = [
            db.session.execute(one.select().order_by(one.c.id.desc())).mappings().first() for one in tables
        ]
        for n in range(1, number + 1):
            new = post_id + n
            changed = (
                {"id": new}, {"id": new},
                {"id": rows[2]["id"] + n, "post_id": new, "question_id": new, "target_id": new, "open_key": f"post:{new}"},
            )  # fmt: skip
            for table, row, more in zip(tables, rows, changed, strict=True):
                db.session.execute(table.insert().values({**row, **more}))


def test_of_two_hundred_half_of_which_colleagues_have_the_other_half_is_decided_and_nothing_half_done(
    many, mo, max_, second_moderator, client, sign_in
):
    (post,) = many(1)
    copies(post, 199)
    stamps = all_waiting()
    taken = sorted(stamps)[::2]
    with unit_of_work():
        for place, item_id in enumerate(taken):
            owner = (max_, second_moderator)[place % 2].member_id
            held = {"lease_owner_id": owner, "lease_token": f"t{item_id}", "lease_begun_at": clock.now()}
            until = clock.now() + timedelta(minutes=3)
            update_where(
                ReviewItem, ReviewItem.id == item_id, state=ItemState.LEASED, lease_until=until, **held
            )
    with settings.override(**{"moderation.bulk_alone": 200}):
        go = proposing.begin(mo, Filter(By.TICKED, ""), stamps, JUNK)
    running.run(go)
    made, bulk = outcomes(go), proposing.load(go)
    assert {made[one] for one in taken} == {"leased"} and list(made.values()).count("decided") == 100
    assert (bulk.state, bulk.decided_count, bulk.passed_count) == (BulkState.DONE, 100, 100)
    left = db.select(ReviewItem.lease_token).where(ReviewItem.state == ItemState.LEASED)
    assert set(db.session.scalars(left)) == {f"t{one}" for one in taken}
    states = db.session.execute(db.select(Post.state, db.func.count()).group_by(Post.state))
    assert dict(states.tuples().all()) == {"held": 100, "rejected": 100}
    assert (
        count(Statement)
        == count(ReviewDecision)
        == count(AuditEntry, AuditEntry.act == "review.reject")
        == 100
    )
    assert count(ReviewDecision, ReviewDecision.item_id.in_(taken)) == 0
    page = sign_in(mo).get(f"/en/desk/review/many/{go}").text
    assert "200 of 200 · 100 " in page and "100 a colleague has it in hand" in page


def test_a_thread_that_was_merged_meanwhile_is_passed_over(policy, make_question, ada, mo, item_of):
    policy("reactive")
    one, other = (
        make_question(ada, title="Something hums at night"),
        make_question(ada, title="It hums by day too"),
    )
    with unit_of_work():
        open_item(ItemType.SAMPLE, one, post=publishing.load(one))
    go = proposing.begin(mo, Filter(By.TICKED, ""), all_waiting(), JUNK)
    merge_question(mo, one, other)
    running.run(go)
    assert list(outcomes(go).values()) == ["settled"] and count(Statement) == 0


def test_what_one_looks_at_stays_in_hand_while_many_are_decided(many, mo, item_of):
    posts = many(3)
    stamps = all_waiting()
    mine = item_of(posts[2]).id
    lease = leasing.claim(mo, mine)
    del stamps[mine]
    running.run(proposing.begin(mo, Filter(By.TICKED, ""), stamps, Wish(Choice.APPROVE)))
    assert leasing.heartbeat(mo, mine, lease.token) and item_of(posts[0]).state == ItemState.DECIDED


def test_killed_in_the_middle_it_goes_on_and_decides_nothing_twice(many, mo, state_of, monkeypatch):
    posts = many(4)
    go = proposing.begin(mo, Filter(By.TICKED, ""), all_waiting(), JUNK)
    plain, done = running.decide, []

    def dies(*args, **more):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(plain(*args, **more))

    monkeypatch.setattr(running, "decide", dies)
    with pytest.raises(KeyboardInterrupt):
        running.run(go)
    assert sorted(outcomes(go).values()) == ["decided", "decided", "waiting", "waiting"]
    monkeypatch.setattr(running, "decide", plain)
    running.run(go)
    running.run(go)
    assert [state_of(post) for post in posts] == ["rejected"] * 4 and count(Statement) == 4
    assert proposing.load(go).state == BulkState.DONE


def test_one_that_fails_does_not_stop_the_others(many, mo, item_of, monkeypatch):
    posts = many(2)
    bad, plain = item_of(posts[0]).id, running.decide

    def breaks(actor, item_id, *more, **named):
        if item_id == bad:
            raise RuntimeError("a fault of ours")
        return plain(actor, item_id, *more, **named)

    monkeypatch.setattr(running, "decide", breaks)
    go = proposing.begin(mo, Filter(By.TICKED, ""), all_waiting(), JUNK)
    running.run(go)
    assert list(outcomes(go).values()) == ["failed", "decided"]


def test_the_same_form_sent_twice_is_one_go_and_the_job_does_the_rest(many, mo, state_of, drain, at):
    posts = many(2)
    stamps = all_waiting()
    first = proposing.begin(mo, Filter(By.TICKED, ""), stamps, JUNK, "the form")
    assert proposing.begin(mo, Filter(By.TICKED, ""), stamps, JUNK, "the form") == first and count(Bulk) == 1
    at(timedelta(seconds=61))
    drain()
    assert [state_of(post) for post in posts] == ["rejected"] * 2 and count(Statement) == 2


@pytest.fixture
def proposal(many, mo, max_):
    """What three refusals are when one person decides two alone."""

    def make(number=3):
        many(number)
        with settings.override(**{"moderation.bulk_alone": 2}):
            return proposing.begin(mo, Filter(By.TICKED, ""), all_waiting(), JUNK)

    return make


def test_above_the_limit_nothing_happens_before_another_person_confirms(proposal, mo, max_, drain):
    go = proposal()
    running.run(go)
    assert count(ReviewDecision) == 0 and queries.proposals(max_)[0].may_confirm
    with pytest.raises(Forbidden):
        proposing.confirm(mo, go)
    proposing.confirm(max_, go)
    drain()  # nobody waits at a page for it: it begins at once, however few they are
    bulk = proposing.load(go)
    assert (bulk.confirmed_by_id, bulk.decided_count, count(Statement)) == (max_.member_id, 3, 3)
    assert {row.actor_id for row in db.session.scalars(db.select(ReviewDecision))} == {mo.member_id}
    with pytest.raises(Conflict):
        proposing.confirm(max_, go)
    assert queries.proposals(max_) == []


def test_two_halves_are_one_whole(many, mo):
    many(3)
    stamps = all_waiting()
    ids = sorted(stamps)
    with settings.override(**{"moderation.bulk_alone": 2}):
        first = proposing.begin(mo, Filter(By.TICKED, ""), {one: stamps[one] for one in ids[:2]}, JUNK)
        rest = proposing.begin(mo, Filter(By.TICKED, ""), {ids[2]: stamps[ids[2]]}, JUNK)
    assert [proposing.load(go).state for go in (first, rest)] == [BulkState.RUNNING, BulkState.PROPOSED]


def test_a_proposal_ends_by_itself_and_may_be_taken_off(proposal, mo, max_, at):
    go = proposal()
    proposing.cancel(max_, go)
    with pytest.raises(Conflict):
        proposing.confirm(max_, go)
    again = proposal(4)
    at(timedelta(hours=25))
    with pytest.raises(Conflict) as late:
        proposing.confirm(max_, again)
    assert "too old" in str(late.value)
    assert proposing.let_expire() == 1 and proposing.load(again).state == BulkState.EXPIRED
    assert count(ReviewDecision) == 0


def test_who_lost_the_role_meanwhile_decides_nothing(many, mo, state_of):
    (post,) = many(1)
    go = proposing.begin(mo, Filter(By.TICKED, ""), all_waiting(), JUNK)
    with unit_of_work():
        db.session.get(Member, mo.member_id).role = "member"
    running.run(go)
    assert list(outcomes(go).values()) == ["not_yours"] and state_of(post) == "held"


def test_within_seconds_all_is_taken_back_and_nobody_hears(many, mo, max_, state_of, drain, at):
    posts = many(2)
    go = proposing.begin(mo, Filter(By.TICKED, ""), all_waiting(), JUNK)
    running.run(go)
    with pytest.raises(Forbidden):
        running.take_back(max_, go)
    assert running.take_back(mo, go) == running.TakenBack(2, 0, 0)
    assert [state_of(post) for post in posts] == ["held"] * 2 and set(outcomes(go).values()) == {
        Outcome.UNDONE
    }
    running.run(proposing.begin(mo, Filter(By.TICKED, ""), all_waiting(), JUNK))
    at(timedelta(seconds=16))
    assert running.take_back(mo, go + 1) == running.TakenBack(0, 2, 0)


@pytest.mark.parametrize(
    ("stamps", "wish"),
    [
        ({}, JUNK),
        (dict.fromkeys(range(1, 202), "v1"), JUNK),
        ({1: "v1"}, Wish(Choice.REFUSE)),
        ({1: "v1"}, Wish(Choice.REFUSE, Reason.OTHER, "short")),
        ({9999: "v1"}, JUNK),
        ({1: "v1"}, Wish(Choice.APPROVE, None, "x" * 4001)),
    ],
)
def test_bad_input_is_said_and_writes_nothing(many, mo, stamps, wish):
    many(1)
    with pytest.raises(Invalid):
        proposing.begin(mo, Filter(By.TICKED, ""), stamps, wish)
    assert count(Bulk) == 0


@pytest.mark.parametrize("who", ["ben", "sam", "zed"])
def test_only_moderators_decide_about_many(many, who, request):
    many(1)
    with pytest.raises(Forbidden):
        proposing.begin(request.getfixturevalue(who), Filter(By.TICKED, ""), all_waiting(), JUNK)


# --- the pages --------------------------------------------------------------------------------------------------------


def test_the_pages_preview_decide_and_report(
    client, sign_in, many, mo, max_, item_of, state_of, count_queries
):
    posts = many(4)
    item_id = item_of(posts[0]).id
    sign_in(mo)
    assert "All that waits by this author" in client.get(f"/en/desk/review/{item_id}").get_data(as_text=True)
    with count_queries() as made:
        page = client.get(f"/en/desk/review/many/preview?by=author&like=R-{item_id}").get_data(as_text=True)
    assert "4 items" in page and len(made) <= 24
    stamps = [f"{one}:{stamp}" for one, stamp in all_waiting().items()]
    form = {
        "by": "author",
        "like": str(item_id),
        "item": stamps,
        "decision": "refuse",
        "message": "Kept words",
        "key": "k",
    }
    refused = client.post("/en/desk/review/many", data=form)
    assert refused.status_code == 422 and "Kept words" in refused.get_data(as_text=True)
    leasing.claim(max_, item_id)
    done = client.post("/en/desk/review/many", data={**form, "reason": "junk"})
    page = client.get(done.headers["Location"]).get_data(as_text=True)
    assert "3 items decided." in page and "a colleague has it in hand" in page
    assert [state_of(post) for post in posts] == ["held", "rejected", "rejected", "rejected"]
    assert client.post(done.headers["Location"] + "/undo").status_code == 303
    assert [state_of(post) for post in posts] == ["held"] * 4


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "?by=author",
        "?by=moon&like=1",
        "?by=author&like=99999999999",
        "?by=text&like=²",
        "?by=domain&like=%00",
        "?by=ticked&like=1",
    ],
)
def test_a_filter_without_sense_is_explained_where_it_was_typed(client, sign_in, many, mo, asked):
    many(1)
    sign_in(mo)
    answer = client.get(f"/en/desk/review/many/preview{asked}")
    assert answer.status_code == 422 and "Choose by what they have in common" in answer.get_data(as_text=True)


def test_a_proposal_is_shown_to_colleagues_confirmed_by_one_and_not_by_its_author(
    client, sign_in, proposal, mo, max_
):
    go = proposal()
    sign_in(mo)
    assert client.post(f"/en/desk/review/many/{go}/confirm").status_code == 403
    assert "Another moderator reads it" in client.get(f"/en/desk/review/many/{go}").get_data(as_text=True)
    sign_in(max_)
    assert "1 proposal about many" in client.get("/en/desk/review").get_data(as_text=True)
    assert "Proposed by Mo" in client.get("/en/desk/review/many").get_data(as_text=True)
    assert client.post(f"/en/desk/review/many/{go}/confirm").status_code == 303
    again = client.post(f"/en/desk/review/many/{go}/confirm")
    assert again.status_code == 409 and "under way" in again.get_data(as_text=True)
    assert client.post(f"/en/desk/review/many/{go}/cancel").status_code == 303
    assert "Stopped" in client.get(f"/en/desk/review/many/{go}").get_data(as_text=True)


def test_more_than_twenty_five_are_typed_once_more(client, sign_in, many, mo):
    many(1)
    sign_in(mo)
    form = {"by": "ticked", "item": [f"{n}:v1" for n in range(1, 27)], "decision": "approve"}
    answer = client.post("/en/desk/review/many", data={**form, "typed": "25"})
    assert answer.status_code == 422 and "Type the number of items: 26." in answer.get_data(as_text=True)


def test_ticked_ones_are_typed_once_more_as_well(client, sign_in, many, mo, monkeypatch):
    many(3)
    monkeypatch.setattr("moderation.bulk.proposing.TYPED_FROM", 3)
    monkeypatch.setattr("moderation.bulk.routes.TYPED_FROM", 3)
    sign_in(mo)
    stamps = all_waiting()
    asked = client.post("/en/desk/review/bulk", data={"item": list(stamps), "decision": "approve"})
    page = asked.get_data(as_text=True)
    assert asked.status_code == 422 and 'name="typed"' in page and count(ReviewDecision) == 0
    form = {"by": "ticked", "item": [f"{n}:{stamp}" for n, stamp in stamps.items()], "decision": "approve"}
    assert client.post("/en/desk/review/many", data={**form, "typed": "3"}).status_code == 303
    assert count(ReviewDecision) == 3


def test_of_a_text_that_was_taken_back_nothing_is_read_among_many(many, mo, newcomer):
    posts = many(2, body="The door of the oven does not shut any more.")
    go = proposing.begin(mo, Filter(By.TICKED, ""), all_waiting(), JUNK)
    publishing.withdraw(newcomer, posts[0])
    gone, kept = queries.one(mo, go).examples
    assert (gone.title, gone.excerpt) == ("", "") and "oven" in kept.excerpt and kept.title
    running.run(go)
    (line,) = queries.one(mo, go).passed
    assert (line.title, line.excerpt) == ("", "")


def test_one_of_many_is_decided_in_no_known_time(many, mo):
    many(2)
    with unit_of_work():
        leasing.take_next(mo)
    running.run(proposing.begin(mo, Filter(By.TICKED, ""), all_waiting(), JUNK))
    assert {one.seconds for one in db.session.scalars(db.select(ReviewDecision))} == {None}
