"""Statements for the Commission without anybody's data, each once; reports counted from decisions; contact points."""

import csv
import io
import json
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy.exc import DatabaseError

from accounts.signin.sessions import note_month
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.legal_notices import submitting, trusting
from moderation.profile_reports import reporting
from moderation.review import deciding, leasing, undoing
from moderation.review.models import ReviewItem
from moderation.review.queueing import look_at
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions import appealing, banning, sanctioning, striking
from moderation.sanctions.appealing import Amendment
from moderation.sanctions.models import Statement
from moderation.sanctions.rules import RESTRICTIONS, Measure
from moderation.sanctions.strike_rules import StrikeCause
from moderation.transparency import counting, filing, publishing
from moderation.transparency.models import PublishedReport, ReportKind
from moderation.transparency.publishing import Words
from moderation.transparency.rules import CATEGORIES, Facts, fault_of, half_year, record_of, year
from moderation.transparency.wording import in_words
from tests.conftest import START
from tests.moderation.test_legal_notices import send

SECRET_WORDS = "Called Jeanne Dupont names at 12 rue des Lilas"


@pytest.fixture
def restricted(mo, max_, ada, ben, cleo, newcomer, make_question, decide, at):
    """A removal, a silence, a ban and a warning, with words that name people."""
    post_id = make_question(
        ada, title="Jeanne Dupont sells rubbish", body="Her number is known, she lives in my street."
    )
    flag(cleo, post_id, FlagReason.INSULT)
    decide(mo, post_id, Decision.REMOVE, Reason.INSULT, SECRET_WORDS)
    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, SECRET_WORDS)
    banning.confirm(max_, banning.propose(mo, cleo.member_id, Reason.HATE, SECRET_WORDS))
    striking.strike(mo, newcomer.member_id, StrikeCause.LINK_DROPPING, SECRET_WORDS, "k")
    at(START + timedelta(hours=1))
    return post_id


