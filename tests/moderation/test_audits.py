"""Items whose answer is known: they look like any other, change nothing, tell nobody, and teach only who decides them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from common import settings
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.jobs import Job
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.audits import mixing, queries
from moderation.audits.models import Audit
from moderation.figures import counting
from moderation.figures import queries as figures
from moderation.handing import passing
from moderation.jobs import tidy_queue
from moderation.review import deciding, leasing
from moderation.review import queries as pages
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.permissions import is_within
from moderation.review.rules import Decision, ItemType, Reason
from moderation.review.showing import shown
from moderation.review.undoing import undo
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement
from moderation.sanctions.rules import End
from moderation.sanctions.statements import end_statement


@pytest.fixture(autouse=True)
def each_item(app):
    """Every item may be an audit: what happens to one item in fifty happens at once."""
    with settings.override(**{"moderation.audit_every": 1}):
        yield


@pytest.fixture
def refused(policy, make_question, newcomer, decide, second_moderator, max_, at):
    """A refusal that an appeal upheld: made by Yanis, answered by Max. Returns (post, decision)."""
    policy("trust")
    post_id = make_question(
        newcomer, title="Buy my cheap filters today", body="Only here, only today, filters for all."
    )
    at(timedelta(minutes=9))
    made = decide(second_moderator, post_id, Decision.REJECT, Reason.ADVERTISING)
    statement = db.session.scalars(select(Statement).where(Statement.post_id == post_id)).one()
    appealing.appeal(newcomer, statement.id, "It was no advertising, I only named the shop.")
    item = db.session.scalars(select(ReviewItem).where(ReviewItem.kind == ItemType.APPEAL)).one()
    lease = leasing.claim(max_, item.id)
    verdict = Verdict(Decision.UPHOLD, None, "It offers something for sale, five times over.")
    deciding.decide(max_, item.id, lease.token, shown(item).stamp, verdict)
    return post_id, made.decision_id


@pytest.fixture
def waiting(policy, make_question, newcomer):
    """Three held questions."""
    policy("trust")
    return [make_question(newcomer, title=f"A question that waits, number {n}") for n in range(3)]


@pytest.fixture
def served(refused, waiting, mo):
    """The audit that Mo has in hand among the others."""
    leasing.take_next(mo)
    return db.session.scalars(select(ReviewItem).where(ReviewItem.kind == ItemType.AUDIT)).one().id


def read(item_id):
    return db.session.get(ReviewItem, item_id, populate_existing=True)


def answer(who, item_id, decision, **more):
    lease = leasing.claim(who, item_id)
    junk = Reason.JUNK if decision in (Decision.REJECT, Decision.REMOVE) else None
    verdict = Verdict(decision, more.pop("reason", junk), **more)
    return deciding.decide(who, item_id, lease.token, shown(read(item_id)).stamp, verdict)


def count(model, *criteria):
    return db.session.scalar(select(func.count()).select_from(model).where(*criteria))


def test_an_audit_comes_among_what_is_served_and_looks_like_any_other(served, refused, mo):
    item, page = read(served), pages.queue(mo, "all")
    assert (item.shown_as, item.klass, item.lease_owner_id) == ("post", 2, mo.member_id)
    row = next(one for one in page.rows if one.id == served)
    other = next(one for one in page.rows if one.id != served)
    assert (row.kind, row.klass, row.is_mine, row.is_late) == ("post", other.klass, True, False)
    assert page.counts["all"] == 4 == page.counts["review"]
    detail = pages.detail(mo, item)
    assert (detail.kind, detail.shown.state, detail.audit, detail.may_decide) == ("post", "held", None, True)
    assert detail.shown.title == "Buy my cheap filters today" and "first_post" in item.signals
    assert [one.kind for one in detail.history] == ["sent", "queued"], "what was decided is not told"
    assert detail.written_at <= item.created_at


def test_nobody_else_sees_it_in_the_queue(served, second_moderator, max_, mo, sam):
    for colleague in (second_moderator, max_):
        page = pages.queue(colleague, "all")
        assert served not in {row.id for row in page.rows} and page.counts["all"] == 3
        assert pages.waiting_counts(colleague) == (3, 0)
        with pytest.raises(Forbidden):
            leasing.claim(colleague, served)
    assert is_within(mo, read(served)) and is_within(max_, read(served))
    assert not is_within(second_moderator, read(served))
    assert pages.waiting_counts(mo) == (4, 0)


@pytest.mark.parametrize(
    ("decision", "agreed"), [(Decision.REJECT, True), (Decision.REMOVE, True), (Decision.APPROVE, False)]
)
def test_a_decision_about_it_changes_nothing_but_its_own_row(served, refused, mo, decision, agreed):
    post_id, _decision_id = refused
    before = [count(one) for one in (ReviewDecision, Statement, Job, AuditEntry)]
    state = db.session.get(Post, post_id).state
    made = answer(mo, served, decision)
    audit = db.session.scalars(select(Audit)).one()
    assert (audit.agreed, audit.decision, made.can_undo) == (agreed, decision, False)
    assert ("decided as two people had" in str(made.told)) is agreed
    assert [count(one) for one in (ReviewDecision, Statement, Job, AuditEntry)] == before
    assert db.session.get(Post, post_id, populate_existing=True).state == state == "rejected"
    assert read(served).state == "decided" and pages.queue(mo, "all").done_today == 0
    detail = pages.detail(mo, read(served))
    assert detail.audit.decision.decision == Decision.REJECT and not detail.is_waiting


def test_it_refuses_what_a_normal_item_refuses_and_leaves_no_trace(served, mo):
    lease = leasing.claim(mo, served)
    stamp = shown(read(served)).stamp
    for verdict, fault in (
        (Verdict(Decision.REJECT), Invalid),
        (Verdict(Decision.UPHOLD, None, "x" * 30), Invalid),
        (Verdict(Decision.RESTORE), Invalid),
        (Verdict(Decision.APPROVE_AND_MASK, excerpts=("not in it",)), Invalid),
        (Verdict(Decision.CONVERT_PRIVATE, words="Please tell me more in private."), Invalid),
        (Verdict(Decision.CONVERT_PRIVATE, Reason.WRONG_PLACE, words="short"), Invalid),
        (Verdict(Decision.DUPLICATE), Invalid),
        (Verdict(Decision.MERGE, target_id=999_999), Invalid),
    ):
        with pytest.raises(fault):
            deciding.decide(mo, served, lease.token, stamp, verdict)
    with pytest.raises(Conflict):
        deciding.decide(mo, served, lease.token, "v9", Verdict(Decision.APPROVE))
    assert db.session.scalars(select(Audit)).one().decided_at is None
    answer(mo, served, Decision.APPROVE)
    with pytest.raises(Conflict, match="decided in the meantime"):
        deciding.decide(mo, served, lease.token, stamp, Verdict(Decision.APPROVE))
    with pytest.raises(NotFound):
        undo(mo, served)


def test_the_same_moderator_never_gets_the_same_twice_and_one_at_a_time(served, mo):
    leasing.take_next(mo)
    assert count(Audit) == 1, "one waits: no other is added"
    answer(mo, served, Decision.APPROVE)
    leasing.take_next(mo)
    assert count(Audit) == 1


def test_own_decisions_and_answers_are_no_source(refused, waiting, second_moderator, max_, mo):
    place = db.session.scalars(select(ReviewItem.id).where(ReviewItem.post_id == waiting[0])).one()
    with unit_of_work():
        assert mixing.mix_in(second_moderator, place) is None and mixing.mix_in(max_, place) is None
        assert mixing.mix_in(mo, place) is not None


def test_two_people_who_decided_alike_are_a_source_one_alone_is_none(
    policy, make_question, newcomer, decide, second_moderator, max_, mo, waiting
):
    from moderation.review.queueing import look_at

    post_id = make_question(newcomer, title="Is the blue filter the right one?")
    decide(second_moderator, post_id, Decision.APPROVE)
    leasing.take_next(mo)
    assert count(Audit) == 0, "one person may be wrong"
    look_at(max_, post_id)
    decide(max_, post_id, Decision.NO_ACTION)
    leasing.take_next(mo)
    item = db.session.scalars(select(ReviewItem).where(ReviewItem.kind == ItemType.AUDIT)).one()
    assert item.post_id == post_id
    made = answer(mo, item.id, Decision.APPROVE)
    assert "decided as two people had" in str(made.told)


@pytest.mark.parametrize("gone", ["edited", "erased", "withdrawn"])
def test_a_text_that_is_no_longer_what_it_was_ends_its_audit(served, refused, mo, gone):
    values = {
        "edited": {"version": 2},
        "erased": {"body": "", "body_html": ""},
        "withdrawn": {"state": "withdrawn"},
    }
    with unit_of_work():
        post = db.session.get(Post, refused[0])
        for name, value in values[gone].items():
            setattr(post, name, value)
    assert served not in {row.id for row in pages.queue(mo, "all").rows}
    tidy_queue()
    assert read(served).state == "cancelled"


def test_an_answer_that_was_overturned_judges_nobody(served, refused, mo, max_, waiting):
    """Whether it was answered before that or waits still."""
    answer(mo, served, Decision.APPROVE)
    assert queries.mine(mo, "").accuracy.total.answered == 1
    statement = db.session.scalars(select(Statement).where(Statement.post_id == refused[0])).one().id
    with unit_of_work():
        end_statement(max_, statement, End.OVERTURNED)
    own = queries.mine(mo, "")
    assert (own.accuracy.total.answered, own.page.items) == (0, [])
    leasing.take_next(mo)
    assert count(Audit) == 1, "nor is it served to anybody any more"


def test_one_that_waits_ends_when_its_answer_is_overturned(served, refused, mo, max_):
    lease = leasing.claim(mo, served)
    statement = db.session.scalars(select(Statement).where(Statement.post_id == refused[0])).one().id
    with unit_of_work():
        end_statement(max_, statement, End.OVERTURNED)
    assert served not in {row.id for row in pages.queue(mo, "all").rows}
    with pytest.raises(Conflict):
        deciding.decide(mo, served, lease.token, "v1", Verdict(Decision.APPROVE))
    tidy_queue()
    assert read(served).state == "cancelled"


def test_going_on_in_private_with_a_reason_is_a_refusal_too(served, mo):
    made = answer(
        mo,
        served,
        Decision.CONVERT_PRIVATE,
        words="Please tell me more in private.",
        reason=Reason.WRONG_PLACE,
    )
    assert "decided as two people had" in str(made.told)


def test_its_number_and_its_date_belong_together(served, waiting, mo):
    newest = db.session.scalar(select(func.max(ReviewItem.id)).where(ReviewItem.kind != ItemType.AUDIT))
    assert served > newest and read(served).created_at == read(newest).created_at


def test_a_late_one_ends_unanswered_and_raises_no_alarm(served, at, mo):
    at(timedelta(days=2))
    tidy_queue()
    assert read(served).state == "cancelled" and read(served).alarmed_at is None


def test_later_and_escalating_bring_no_one_into_it(served, mo, max_):
    for _time in range(3):
        leasing.skip(mo, served)
    assert pages.waiting_counts(max_)[0] == 3, "it does not go to managers"
    lease = leasing.claim(mo, served)
    passing.escalate(mo, served, lease.token, "What is this about?")
    assert read(served).state == "cancelled" and db.session.scalars(select(Audit)).one().decided_at is None


def test_off_is_off(refused, waiting, mo):
    with settings.override(**{"moderation.audit_every": 0}):
        leasing.take_next(mo)
    assert count(Audit) == 0


def test_in_a_tab_it_is_of_that_tab(refused, waiting, mo):
    leasing.take_next(mo, pages.of_tab("reported"))
    assert count(Audit) == 0
    leasing.take_next(mo, pages.of_tab("review"))
    assert count(Audit) == 1
    assert pages.queue(mo, "review").counts["review"] == 4 and pages.queue(mo, "reported").rows == []


def test_other_figures_know_nothing_of_it(served, mo, max_):
    since = figures.begins(30)
    before = figures.overview(max_, 30)
    answer(mo, served, Decision.APPROVE)
    after = figures.overview(max_, 30)
    changed = {
        one.name for one, other in zip(before.figures, after.figures, strict=True) if one.value != other.value
    }
    assert changed == {"audit-accuracy"}
    assert (after.classes, after.holds, after.workers, after.period) == (
        before.classes, before.holds, before.workers, before.period,
    )  # fmt: skip
    assert counting.waiting(since)[2].count == 3


def test_who_sees_whose_accuracy(served, mo, second_moderator, max_, ben):
    answer(mo, served, Decision.APPROVE)
    own = queries.mine(mo, "")
    assert (own.accuracy.total.share, len(own.page.items), own.page.items[0].agreed) == (0, 1, False)
    assert queries.mine(second_moderator, "").page.items == []
    assert queries.of_person(max_, mo.member_id, "").accuracy.total.answered == 1
    team = queries.of_team(max_, "")
    assert team.who is None and team.accuracy.total.answered == 1
    for call in (lambda who: queries.of_person(who, mo.member_id, ""), lambda who: queries.of_team(who, "")):
        for who in (mo, second_moderator, ben):
            with pytest.raises(Forbidden):
                call(who)
    with pytest.raises(NotFound):
        queries.of_person(max_, ben.member_id, "")


def test_the_pages_say_what_was_known_and_keep_to_themselves(client, sign_in, served, refused, mo, max_):
    sign_in(mo)
    page = client.get(f"/en/desk/review/{served}").get_data(as_text=True)
    assert (
        "Buy my cheap filters" in page and "answer was known" not in page.lower() and 'data-key="a"' in page
    )
    stamp = shown(read(served)).stamp
    token = read(served).lease_token
    reply = client.post(
        f"/en/desk/review/{served}/decide", data={"stamp": stamp, "token": token, "decision": "approve"}
    )
    assert reply.status_code == 303
    page = client.get(reply.headers["Location"]).get_data(as_text=True)
    assert (
        f"#R-{served} was an item whose answer is known: two people had decided otherwise (refused)" in page
    )
    page = client.get(f"/en/desk/review/{served}").get_data(as_text=True)
    assert "The answer was known:" in page and "It was decided otherwise this time: approved" in page
    for path in ("/en/desk/moderation/accuracy/mine", "/fr/desk/moderation/accuracy/mine"):
        assert f"#R-{served}" in client.get(path).get_data(as_text=True)
    assert client.get("/en/desk/moderation/accuracy").status_code == 403
    sign_in(max_)
    for path in ("accuracy", f"accuracy/{mo.member_id}", "figures"):
        page = client.get(f"/en/desk/moderation/{path}").get_data(as_text=True)
        assert "0 % of 1" in page or "0 % (0 / 1)" in page
