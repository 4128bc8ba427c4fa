"""The figures of moderation: each true to its definition, with the list behind it, for managers only."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest

from bench.past import fill_past
from common import clock, i18n
from common.db import db, insert_once, update_where
from common.errors import Forbidden
from common.unit_of_work import unit_of_work
from moderation.figures import counting, lists, queries
from moderation.figures.lists import LISTS
from moderation.figures.rules import Narrow, by_day, by_hour, local_hours, share
from moderation.flags.models import Flag
from moderation.flags.rules import FlagReason, Outcome
from moderation.review import deciding, leasing
from moderation.review import queries as review
from moderation.review.models import ReviewItem
from moderation.review.queueing import press_reviews
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.review.undoing import undo
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement
from tests.conftest import START


@pytest.fixture
def worked(policy, make_question, newcomer, decide, mo, second_moderator, at):
    """Five held texts: three approved after 10, 20 and 30 minutes, one refused too late, one that waits; an undo."""
    policy("trust")
    posts = [make_question(newcomer, title=f"A question that waits, number {n}") for n in range(5)]
    for number in range(3):
        at(timedelta(minutes=10))
        decide(mo, posts[number], Decision.APPROVE)
    item_id = decide(mo, posts[3], Decision.APPROVE).item_id
    undo(mo, item_id)
    at(timedelta(hours=2))
    decide(second_moderator, posts[3], Decision.REJECT, Reason.ADVERTISING)
    return posts


def figure(max_, name):
    return next(one for one in queries.overview(max_, 30).figures if one.name == name).value


def test_waiting_times_are_from_the_queue_to_the_decision(worked, max_):
    took = counting.times(lists.begins(30))[2]
    assert (took.count, took.p50, took.p90, took.late) == (4, 1200, 9000, 1)
    assert figure(max_, "decided") == "4", "what was taken back counts once"
    assert figure(max_, "in-time") == "75 % (3 / 4)"


def test_what_was_taken_back_counts_nowhere(worked, max_, mo, decide, policy, make_question, ben):
    assert figure(max_, "pace").startswith("4 today")
    assert figure(max_, "contested") == "1"
    undo(mo, decide(mo, worked[4], Decision.REJECT, Reason.ADVERTISING).item_id)
    assert figure(max_, "contested") == "1" and figure(max_, "pace").startswith("4 today")
    mine = next(one for one in counting.workers(lists.begins(30)) if one.member_id == mo.member_id)
    assert (mine.count, mine.restricted) == (3, 0)


def test_going_on_in_private_with_a_reason_is_a_restriction(worked, max_, mo, item_of):
    item_id = item_of(worked[4]).id
    lease = leasing.claim(mo, item_id)
    verdict = deciding.Verdict(
        Decision.CONVERT_PRIVATE, Reason.WRONG_PLACE, words="Please tell me more in private."
    )
    deciding.decide(mo, item_id, lease.token, shown(item_of(worked[4])).stamp, verdict)
    assert figure(max_, "contested") == "2"
    assert len(lists.lines(max_, "restricted", Narrow(30), "").items) == 2


def test_a_review_that_is_served_earlier_counts_in_its_own_class(worked, max_, item_of, at):
    with unit_of_work():
        update_where(ReviewItem, ReviewItem.id == item_of(worked[4]).id, kind="review")
        at(timedelta(hours=20))
        press_reviews()
    assert item_of(worked[4]).klass == 1
    waits = counting.waiting(clock.now())
    assert (waits[2].count, 1 in waits) == (1, False)


def test_danger_in_a_review_counts_as_danger(worked, item_of):
    with unit_of_work():
        update_where(ReviewItem, ReviewItem.id == item_of(worked[4]).id, kind="review", klass=0)
    waits = counting.waiting(clock.now())
    assert (waits[0].count, 2 in waits) == (1, False)


def test_what_waits_and_the_oldest(worked, max_):
    assert figure(max_, "waiting") == figure(max_, "late") == "1"
    assert figure(max_, "oldest") == "2 h 30"


def test_precision_of_holds_in_all_and_by_reason(worked, max_):
    assert figure(max_, "hold-precision") == "25 % (1 / 4)"
    reasons = dict(queries.overview(max_, 30).holds)
    assert (
        sum(one.decided for one in reasons.values()) == 4
        and sum(one.refused for one in reasons.values()) == 1
    )


def test_overturned_on_appeal(worked, newcomer, max_, decide, item_of):
    statement = db.session.scalars(db.select(Statement).order_by(Statement.id.desc())).first()
    appealing.appeal(newcomer, statement.id, "It was no advertising: I only named the shop I bought it from.")
    item = db.session.scalars(db.select(ReviewItem).where(ReviewItem.kind == "appeal")).one()
    lease, stamp = leasing.claim(max_, item.id), shown(item).stamp
    verdict = deciding.Verdict(Decision.OVERTURN, None, "You are right, there is nothing to sell in it.")
    deciding.decide(max_, item.id, lease.token, stamp, verdict)
    assert figure(max_, "overturned") == "100 % (1 / 1)"
    (line,) = lists.lines(max_, "overturned", Narrow(30), "").items
    assert line.decision == "overturn"


def test_settled_by_itself_leaves_out_what_somebody_read(worked, policy, make_question, cleo, max_):
    policy("reactive")
    make_question(cleo, title="This one needed nobody at all")
    assert figure(max_, "settled") == "25 % (1 / 4)"


def reported(post_id, item_id, who, outcome, at_=None):
    with unit_of_work():
        insert_once(
            Flag, post_id=post_id, version=1, flagger_id=who.member_id, reason=FlagReason.OFF_TOPIC, weight=1.0, outcome=outcome,
            item_id=item_id, decided_at=(at_ or clock.now()) if outcome else None,
        )  # fmt: skip


def test_precision_of_reports_leaves_out_what_nobody_judged(worked, max_, ben, cleo, mo, zed, item_of):
    """By hand: two right, one not, one settled without a word on it, one withdrawn, one right long ago: 2 of 3."""
    item_id = item_of(worked[0]).id
    for who, outcome in (
        (ben, Outcome.AGREED),
        (cleo, Outcome.AGREED),
        (mo, Outcome.DISAGREED),
        (zed, Outcome.IGNORED),
        (ben, None),
    ):
        reported(worked[0], item_id, who, outcome)
    reported(worked[1], None, ben, Outcome.AGREED, clock.now() - timedelta(days=60))
    assert figure(max_, "flag-precision") == "67 % (2 / 3)"
    said = lists.lines(max_, "flags-judged", Narrow(30), "").items
    assert sorted(str(one.more) for one in said) == ["not right", "right", "right"]
    assert len(lists.lines(max_, "flags-right", Narrow(30), "").items) == 2
    assert all(one.who is None for one in said), "who reported is not said"


def test_authors_restricted_again_are_counted_once_each(worked, max_, decide, mo, item_of, newcomer, ben):
    """By hand: the newcomer twice, Ben once, then his is taken back."""
    assert figure(max_, "repeat-offenders") == "0 % (0 / 1)"
    with unit_of_work():
        update_where(ReviewItem, ReviewItem.id == item_of(worked[4]).id, author_id=ben.member_id)
    verdict = decide(mo, worked[4], Decision.REJECT, Reason.ADVERTISING)
    assert figure(max_, "repeat-offenders") == "0 % (0 / 2)"
    with unit_of_work():
        update_where(ReviewItem, ReviewItem.id == verdict.item_id, author_id=newcomer.member_id)
    assert figure(max_, "repeat-offenders") == "100 % (1 / 1)"
    (line,) = lists.lines(max_, "offenders-again", Narrow(30), "").items
    assert line.item_id == max(verdict.item_id, item_of(worked[3]).id), "one of each"
    undo(mo, verdict.item_id)
    assert figure(max_, "repeat-offenders") == "0 % (0 / 1)"


@pytest.fixture
def long_past(worked, policy, mo, second_moderator, cleo, ben, newcomer, make_question, item_of):
    """A desk with a past of forty days, beside what was decided today."""
    policy("reactive")
    make_question(cleo, title="This one needed nobody at all")
    with unit_of_work():
        made = [(one, None) for one in worked]
        fill_past(300, 40, [mo.member_id, second_moderator.member_id], made)
        update_where(ReviewItem, ReviewItem.id == item_of(worked[4]).id, klass=3)
        update_where(ReviewItem, ReviewItem.author_id.is_(None), author_id=newcomer.member_id)
    reported(worked[0], item_of(worked[0]).id, ben, Outcome.AGREED)


def links_of(page):
    """Where the numbers of the page lead, and how many lines they say are there; a time or a share says it in its words for
    screen readers."""
    found = []
    for path, said in re.findall(r'<a [^>]*?href="(/en/desk/moderation/figures/[^"]+)">(.*?)</a>', page):
        shown_, _tag, more = said.partition("<span")
        basis = re.search(r"\((\d+) lines?: ", more)
        found.append((unescape(path), int(basis[1] if basis else re.findall(r"\d+", shown_)[-1])))
    return found


def test_every_figure_of_the_page_is_defined_and_has_its_lists(client, sign_in, long_past, max_):
    """Whatever stands in a cell as a figure leads to the lines it comes from: counts to theirs, times and shares to all that
    they were taken of. Only the time that a class has is no figure but a setting."""
    sign_in(max_)
    page = client.get("/en/desk/moderation/figures?days=90").get_data(as_text=True)
    for row in re.findall(r'<tr><th scope="row"><b>.*?</tr>', page):
        definition, lists_ = re.search(r"<br>(.*?)</th>", row)[1], links_of(row)
        assert len(definition) > 20 and lists_, row
    tables_ = re.findall(r"<section(.*?)</section>", page.partition("<main")[2], re.S)[1:]
    assert len(tables_) >= 6
    for section in tables_:
        assert '<p class="sm">' in section, "what its figures are is said"
        cells = re.findall(r'<td class="num"([^>]*)>(.*?)</td>', section, re.S)
        bare = [
            cell
            for head, cell in cells
            if re.search("[1-9]", cell) and "<a " not in cell and "Time to decide" not in head
        ]
        assert cells and not bare, bare[:3]


def test_a_figure_of_nothing_has_its_lists_too(client, sign_in, app, max_):
    sign_in(max_)
    page = client.get("/en/desk/moderation/figures").get_data(as_text=True)
    rows = re.findall(r'<tr><th scope="row"><b>.*?</tr>', page)
    assert len(rows) == 16 and all(links_of(row) for row in rows)


def test_behind_every_number_of_the_page_stand_just_as_many_lines(client, sign_in, long_past, max_):
    sign_in(max_)
    found = links_of(client.get("/en/desk/moderation/figures").get_data(as_text=True))
    assert {path.split("/")[-1].partition("?")[0] for path, _count in found} == set(LISTS), (
        "each list has a figure"
    )
    days = [one for one in found if "day=" in one[0]]
    found = [one for one in found if one not in days] + days[::6]
    wrong = {path: (count, n) for path, count in found if (n := lines_of(client, path)) != count}
    assert not wrong and len(found) > 80


def lines_of(client, path):
    """How many rows a list has, by its file."""
    response = client.get(path.replace("?", ".csv?"))
    assert response.status_code == 200
    return len(list(csv.reader(io.StringIO(response.get_data(as_text=True))))) - 1


def test_every_figure_has_its_lists_and_every_list_is_whole_a_part_at_a_time(long_past, max_):
    for figure_ in queries.overview(max_, 90).figures:
        for what, count in figure_.lists:
            seen, after = [], ""
            while after is not None:
                page = lists.lines(max_, what, Narrow(90), after, 7)
                seen += [(one.at, one.item_id, one.post_id) for one in page.items]
                after = page.next
            assert len(seen) == count and count, (figure_.name, what)
            assert seen == sorted(seen, key=lambda one: one[0], reverse=not lists.LISTS[what].oldest_first)


def test_the_pages_of_all_lists_lead_to_their_items(client, sign_in, long_past, max_):
    sign_in(max_)
    for what, listed in lists.LISTS.items():
        page = client.get(f"/en/desk/moderation/figures/{what}?days=90").get_data(as_text=True)
        wanted = {
            "items": "/history",
            "audits": "/history",
            "posts": "/a/",
            "pauses": "<time",
            "flags": "/history",
        }[listed.source.name]
        assert page.count(wanted) >= 1, what
    audits = client.get("/en/desk/moderation/figures/audits").get_data(as_text=True)
    assert "Yanis" not in audits.partition("<main")[2], "who decided what is known is not said"


def test_a_list_of_one_moderator_one_class_or_one_reason(worked, max_, mo):
    def size(what, **narrowed):
        return len(lists.lines(max_, what, Narrow(30, **narrowed), "").items)

    assert size("decided", who=mo.member_id) == 3
    assert (size("decided", klass=5), size("decided", klass=2)) == (0, 4)
    reason = next(iter(dict(queries.overview(max_, 30).holds)))
    assert (size("held", reason=reason), size("held", reason="links")) == (4, 0)


def test_the_day_of_the_pace_is_the_day_of_the_community(held, max_, mo, at, decide):
    """23:30 in Paris is 22:30 of the world clock: half an hour later a new day has begun, the last hour is the same."""
    midnight = i18n.day_begins(i18n.local(START).date() + timedelta(days=1))
    at(midnight - timedelta(minutes=30))
    decide(mo, held, Decision.APPROVE)
    mine = review.queue(mo, "all")
    assert (mine.done_today, mine.done_last_hour) == (1, 1) and figure(max_, "pace").startswith(
        "1 today, 1 in"
    )
    at(midnight + timedelta(minutes=1))
    mine = review.queue(mo, "all")
    assert (mine.done_today, mine.done_last_hour) == (0, 1) and figure(max_, "pace").startswith(
        "0 today, 1 in"
    )


def test_figures_are_for_managers(app, mo, ben):
    for who in (mo, ben):
        with pytest.raises(Forbidden):
            queries.overview(who, 30)


def test_the_pages_in_both_languages_and_the_table(client, sign_in, worked, max_, mo):
    sign_in(max_)
    for language in ("en", "fr"):
        for path in (
            "",
            "?days=7",
            "?days=90",
            "?days=junk",
            "/decided?class=2",
            "/late?after=x&who=999999999999&class=²",
            "/decided?hour=25&day=yesterday&week=0000-13-45&reason=%27",
            "/decided.csv?hour=3&day=2026-11-20",
        ):
            assert client.get(f"/{language}/desk/moderation/figures{path}").status_code == 200
    table = client.get("/en/desk/moderation/figures.csv?days=7").get_data(as_text=True)
    assert "Precision of holds,25 % (1 / 4)" in table and "P2: held before publication,1,1,4,20,150" in table
    assert client.get("/en/desk/moderation/figures/nothing").status_code == 404
    sign_in(mo)
    for path in ("", ".csv", "/decided", "/decided.csv"):
        assert client.get(f"/en/desk/moderation/figures{path}").status_code == 403


def test_the_page_costs_the_same_for_few_and_for_many(client, sign_in, worked, max_, count_queries):
    sign_in(max_)
    client.get("/en/desk/moderation/figures")
    with count_queries() as few:
        client.get("/en/desk/moderation/figures")
    with unit_of_work():
        db.session.add_all(
            ReviewItem(
                kind="sample", target_id=7000 + n, klass=5, state="decided", decided_at=START, due_at=START, aged_at=START,
                waited_seconds=n,
            )
            for n in range(300)
        )  # fmt: skip
    with count_queries() as many:
        client.get("/en/desk/moderation/figures")
    assert len(many) == len(few) <= 32


def test_shares_hours_and_days_are_sums():
    from datetime import date
    from zoneinfo import ZoneInfo

    hours = local_hours({"2026-03-01 23": 4, "2026-03-02 08": 2}, ZoneInfo("Europe/Paris"))
    assert by_hour(hours)[0] == 4 and by_hour(hours)[9] == 2
    assert by_day(hours, date(2026, 3, 2), 2) == [0, 6]
    assert share(1, 0) is None and share(1, 3) == 33