def test_a_file_has_every_restriction_once_and_no_warning(restricted, max_):
    made = filing.make_file(max_)
    records = filing.records(made)
    assert len(records) == 3 and len({one["puid"] for one in records}) == 3
    removed, silenced, banned = records
    assert removed["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    assert removed["category"] == "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"
    assert removed["source_type"] == "SOURCE_TYPE_OTHER_NOTIFICATION" and removed["content_language"] == "EN"
    assert silenced["decision_provision"] == "DECISION_PROVISION_PARTIAL_SUSPENSION"
    assert silenced["end_date_service_restriction"] == "2026-03-03"
    assert banned["decision_account"] == "DECISION_ACCOUNT_TERMINATED"
    assert banned["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert [fault_of(one) for one in records] == ["", "", ""]
    with pytest.raises(Conflict):
        filing.make_file(max_)


def test_nobody_is_named_in_it(restricted, max_):
    written = json.dumps(filing.records(filing.make_file(max_)), ensure_ascii=False)
    for private in (
        "Jeanne",
        "Dupont",
        "Lilas",
        "Ada",
        "Ben",
        "Mo ",
        "example.com",
        "my street",
        "/members/",
    ):
        assert private not in written


def test_what_was_undone_or_is_a_minute_old_is_not_handed_over(held, decide, mo, max_, item_of, at):
    decide(mo, held, Decision.REJECT, Reason.INSULT)
    undoing.undo(mo, item_of(held, state="decided").id)
    decide(mo, held, Decision.REJECT, Reason.OFF_TOPIC)
    with pytest.raises(Conflict):
        filing.make_file(max_)
    at(START + timedelta(minutes=11))
    assert [one["category"] for one in filing.records(filing.make_file(max_))] == [
        "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
    ]


def test_none_is_handed_over_where_none_is_owed(mo, max_, newcomer, make_question, at):
    make_question(newcomer)
    banning.expel(mo, newcomer.member_id)
    at(START + timedelta(hours=1))
    assert [next(iter(one)) for one in filing.records(filing.make_file(max_))] == ["decision_account"]


def test_a_file_has_a_hundred_at_most(mo, max_, ben, at):
    for _n in range(101):
        sanctioning.silence(mo, ben.member_id, 1, Reason.INSULT, "")
    at(START + timedelta(hours=1))
    sizes = [len(filing.records(filing.make_file(max_))) for _n in range(2)]
    assert sizes == [100, 1]


def of_files(max_):
    return filing.records(filing.make_file(max_))


def test_what_an_appeal_amends_is_one_record_and_one_measure(
    mo, max_, second_moderator, ben, ada, make_question, decide, at
):
    post_id = make_question(ada)
    look_at(mo, post_id)
    decide(mo, post_id, Decision.REMOVE, Reason.INSULT)
    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    for who, amendment in ((ada, Amendment(reason=Reason.OFF_TOPIC)), (ben, Amendment(hours=2))):
        contested = db.session.scalar(db.select(Statement.id).where(Statement.member_id == who.member_id))
        appealing.appeal(who, contested, "It was only a joke, and said to a friend.")
        answer_appeal(second_moderator, amendment)
    assert db.session.query(Statement).count() == 4, "a statement for each answer"
    at(START + timedelta(hours=1))
    assert [next(iter(one)) for one in of_files(max_)] == ["decision_visibility", "decision_provision"]
    rows = [
        {"indicator": one.indicator, "scope": one.scope, "value": one.value}
        for one in counting.yearly(year(2026), {})
    ]
    assert figure(rows, "Measures: DECISION_VISIBILITY_CONTENT_REMOVED", "removed") == 1
    assert figure(rows, "Measures: DECISION_PROVISION_PARTIAL_SUSPENSION", "silenced") == 1
    with pytest.raises(Conflict):
        filing.make_file(max_)


def answer_appeal(who, amendment):
    waits = (ReviewItem.kind == "appeal", ReviewItem.open_key.is_not(None))
    item = db.session.scalars(db.select(ReviewItem).where(*waits)).one()
    lease, stamp = leasing.claim(who, item.id), shown(item).stamp
    verdict = deciding.Verdict(
        Decision.AMEND, message="Read again: this is how it stands.", amendment=amendment
    )
    deciding.decide(who, item.id, lease.token, stamp, verdict)


def test_a_text_that_is_hidden_again_is_one_record(mo, max_, ada, members, make_question, decide, at):
    post_id = make_question(ada)
    for who in members(3, rank=4):
        flag(who, post_id, FlagReason.INSULT)
    undoing.undo(mo, decide(mo, post_id, Decision.RESTORE).item_id)
    assert db.session.query(Statement).count() == 2
    at(START + timedelta(hours=1))
    assert len(of_files(max_)) == 1


def test_reports_of_people_and_complaints_of_who_sent_a_notice_are_counted(
    settings_override, mo, max_, second_moderator, ben, ada, cleo, newcomer, make_question, decide, at
):
    trusting.trust(max_, "Point de Contact", "lea@example.net")
    post_id, other = make_question(ada), make_question(ada, title="Another one that stays")
    with settings_override(moderation__notice_proof_bits=6):
        first, second = send(post_id), send(other)
    submitting.confirm(first.notice_id)
    decide(mo, post_id, Decision.REMOVE, Reason.HATE)
    decide(mo, other, Decision.NO_ACTION)
    at(START + timedelta(hours=2))
    submitting.contest(ANONYMOUS, second.notice_id, "It names her street, in full and twice.")
    at(START + timedelta(hours=5))
    decide(second_moderator, other, Decision.REMOVE, Reason.PERSONAL_DATA)
    reporting.report(ben, newcomer.member_id, "insult")
    at(START + timedelta(hours=6))
    sources = [one["source_type"] for one in of_files(max_)]
    assert sources == ["SOURCE_TRUSTED_FLAGGER", "SOURCE_ARTICLE_16"]
    rows = [
        {"indicator": one.indicator, "scope": one.scope, "value": one.value}
        for one in counting.yearly(year(2026), {})
    ]
    assert figure(rows, "Measures: DECISION_VISIBILITY_CONTENT_REMOVED", "removed") == 0
    assert figure(rows, "Measures after a notice or a report", "on the basis of the law") == 1
    assert figure(rows, "Reports of profiles", "insult") == 1
    assert figure(rows, "Reports of private messages", "insult") == 0
    assert figure(rows, "Complaints") == 1 and figure(rows, "Complaints", "by who sent a notice") == 1
    assert figure(rows, "Complaints by who sent a notice, by outcome", "restricted") == 1
    assert figure(rows, "Median time until a complaint was answered (hours)") == 3.0
    assert not [row for row in rows if str(in_words(row["indicator"])) == "" or row["value"] is None]


@pytest.mark.parametrize(("measure", "reason"), list(product(sorted(RESTRICTIONS), Reason)))
def test_every_restriction_and_reason_fits_the_database(measure, reason):
    facts = Facts(
        "p" * 32, Measure(measure), reason, "1.1", "http://localhost/en/charter#rule-1-1", "Because.", False, (), True, False,
        False, START, START + timedelta(days=7), None, "fr",
    )  # fmt: skip
    assert fault_of(record_of(facts)) == "" and set(CATEGORIES) == set(Reason)


@pytest.mark.parametrize("who", ["ada", "mo", "sam"])
def test_only_managers_hand_over_and_publish(request, who, restricted):
    for act in (
        filing.make_file,
        lambda actor: publishing.publish(actor, ReportKind.YEARLY, year(2025), Words()),
    ):
        with pytest.raises(Forbidden):
            act(request.getfixturevalue(who))


# --- reports ------------------------------------------------------------------------------------------------------


def figure(rows, indicator, scope="total"):
    return next(row["value"] for row in rows if (row["indicator"], row["scope"]) == (indicator, scope))


def test_the_yearly_report_counts_what_happened(restricted, max_, second_moderator, at):
    silenced = db.session.scalar(db.select(Statement.id).where(Statement.measure == "silenced"))
    appealing.appeal(ANONYMOUS, silenced, "It was one word and not an insult at all.")
    with pytest.raises(Invalid):
        publishing.publish(max_, ReportKind.YEARLY, year(2026), Words())
    at(START.replace(year=2027, month=1, day=15))
    made = publishing.publish(
        max_, ReportKind.YEARLY, year(2026), Words("Résumé", "Summary", {"disputes": 2})
    )
    rows = publishing.report(made).rows
    assert figure(rows, "Measures: DECISION_VISIBILITY_CONTENT_REMOVED", "removed") == 0, (
        "it followed a report"
    )
    assert (
        figure(rows, "Measures after a notice or a report: DECISION_VISIBILITY_CONTENT_REMOVED", "removed")
        == 1
    )
    assert figure(rows, "Measures after a notice or a report", "on the basis of the terms") == 1
    assert figure(rows, "Measures: DECISION_ACCOUNT_TERMINATED", "banned") == 1
    assert figure(rows, "Measures against accounts", "warning") == 1
    assert figure(rows, "Complaints") == 1 and figure(rows, "Complaints, by outcome", "submitted") == 1
    assert figure(rows, "Reports of members that led to a measure", "insult") == 1
    assert figure(rows, "Disputes before out-of-court bodies") == 2
    assert figure(rows, "Measures decided by automated means only") == 0
    assert "Dupont" not in json.dumps(rows)


def test_a_published_report_never_changes_and_a_correction_is_an_edition(restricted, max_, at):
    at(START.replace(year=2027, month=1, day=15))
    first = publishing.publish(max_, ReportKind.YEARLY, year(2026), Words())
    second = publishing.publish(max_, ReportKind.YEARLY, year(2026), Words())
    assert [publishing.report(one).edition for one in (first, second)] == [1, 2]
    with pytest.raises(DatabaseError), unit_of_work():
        db.session.execute(db.delete(PublishedReport))


def test_recipients_are_members_of_each_month_and_the_brand_s_own_count(app, max_, at):
    for day, members in (
        ((1, 5), (1, 2)),
        ((1, 20), (1,)),
        ((2, 3), (1, 2, 3)),
        ((6, 30), (4,)),
        ((7, 1), (5, 6)),
    ):
        at(START.replace(month=day[0], day=day[1]))
        with unit_of_work():
            for member in members:
                note_month(member)
    at(START.replace(month=8))
    made = publishing.publish(
        max_,
        ReportKind.RECIPIENTS,
        half_year(START.replace(month=8).date()),
        Words(by_hand={"visitors_monthly": 40}),
    )
    rows = publishing.report(made).rows
    assert (
        figure(rows, "Signed-in recipients", "2026-01") == 2
        and figure(rows, "Signed-in recipients", "2026-06") == 1
    )
    assert figure(rows, "Average monthly active recipients") == 41


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [("2026-07-01", "2026-01-01", "2026-06-30"), ("2026-06-30", "2025-07-01", "2025-12-31")],
)
def test_the_half_year_that_is_over(day, first, last):
    from datetime import date

    period = half_year(date.fromisoformat(day))
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


# --- pages --------------------------------------------------------------------------------------------------------


def test_pages_of_reports(client, app, sign_in, max_, mo, restricted, at):
    at(START.replace(year=2027, month=1, day=15))
    assert "contact@brevane.example" in client.get("/en/transparency").get_data(as_text=True)
    assert client.get("/en/transparency/reports/99").status_code == 404
    sign_in(mo)
    assert client.get("/en/desk/transparency").status_code == 403
    assert client.get("/en/desk/transparency/files/1.json").status_code == 403
    desk = sign_in(max_, app.test_client())
    for bad in (
        {},
        {"kind": "no"},
        {"kind": "yearly", "disputes": "many"},
        {"kind": "yearly", "year": "2027", "act": "publish"},
    ):
        assert desk.post("/en/desk/transparency/reports", data=bad).status_code == 422
    assert "Complaints" in desk.post("/en/desk/transparency/reports", data={"kind": "yearly"}).get_data(
        as_text=True
    )
    form = {
        "kind": "yearly",
        "year": "2026",
        "act": "publish",
        "summary_fr": "En français.",
        "disputes": "1 000",
    }
    assert desk.post("/en/desk/transparency/reports", data=form).status_code == 303
    assert "En français." in client.get("/fr/transparency/reports/1").get_data(as_text=True)
    table = client.get("/en/transparency/reports/1.csv")
    rows = list(csv.reader(io.StringIO(table.get_data(as_text=True))))
    assert rows[0] == ["section", "indicator", "scope", "value"] and all(len(row) == 4 for row in rows)
    assert desk.post("/en/desk/transparency/files").status_code == 303
    assert desk.post("/en/desk/transparency/files").status_code == 409
    assert len(desk.get("/en/desk/transparency/files/1.json").get_json()["statements"]) == 3


def test_the_command_writes_files(app, restricted, tmp_path):
    run = app.test_cli_runner()
    assert run.invoke(args=["transparency", "file", str(tmp_path)]).exit_code == 0
    written = list(tmp_path.glob("*.json"))
    assert len(written) == 1 and len(json.loads(written[0].read_text())["statements"]) == 3
    again = run.invoke(args=["transparency", "file", str(tmp_path)])
    assert "handed over" in again.output
    assert "Complaints" in run.invoke(args=["transparency", "report", "yearly", "2025"]).output
