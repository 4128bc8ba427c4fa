"""Members propose guides; super-users and the team publish them under the member's name; the badge follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.notifications.models import Notification
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS
from forum.content.guides.models import Guide
from forum.content.guides.proposals import proposing, queries
from forum.content.guides.proposals.models import GuideProposal
from forum.content.guides.writing import Draft, publish_guide, withdraw_guide, write_guide
from rewards.badges.models import BadgeAward
from rewards.ledger import verifying
from rewards.ledger.models import Balance, LedgerEntry
from tests.conftest import START

BODY = "Before you begin, switch it off.\n\n## Open the hatch\n\nIt is at the bottom right.\n\n## Clean the filter\n\nUnder the tap."


def draft(**changed):
    return replace(
        Draft("Cleaning the filter of the Ondea", "In ten minutes", BODY, ("Ondea 8",), 1, "en"), **changed
    )


@pytest.fixture
def writer(app, at, ben):
    at(START)
    return replace(ben, rank=3)


@pytest.fixture
def waiting(writer):
    return proposing.propose(writer, draft())


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def told(who):
    query = select(Notification.kind).where(
        Notification.member_id == who.member_id, Notification.kind.like("guide-%")
    )
    return list(db.session.scalars(query))


def test_it_is_published_under_its_author_with_who_checked_it_and_brings_the_badge(
    waiting, writer, cleo, client, drain
):
    guide_id = proposing.accept(cleo, waiting)
    guide = db.session.get_one(Guide, guide_id)
    assert (guide.author_id, guide.checked_by_id, guide.state) == (
        writer.member_id,
        cleo.member_id,
        "published",
    )
    page = client.get(f"/en/guides/{guide_id}", follow_redirects=True).text
    assert "Written by" in page and "Ben" in page and "Cleo" in page
    drain()
    badges = select(BadgeAward.badge_key).where(BadgeAward.member_id == writer.member_id)
    assert "guide_author" in list(db.session.scalars(badges)) and told(writer) == ["guide-validated"]
    with pytest.raises(Conflict):
        proposing.accept(cleo, waiting)
    assert count(Guide) == 1


def test_it_is_declined_with_a_reason_and_may_come_again(waiting, writer, sam):
    with pytest.raises(Invalid):
        proposing.decline(sam, waiting, " ")
    proposing.decline(sam, waiting, "The tap has to be closed first.")
    assert queries.proposal_page(writer, waiting).reason == "The tap has to be closed first."
    assert told(writer) == ["guide-declined"] and count(Guide) == 0
    assert proposing.propose(writer, draft()) != waiting


@pytest.mark.parametrize("name", ["ada", "ben", "newcomer", "zed", "sam", "silenced", "anonymous"])
def test_who_may_not_propose(name, writer, request):
    who = {"silenced": replace(writer, silenced=True), "anonymous": ANONYMOUS}.get(
        name
    ) or request.getfixturevalue(name)
    with pytest.raises(Forbidden):
        proposing.propose(who, draft())
    assert count(GuideProposal) == 0


@pytest.mark.parametrize("name", ["ada", "own", "mo", "four", "silenced"])
def test_who_may_not_validate(name, waiting, writer, cleo, request):
    who = {
        "own": replace(writer, rank=6), "four": replace(cleo, rank=4), "silenced": replace(cleo, silenced=True)
    }.get(name) or request.getfixturevalue(name)  # fmt: skip
    for act in (proposing.accept, lambda who, id: proposing.decline(who, id, "No")):
        with pytest.raises(Forbidden):
            act(who, waiting)
    assert count(Guide) == 0


def test_nobody_but_author_and_validators_reads_it(waiting, writer, ada, cleo, sam, mo, client):
    for who in (writer, cleo, sam):
        assert queries.proposal_page(who, waiting).title
    for who in (ada, mo, ANONYMOUS):
        with pytest.raises(NotFound):
            queries.proposal_page(who, waiting)
    for path in ("/en/guides/", "/en/search?q=filter+ondea", "/en/", "/sitemap.xml"):
        assert "Cleaning the filter of the Ondea" not in client.get(path, follow_redirects=True).text


def test_sent_twice_it_is_one_and_only_some_may_wait(waiting, writer, settings_override):
    assert proposing.propose(writer, draft()) == waiting
    with settings_override(forum__guide_proposals_waiting=1), pytest.raises(Invalid):
        proposing.propose(writer, draft(title="Another guide altogether"))
    with pytest.raises(Invalid) as refused:
        proposing.propose(
            writer, draft(title="A guide with a number", body=BODY + " Call me: 06 12 34 56 78.")
        )
    assert set(refused.value.fields) == {"body"} and count(GuideProposal) == 1


def test_a_title_that_was_taken_meanwhile_is_refused_and_nothing_changes(waiting, cleo, sam):
    write_guide(sam, draft())
    with pytest.raises(Invalid):
        proposing.accept(cleo, waiting)
    assert queries.own_and_waiting(cleo)[1][0].state == "waiting"


def test_the_pages(client, sign_in, ben, cleo, app, at):
    from accounts.members.models import Member
    from common.unit_of_work import unit_of_work

    at(START)
    sign_in(ben)
    assert client.get("/en/guides/propose").status_code == 403
    with unit_of_work():
        db.session.get_one(Member, ben.member_id).rank = 3
    assert "Propose a guide" in client.get("/en/guides/").text
    typed = {"title": "Short", "body": BODY, "category_id": "1", "language": "en", "step": "send"}
    refused = client.post("/en/guides/propose", data=typed)
    assert refused.status_code == 422 and "Open the hatch" in refused.text
    typed["title"] = "Cleaning the filter of the Ondea"
    assert "Clean the filter" in client.post("/en/guides/propose", data={**typed, "step": "preview"}).text
    made = client.post("/en/guides/propose", data=typed)
    assert made.status_code == 303 and "This guide is being read" in client.get(made.headers["Location"]).text
    assert client.post(made.headers["Location"], data={"act": "accept"}).status_code == 403
    sign_in(cleo)
    assert "1 proposed guide to read" in client.get("/en/guides/").text
    assert "Cleaning the filter" in client.get("/en/guides/proposals").text
    assert client.post(made.headers["Location"], data={"act": "decline", "reason": ""}).status_code == 422
    assert client.post(made.headers["Location"], data={"act": "accept"}).status_code == 303
    assert client.post(made.headers["Location"], data={"act": "accept"}).status_code == 409


# --- points -----------------------------------------------------------------------------------------------------------


def sums(who):
    db.session.rollback()
    row = db.session.execute(
        select(Balance.reputation, Balance.spendable).where(Balance.member_id == who.member_id)
    ).first()
    return tuple(row) if row else (0, 0)


def test_a_published_guide_pays_while_it_is_published(waiting, writer, cleo, sam):
    guide_id = proposing.accept(cleo, waiting)
    assert sums(writer) == (20, 20)
    for _again in range(2):
        withdraw_guide(sam, guide_id, "The hatch has moved")
        assert sums(writer) == (0, 0)
    for _again in range(2):
        publish_guide(sam, guide_id)
        assert sums(writer) == (20, 20)
    assert list(verifying.all_faults()) == []


def test_two_guides_a_week_pay_and_the_third_says_why(waiting, writer, cleo, at):
    proposing.accept(cleo, waiting)
    for number in (2, 3):
        at(timedelta(hours=number))
        proposing.accept(cleo, proposing.propose(writer, draft(title=f"Cleaning the filter, part {number}")))
    assert sums(writer) == (40, 40)
    line = (
        select(LedgerEntry.note)
        .where(LedgerEntry.rule_key == "tip.published")
        .order_by(LedgerEntry.id.desc())
    )
    assert db.session.scalar(line.limit(1)) == "week-limit"
    at(timedelta(days=8))
    proposing.accept(cleo, proposing.propose(writer, draft(title="Cleaning the filter, part 4")))
    assert sums(writer) == (60, 60)


def test_what_the_team_writes_or_declines_pays_nobody(waiting, writer, sam):
    proposing.decline(sam, waiting, "Not yet")
    publish_guide(sam, write_guide(sam, draft(title="Written by the team itself")))
    assert sums(writer) == sums(sam) == (0, 0)
