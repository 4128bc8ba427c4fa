"""Behind every figure stands a list, and it has as many lines as the figure says; the filters of the page hold everywhere."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from common import clock
from common.db import db, insert_many, update_where
from common.unit_of_work import unit_of_work
from forum.asking.models import AskVisit
from forum.asking.rules import Outcome
from forum.content.guides import writing
from forum.content.guides.models import Guide
from forum.questions.models import Post, Question
from forum.solutions.accepting import accept_answer
from moderation.dashboard import figures, queries, recounting
from moderation.dashboard.listing import reading as listing
from moderation.dashboard.listing.known import LISTS
from moderation.dashboard.reading import Scope, dates_to_now
from moderation.escalation.models import Case, SlaEvent
from moderation.escalation.rules import CaseState, Priority
from moderation.escalation.sla_rules import Metric, SlaType
from moderation.private.models import PrivateTalk
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Decision, ItemState, ItemType, Reason
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.rules import AppealState, Measure
from moderation.satisfaction.models import Satisfaction
from rewards.ranks.models import RankChange
from rewards.trials.models import Trial, TrialApplication, TrialReport
from rewards.trials.rules import Campaign, Part
from tests.conftest import START
from tests.guides.test_guides import draft

SCOPES = (
    Scope(),
    Scope(category_id=1),
    Scope(category_id=2),
    Scope(language="fr"),
    Scope(days=7, language="en"),
)


@pytest.fixture
def busy(app, at, make_question, make_answer, ada, ben, cleo, sam, mo):
    """Eight questions in two categories and languages, and something of everything that the page counts."""
    at(START)
    asked = [
        make_question(ada, title=f"Question number {n} about the drum", category_id=1 + n % 2)
        for n in range(8)
    ]
    at(timedelta(minutes=3))
    answers = [make_answer(who, asked[n]) for n, who in enumerate((ben, cleo, sam, ben, cleo))]
    at(timedelta(hours=1))
    for question_id, answer_id in zip(asked[:4], answers, strict=False):
        accept_answer(ada, question_id, answer_id)
    _guides(sam, ada)
    with unit_of_work():
        update_where(Post, Post.id.in_((asked[1], asked[6], answers[1])), language="fr")
        update_where(Question, Question.id == asked[0], view_count=100)
        _promises_and_cases(asked, ada, sam)
        _queue(asked, mo)
        _visits_and_ratings(asked, ada)
        _trials(ben, cleo)
        insert_many(RankChange, [
            {"member_id": who.member_id, "old": old, "new": new, "why": why, "changed_at": clock.now() - timedelta(days=days)}
            for who, old, new, why, days in ((ben, 4, 5, "appointed", 0), (ben, 5, 6, "appointed", 0), (cleo, 2, 3, "earned", 0), (ada, 4, 5, "appointed", 100))
        ])  # fmt: skip
    at(timedelta(days=8))
    recounting.recount()
    return asked


def _guides(sam, ada):
    """One of the team with 50 views, one of a member with 20, one that was withdrawn, one of ten months ago."""
    made = [
        writing.write_guide(sam, draft(title=f"Guide number {n} of the drum", category_id=1 + n % 2))
        for n in range(4)
    ]
    for guide_id in made:
        writing.publish_guide(sam, guide_id)
    writing.withdraw_guide(sam, made[2], "Out of date")
    with unit_of_work():
        for guide_id, views in zip(made, (50, 20, 1_000, 5_000), strict=True):
            update_where(Guide, Guide.id == guide_id, view_count=views)
        update_where(Guide, Guide.id == made[1], author_id=ada.member_id)
        update_where(Guide, Guide.id == made[3], published_at=clock.now() - timedelta(days=300))


def _promises_and_cases(asked, ada, sam):
    now = clock.now()
    insert_many(SlaEvent, [
        {"question_id": asked[n], "cycle": 1, "metric": Metric.NEXT_REPLY, "type": kind, "at": now}
        for n, kind in ((0, SlaType.FULFIL), (1, SlaType.FULFIL), (1, SlaType.BREACH), (3, SlaType.BREACH))
    ])  # fmt: skip
    insert_many(Case, [
        {"question_id": asked[n], "cycle": 9, "state": state, "priority": Priority.LOW, "opened_at": now - timedelta(days=n), "ended_at": None if state == CaseState.QUEUED else now}
        for n, state in ((0, CaseState.QUEUED), (1, CaseState.QUEUED), (2, CaseState.CLOSED), (5, CaseState.QUEUED))
    ])  # fmt: skip
    case = Case(
        question_id=asked[7],
        cycle=9,
        state=CaseState.CLOSED,
        priority=Priority.LOW,
        opened_at=now,
        ended_at=now,
    )
    db.session.add(case)
    db.session.flush()
    talk = {
        "case_id": case.id,
        "agent_id": sam.member_id,
        "asker_id": ada.member_id,
        "words": "Your number, please.",
    }
    insert_many(PrivateTalk, [talk | {"question_id": asked[7], "offered_at": START + timedelta(days=30)}])


def _queue(asked, mo):
    now = clock.now()
    items, decisions = [], []
    for n in range(6):
        items.append({
            "id": 900 + n, "kind": ItemType.POST, "target_id": asked[n], "post_id": asked[n], "category_id": 1 + n % 2, "klass": n % 3,
            "state": ItemState.DECIDED, "language": "fr" if n == 1 else "en", "created_at": now, "due_at": now, "aged_at": now,
            "decided_at": now + timedelta(hours=n), "waited_seconds": 3600 * n,
        })  # fmt: skip
        decisions.append({
            "item_id": 900 + n, "decision": Decision.REMOVE if n % 2 else Decision.APPROVE, "reason": Reason.INSULT if n % 2 else None, "actor_id": mo.member_id,
            "stamp": "1", "seconds": 60 + n, "decided_at": now,
        })  # fmt: skip
    insert_many(ReviewItem, items)
    insert_many(ReviewDecision, decisions)
    for n, state in ((0, AppealState.OVERTURNED), (1, AppealState.UPHELD)):
        statement = Statement(
            cause=f"test:{n}", measure=Measure.REMOVED, post_id=asked[n], reason=Reason.INSULT, clause="1", appeal_until=now
        )  # fmt: skip
        db.session.add(statement)
        db.session.flush()
        db.session.add(
            Appeal(
                statement_id=statement.id,
                text="Look again, please.",
                state=state,
                item_id=900 + n,
                decided_at=now,
            )
        )


def _visits_and_ratings(asked, ada):
    now = clock.now()
    insert_many(AskVisit, [
        {"key": f"{n:016d}", "shown_at": now, "decided_at": now + timedelta(minutes=3 * n), "outcome": outcome, "settled_by_id": about}
        for n, (outcome, about) in enumerate(((Outcome.SETTLED, asked[0]), (Outcome.SETTLED, asked[1]), (Outcome.FOLLOWED, None), (Outcome.LEFT, None)))
    ])  # fmt: skip
    insert_many(Satisfaction, [
        {"question_id": asked[n % 3], "cycle": 20 + n, "due_at": now, "asked_at": now, "score": 3 + n % 3, "answered_at": now} for n in range(63)
    ])  # fmt: skip


def _trials(ben, cleo):
    """One goes on, with a report and one that is late; one is over."""
    insert_many(Trial, [
        {"id": 70 + n, "slug": f"t{n}", "state": state, "title_fr": "Essai", "title_en": "Trial"}
        for n, state in enumerate((Campaign.REPORTING, Campaign.CLOSED))
    ])  # fmt: skip
    insert_many(TrialApplication, [
        {"id": 70 + n, "trial_id": 70, "member_id": who.member_id, "state": state, "due_at": clock.now()}
        for n, (who, state) in enumerate(((ben, Part.ACCEPTED), (cleo, Part.OVERDUE)))
    ])  # fmt: skip
    insert_many(TrialReport, [{"application_id": 70, "rating": 4, "written_at": clock.now()}])


def whole(max_, what, scope):
    """Every line of a list, part by part."""
    found, after = [], None
    while True:
        page = listing.lines(max_, what, scope, after, 7)
        found += page.items
        after = page.next
        if after is None:
            return found


def said_on(shown):
    """How many lines the page says that each list has; figures that share a list agree."""
    said = {}
    for one in shown.all_figures:
        assert not one.what or said.setdefault(one.what, one.lines) == one.lines, (
            f"{one.name} says another number"
        )
    for table in shown.tables.values():
        for what, row in zip(table.whats, table.rows, strict=False):
            assert said.setdefault(what, row[1]) == row[1], (table.name, what)
    return said


def test_every_list_on_the_page_has_as_many_lines_as_its_figure_says(busy, max_):
    for scope in SCOPES:
        said = said_on(queries.overview(max_, scope))
        for what, count in said.items():
            assert len(whole(max_, what, scope)) == listing.count(max_, what, scope) == count, (what, scope)
        if scope == Scope():
            assert {what for what, count in said.items() if not count} <= MAY_BE_EMPTY


def test_every_link_of_the_page_leads_to_its_list(busy, max_, sign_in, client):
    said = said_on(queries.overview(max_, Scope()))
    sign_in(max_)
    page = client.get("/en/desk/dashboard").get_data(as_text=True)
    followed = set()
    for address in set(re.findall(r'href="(/en/desk/dashboard/[^"]+)"', page)):
        parts = urlsplit(address.replace("&amp;", "&"))
        what = parts.path.rsplit("/", 1)[1]
        data = client.get(f"{parts.path}.json?{parts.query}").get_json()
        assert data["complete"] and data["count"] == len(data["lines"]), what
        if not {"category", "cell", "bar", "member"} & parse_qs(parts.query).keys():
            followed.add(what)
            assert data["count"] == said[what], what
    assert followed == set(said), "what the figures name is linked, and nothing else"


NAMES = {"category": "category_id", "member": "member_id"}


def test_behind_the_cells_of_tables_stand_as_many_lines(busy, max_):
    """The hours of the week, the bars of the volume, the categories: each figure, its list narrowed as its address says."""
    for scope in (Scope(), Scope(days=7), Scope(days=364, language="fr"), Scope(category_id=1)):
        made, seen = queries.overview(max_, scope), set()
        for table in (one for one in made.tables.values() if one.cells):
            for place, row in enumerate(table.rows):
                found = [(table.behind(place, cell), value) for cell, value in enumerate(row[1:])]
                for (what, more), value in (one for one in found if one[0]):
                    names = {NAMES.get(name, name): one for name, one in more.items()}
                    part = replace(scope, **names)
                    assert len(whole(max_, what, part)) == listing.count(max_, what, part) == value, (
                        table.name,
                        what,
                        more,
                    )
                    seen.add(table.name)
        assert scope.days == 7 or seen == {"volume", "hours", "categories", "experts", "identification"}, (
            scope
        )


def test_the_days_of_the_week_have_their_names_and_no_date(busy, max_, sign_in):
    page = sign_in(max_).get("/fr/desk/dashboard").get_data(as_text=True)
    assert '<th scope="row">lundi</th>' in page and '<th scope="row">dimanche</th>' in page
    assert "lundi 03:00" in sign_in(max_).get("/fr/desk/dashboard/asked?cell=3").get_data(as_text=True)


def test_an_address_that_narrows_by_nonsense_narrows_nothing(busy, max_, sign_in):
    browser = sign_in(max_)
    for more in ("", "&cell=168", "&cell=x&bar=99999999", "&bar=-1", "&cell=²"):
        assert browser.get(f"/fr/desk/dashboard/asked.json?days=84{more}").get_json()["count"] == 8, more
    for more in ("&cell=3", "&bar=0", "&bar=3652059"):
        assert browser.get(f"/fr/desk/dashboard/asked?days=84{more}").status_code == 200


MAY_BE_EMPTY = {
    name for name in LISTS if name.startswith(("broken-", "rung-", "first-", "cases-", "helpers-", "decided-", "removed-"))
} | {"candidates", "survey", "held", "reopened", "presumed", "experts-falling", "experienced-stay", "newcomers-active", "newcomers-helping", "newcomers-answered", "joined", "solved-asker", "solved-month"}  # fmt: skip


def test_the_filters_hold_for_the_work_of_the_team_too(busy, max_):
    def shown(**scope):
        found = {one.name: one for one in queries.overview(max_, Scope(**scope)).all_figures}
        return [
            found[name].value
            for name in ("team-decided", "team-overturned", "team-answers", "backlog", "asks-settled")
        ]

    assert shown() == [6, 0.5, 1, 3, 3]
    assert shown(category_id=1) == [3, 1.0, 1, 1, 1]
    assert shown(category_id=2) == [3, 0.0, 0, 2, 1]
    assert shown(language="fr") == [1, 0.0, 0, 1, 1]


def test_guides_of_the_period_count_among_what_was_read(busy, max_):
    def shown(**scope):
        made = queries.overview(max_, Scope(**scope))
        found = {one.name: one for one in made.all_figures}
        return (
            found["guide-views"].value,
            found["guide-views"].listed,
            found["team-guides"].value,
            found["avoided"].span,
        )

    views, listed, by_team, (low, high) = shown()
    assert (views, listed, by_team) == (70, 2, 1)
    direct = queries.overview(max_, Scope()).all_figures
    spared = next(one.value for one in direct if one.name == "avoided-direct")
    assert (low, high) == (spared + 0.05 * 170, spared + 0.2 * 170), (
        "100 views of a solved question and 70 of guides"
    )
    assert shown(category_id=2)[:3] == (20, 1, 0) and shown(language="fr")[:3] == (0, 0, 0)
    assert shown(days=364)[:3] == (5_070, 3, 1), "the team's own work is that of twelve weeks"


def test_the_time_at_the_queue_is_shared_out_by_class(busy, max_):
    rows = queries.overview(max_, Scope()).tables["team"].rows
    assert [row[5] for row in rows] and abs(sum(row[5] for row in rows) - 1) < 1e-9


def test_how_satisfied_askers_are_over_time_is_said_where_enough_say_so(busy, max_):
    scope = Scope()
    bars = figures.ratings(scope, dates_to_now(scope))
    assert sum(bar != (0, 0, 0) for bar in bars) == 1 and figures.together(bars) == (63, 63, 42)
    assert [one for one in figures.satisfied(bars) if one is not None] == [42 / 63]
    assert figures.satisfied([(30, 19, 19), (30, 20, 10)]) == [None, 0.5], "nineteen say nothing"


def test_the_work_of_the_team_by_hand(busy, max_):
    made = queries.overview(max_, Scope())
    assert made.tables["removals"].rows == [
        ("P0", 1, 3 * 3600, 3 * 3600),
        ("P1", 1, 3600, 3600),
        ("P2", 1, 5 * 3600, 5 * 3600),
    ]
    assert sum(row[1] for row in made.tables["moderation"].rows) == 6
    found = {one.name: one for one in made.all_figures}
    assert found["recruits"].value == 1, "Ben, once; Cleo earned hers, Ada signed long ago"
    held = [found[name].value for name in ("texts-held", "texts-held-p90")]
    assert held == [2 * 3600, 4 * 3600], "approved at once, after two hours, after four"
    assert found["removed"].value == 3 * 3600 and found["team-handling"].value == 62
    assert round(found["team-pace"].value, 1) == round(6 / (375 / 3600), 1)
    assert [found[name].value for name in ("trials-running", "trials-late", "trials-rating")] == [1, 1, 4.0]
    assert made.tables["ladder"].rows[0][1:] == (3, 3 / 8), "three asks never sent, five questions answered"
    assert found["instant"].of == (5 + 2, 8 + 3), "two of the three asks ended within five minutes"
