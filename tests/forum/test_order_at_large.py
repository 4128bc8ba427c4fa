"""Topics and their names, one act for many questions, and what is shown again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.unit_of_work import unit_of_work
from forum.following.models import Following
from forum.following.rules import TargetKind
from forum.housekeeping.desk import bulk, naming
from forum.housekeeping.desk.bulk import Plan
from forum.housekeeping.desk.queries import topic, topics
from forum.housekeeping.models import TidyAct
from forum.housekeeping.rules import Many
from forum.questions import publishing
from forum.questions.asking import ask_question
from forum.questions.editing import edit_post
from forum.questions.models import Question, QuestionTag, Tag
from forum.questions.tagging import tags_of
from forum.resurfacing import choosing as resurfacing
from forum.resurfacing.choosing import resurface, shown_again
from forum.solutions.drift import drifts
from tests.conftest import START

BODY = "It stops eight minutes before the end and shows E18. What can I do?"


@pytest.fixture
def tagged(cleo, mo, morning, at):
    """Three questions: two on pump, one on pump and drain, one on drain alone; returns ids."""

    def ask(title, *tags):
        at(timedelta(minutes=5))
        return ask_question(cleo, title=title, body=f"{BODY} {title}", category_id=1, tags=tags).id

    return (
        ask("The pump is loud", "pump"),
        ask("The pump is wet", "pump", "drain"),
        ask("The drain is shut", "drain"),
    )


def tag(key):
    db.session.rollback()
    return db.session.scalar(select(Tag).where(Tag.key == key))


@pytest.fixture(autouse=True)
def nothing_drifts(app):
    yield
    db.session.rollback()
    assert list(drifts()) == []


# --- topics -------------------------------------------------------------------------------------------------------


def test_another_name_of_a_topic_stands_for_it_wherever_it_is_written(mo, cleo, ben, newcomer, tagged, at):
    assert naming.name_tag(mo, tag("pump").id, "Water Pump") is True
    assert naming.name_tag(mo, tag("pump").id, "water-pump") is False
    at(timedelta(minutes=5))
    asked = ask_question(
        newcomer, title="Is it the pump?", body=BODY, category_id=1, tags=["water pump", "pump"]
    )
    assert tags_of(asked.id) == ("pump",)
    edit_post(cleo, tagged[2], version=1, tags=["drain", "water-pump"])
    assert tags_of(tagged[2]) == ("drain", "pump")
    with pytest.raises(Conflict):
        naming.name_tag(mo, tag("drain").id, "water-pump")
    with pytest.raises(Conflict):
        naming.name_tag(mo, tag("drain").id, "pump")


def test_merged_topics_count_each_question_and_follower_once(mo, ada, ben, tagged, drain):
    with unit_of_work():
        for who, key in ((ada, "pump"), (ada, "drain"), (ben, "drain")):
            row = db.session.scalar(select(Tag).where(Tag.key == key))
            db.session.add(Following(kind=TargetKind.TAG, target_id=row.id, member_id=who.member_id))
    naming.name_tag(mo, tag("drain").id, "outlet")
    gone, kept = tag("drain").id, tag("pump").id
    assert naming.merge_tags(mo, gone, "pump") == 1
    assert {tags_of(one) for one in tagged} == {("pump",)} and tag("pump").question_count == 3
    rows = select(Following.member_id).where(Following.target_id == kept)
    assert sorted(db.session.scalars(rows)) == [ada.member_id, ben.member_id]
    assert topic(kept).names == ("drain", "outlet")
    with pytest.raises(NotFound):
        topic(gone)
    for act in (lambda: naming.rename_tag(mo, gone, "anything"), lambda: naming.merge_tags(mo, gone, "pump")):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Invalid):
        naming.merge_tags(mo, kept, "drain")
    assert naming.index_topic({"tag_id": kept, "after": 0}) is None


def test_a_merge_of_topics_is_undone_without_loss(mo, ada, ben, cleo, tagged, at):
    with unit_of_work():
        for who, key in ((ada, "pump"), (ada, "drain"), (ben, "drain")):
            row = db.session.scalar(select(Tag).where(Tag.key == key))
            db.session.add(Following(kind=TargetKind.TAG, target_id=row.id, member_id=who.member_id))
    naming.name_tag(mo, tag("drain").id, "outlet")
    gone, kept = tag("drain").id, tag("pump").id
    before = [tags_of(one) for one in tagged]
    naming.merge_tags(mo, gone, "pump")
    at(timedelta(minutes=5))
    later = ask_question(
        cleo, title="The outlet is loud", body=BODY + " Later.", category_id=1, tags=["outlet"]
    ).id
    edit_post(cleo, tagged[2], version=1, tags=["hose"])
    merge = topic(kept).merges[0]
    assert (merge.key, naming.unmerge_tags(mo, merge.id)) == ("drain", gone)
    assert [tags_of(one) for one in tagged] == [*before[:2], ("hose",)], (
        "what was filed elsewhere stays there"
    )
    assert tags_of(later) == ("pump",) and topic(kept).merges == () and topic(kept).names == ()
    assert topic(gone).names == ("outlet",) and tag("drain").question_count == 1
    rows = select(Following.target_id, Following.member_id).where(Following.kind == TargetKind.TAG)
    followed = sorted(tuple(row) for row in db.session.execute(rows))
    assert followed == sorted([(kept, ada.member_id), (gone, ada.member_id), (gone, ben.member_id)])
    with pytest.raises(Conflict):
        naming.unmerge_tags(mo, merge.id)


def test_a_chain_of_merged_topics_is_undone_from_its_end(mo, cleo, tagged, sign_in, leaves_no_trace, at):
    gone, kept = tag("drain").id, tag("pump").id
    naming.merge_tags(mo, gone, "pump")
    first = topic(kept).merges[0].id
    at(timedelta(minutes=5))
    ask_question(cleo, title="The valve is stuck", body=BODY + " Now.", category_id=1, tags=["valve"])
    naming.merge_tags(mo, kept, "valve")
    with leaves_no_trace(Conflict):
        naming.unmerge_tags(mo, first)
    with leaves_no_trace(Forbidden):
        naming.unmerge_tags(cleo, first)
    with leaves_no_trace(NotFound):
        naming.unmerge_tags(mo, 999)
    desk, valve = sign_in(mo), tag("valve").id
    assert "Undo: it was a topic of its own" in desk.get(f"/en/desk/topics/{valve}").text
    for place, key in ((valve, "pump"), (kept, "drain")):
        merge = topic(place).merges[0]
        assert merge.key == key
        answer = desk.post(f"/en/desk/topics/merges/{merge.id}/undo")
        assert answer.headers["Location"].endswith(f"/desk/topics/{tag(key).id}")
    assert tags_of(tagged[1]) == ("drain", "pump") and tags_of(tagged[2]) == ("drain",)


def test_a_renamed_topic_keeps_its_questions_and_its_old_name(mo, tagged):
    one = tag("pump").id
    assert naming.rename_tag(mo, one, "water pump") is True
    assert tags_of(tagged[0]) == ("water-pump",) and topic(one).names == ("pump",)
    assert naming.rename_tag(mo, one, "pump") is True
    assert topic(one).names == ("water-pump",)
    assert (
        naming.unname_tag(mo, one, "water-pump") is True and naming.unname_tag(mo, one, "water-pump") is False
    )
    assert [row.key for row in topics("pu", "").items] == ["pump"]


def test_members_do_not_name_topics(cleo, tagged, leaves_no_trace):
    one = tag("pump").id
    for act in (
        lambda: naming.name_tag(cleo, one, "water"),
        lambda: naming.rename_tag(cleo, one, "water"),
        lambda: naming.merge_tags(cleo, one, "drain"),
    ):
        with leaves_no_trace(Forbidden):
            act()


def test_an_old_address_of_a_topic_leads_to_its_name_in_force(client, mo, tagged, sign_in):
    before = client.get("/en/questions/?tag=drain&sort=new")
    assert before.status_code == 200
    naming.merge_tags(mo, tag("drain").id, "pump")
    gone = client.get("/en/questions/?tag=drain&sort=new")
    assert gone.status_code == 301 and gone.headers["Location"] == "/en/questions/?tag=pump&sort=new"
    assert (
        client.get("/en/categories/washing?tag=drain").headers["Location"]
        == "/en/categories/washing?tag=pump"
    )
    assert "The drain is shut" in client.get(gone.headers["Location"]).text
    desk = sign_in(mo)
    one = tag("pump").id
    assert "drain" in desk.get("/en/desk/topics?q=dr").text
    for path, form, field in (
        ("names", {"name": "!"}, "name"),
        ("rename", {"better": "x" * 40}, "better"),
        ("merge", {"into": "moon"}, "into"),
    ):
        page = desk.post(f"/en/desk/topics/{one}/{path}", data=form)
        assert page.status_code == 422 and f'id="{field}-error"' in page.text
    assert desk.post(f"/en/desk/topics/{one}/names", data={"name": "Pumpe"}).status_code == 303
    assert "pumpe" in desk.get(f"/en/desk/topics/{one}").text
    assert desk.post(f"/en/desk/topics/{one}/unname", data={"name": "pumpe"}).status_code == 303


# --- many at once -------------------------------------------------------------------------------------------------


def acts():
    db.session.rollback()
    return db.session.query(TidyAct).filter(TidyAct.undone_at.is_(None)).count()


def test_one_act_for_many_is_looked_at_done_and_undone(mo, ada, tagged, make_question, rows, at):
    shut = make_question(ada, title="A question that is closed")
    ids = [*tagged, 99_999]
    plan = Plan(Many.MOVE, "It is about coffee", category_id=2)
    before = rows()
    seen = bulk.preview(mo, ids, plan)
    assert rows() == before and seen.done == list(tagged) and list(seen.passed_over) == [99_999]
    done = bulk.do_many(mo, ids, plan, "batch")
    assert done.done == list(tagged) and acts() == 3
    again = bulk.do_many(mo, ids, plan, "batch")
    assert again.done == [] and len(again.passed_over) == 4 and acts() == 3
    back = bulk.undo_many(mo, "batch")
    assert sorted(back.done) == sorted(tagged) and bulk.undo_many(mo, "batch").done == []
    assert {db.session.get(Question, one).category_id for one in tagged} == {1}
    for many in (
        Plan(Many.LOCK, "Too sharp", reason="heated"),
        Plan(Many.TAG, "So it is found", topic="noise"),
        Plan(Many.DUPLICATE, "The same", target_id=shut),
        Plan(Many.MERGE, "The same", target_id=shut),
        Plan(Many.CLOSE, "It is gone", reason="outdated"),
    ):
        at(timedelta(minutes=5))
        assert bulk.do_many(mo, tagged, many, many.act.value).done == list(tagged), many
        assert sorted(bulk.undo_many(mo, many.act.value).done) == sorted(tagged), many
        db.session.rollback()
        assert {db.session.get(Question, one).state for one in tagged} == {"published"}
    assert bulk.do_many(mo, tagged, Plan(Many.UNTAG, "Not about it", topic="pump"), "x").done == list(
        tagged[:2]
    )


def test_many_need_their_number_typed_and_a_reason(mo, ben, tagged, leaves_no_trace):
    plan = Plan(Many.LOCK, "Too sharp", reason="heated")
    for typed in ("", "25", "many"):
        with leaves_no_trace(Invalid):
            bulk.do_many(mo, range(1, 27), plan, "batch", typed)
    assert bulk.do_many(mo, range(1_000, 1_026), plan, "batch", " 26 ").done == []
    with leaves_no_trace(Invalid):
        bulk.do_many(mo, tagged, Plan(Many.LOCK, "", reason="heated"), "batch")
    with leaves_no_trace(Forbidden):
        bulk.do_many(ben, tagged, plan, "batch")
    assert bulk.do_many(mo, tagged, Plan(Many.LOCK, "Too sharp", reason="moon"), "batch").done == []


def test_the_page_of_many_works_without_scripts(client, sign_in, mo, ben, tagged):
    assert sign_in(ben, client.application.test_client()).get("/en/desk/questions").status_code == 403
    desk = sign_in(mo)
    page = desk.get("/en/desk/questions?category=washing&sort=new")
    assert page.status_code == 200 and page.text.count('name="questions"') == 3
    form = {"act": "lock", "lock-reason": "heated", "note": "Too sharp a tone", "questions": list(tagged)}
    assert desk.post("/en/desk/questions/preview", data=form | {"act": "moon"}).status_code == 422
    assert desk.post("/en/desk/questions/preview", data=form | {"questions": []}).status_code == 422
    refused = desk.post("/en/desk/questions/preview", data=form | {"note": ""})
    assert refused.status_code == 422 and 'id="note-error"' in refused.text
    look = desk.post("/en/desk/questions/preview", data=form)
    assert look.status_code == 200 and "3 questions would change" in look.text and acts() == 0
    done = desk.post("/en/desk/questions/do", data=form | {"batch": "abc"})
    assert "3 questions changed" in done.text and acts() == 3
    assert desk.post("/en/desk/questions/do", data=form | {"batch": "abc"}).status_code == 200 and acts() == 3
    assert desk.get("/en/desk/questions/done/abc").status_code == 200
    assert desk.get("/en/desk/questions/done/none").status_code == 404
    assert "3 questions changed" in desk.post("/en/desk/questions/undo", data={"batch": "abc"}).text


# --- shown again --------------------------------------------------------------------------------------------------


def test_old_questions_without_an_answer_are_shown_again_a_few_a_day(
    client, ada, ben, make_question, make_answer, morning, at, settings_override
):
    ids = [make_question(ada, title=f"Question number {n} that waits") for n in range(4)]
    answered = make_question(ada, title="A question with an answer")
    make_answer(ben, answered)
    with settings_override(
        forum__resurface_per_day=2, forum__resurface_times=2, forum__resurface_after_days=7
    ):
        at(timedelta(days=6))
        assert resurface() == 0
        at(timedelta(days=1, hours=1))
        dates = [(one.published_at, one.active_at) for one in (db.session.get(Question, i) for i in ids)]
        page = client.get("/en/").text
        assert "Shown again" not in page
        assert resurface() == 2 and resurface() == 0
        shown = [one.id for one in shown_again()]
        assert len(shown) == 2 and answered not in shown
        page = client.get("/en/").text
        assert "Shown again: still waiting" in page and "Shown again" in client.get("/en/questions/").text
        assert "Shown again" not in client.get("/en/categories/coffee").text
        publishing.hide(publishing_actor(), shown[0])
        title = db.session.get(Question, shown[0]).title
        assert title not in client.get("/en/").text
        publishing.restore(publishing_actor(), shown[0])
        make_answer(ben, shown[1])
        assert [one.id for one in shown_again()] == [shown[0]]
        db.session.rollback()
        assert dates == [
            (one.published_at, one.active_at if i != shown[1] else dates[n][1])
            for n, i in enumerate(ids)
            for one in [db.session.get(Question, i)]
        ], "no date is changed"
        at(timedelta(days=1))
        assert shown_again() == () and resurface() == 2
        at(timedelta(days=30))
        assert resurface() == 2
        at(timedelta(days=30))
        assert resurface() == 1, "nobody is shown more than twice"
        at(timedelta(days=30))
        assert resurface() == 0
    with settings_override(forum__resurface_per_day=0):
        assert resurfacing.resurface() == 0


def publishing_actor():
    from common.permissions import SYSTEM

    return SYSTEM


def test_the_topic_of_a_question_is_stored_once(tagged):
    assert db.session.query(QuestionTag).count() == 4 and START
