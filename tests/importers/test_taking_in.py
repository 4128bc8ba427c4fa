"""A small dump into the tables: what is kept, what a second and a later run change, what is refused."""

import gzip
import json

import pytest
from sqlalchemy import func, select

from accounts.members.models import Member
from common import clock
from common.db import db, update_where
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.importers.booking import FactKind
from forum.importers.models import ImportRun
from forum.importers.taking_in import AnotherForum
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.models import Kudos, Post, Question, Revision
from forum.questions.rules import HelpState, PostState
from forum.reactions.voting import give_kudos
from forum.solutions.counting import recount
from forum.solutions.drift import drifts
from tests.importers.conftest import COMMENTS, HISTORY, POSTS, USERS, VOTES, write_dump


def post(key, site="site"):
    return db.session.scalar(select(Post).where(Post.imported_key == f"{site}:{key}"))


def test_everything_of_a_dump_is_kept(bring, dump, left):
    report = bring(dump)
    kept = left("site")
    asked = kept["posts"]["q1"]
    assert (
        asked["body"] == "The **drum** stays full."
        and asked["body_html"] == "<p>The <strong>drum</strong> stays full.</p>\n"
    )
    assert (
        asked["author"] == "m7"
        and asked["kudos_count"] == 2
        and asked["created_at"].isoformat() == "2020-01-01T10:00:00+00:00"
    )
    assert asked["published_at"] == asked["created_at"] and asked["state"] == PostState.PUBLISHED
    question = asked["question"]
    assert question["title"] == "Drum full of water" and question["view_count"] == 70
    assert (
        question["accepted_answer_id"] == "a2"
        and question["accepted_at"].isoformat() == "2020-01-02T00:00:00+00:00"
    )
    assert (
        question["help_state"] == HelpState.SOLVED
        and question["answer_count"] == 1
        and question["comment_count"] == 2
    )
    closed = kept["posts"]["q3"]
    assert closed["author"] is None and closed["downvote_count"] == 1 and closed["kudos_count"] == 0
    assert (
        closed["question"]["closed_reason"] == "duplicate" and closed["question"]["duplicate_of_id"] == "q1"
    )
    assert (
        kept["posts"]["c1"]["body_html"] == "<p>That <em>helped</em>, thanks!</p>\n"
        and kept["posts"]["c1"]["parent"] == "a2"
    )
    assert kept["tags"] == [("q1", "drum"), ("q1", "water"), ("q3", "drum")]
    assert [link[:3] for link in kept["links"]] == [("q3", "q1", "duplicate")]
    assert kept["members"]["m7"][2:4] == ("I like water", "Lyon")
    assert report["other"].skipped == 1 and report["votes"].reasons["its post is not in the export"] == 1
    assert all(tally.failed == 0 for tally in report.tallies.values())


def test_the_history_ends_with_the_post_as_it_is_stored(bring, dump, left):
    bring(dump)
    versions = [row[1:7] for row in left("site")["revisions"] if row[0] == "q1"]
    assert versions == [
        (1, "r1:g1", "drum", "The drum stays.", "m7", ""),
        (2, "r1:g2", "drum", "The **drum** stays full.", "m8", "clearer"),
        (3, "r1:g3", "Drum full of water", "The **drum** stays full.", "m8", ""),
    ]
    assert post("q1").version == 3
    assert [row[1:3] for row in left("site")["revisions"] if row[0] == "a2"] == [(1, "a2:v1")]


def test_what_is_derived_is_what_the_forum_itself_would_derive(bring, dump, left):
    bring(dump)
    before = left("site")
    with unit_of_work():
        for question_id in list(
            db.session.scalars(select(Question.id).where(Question.imported_key.is_not(None)))
        ):
            recount(question_id)
    assert left("site") == before and list(drifts()) == []


def test_running_it_twice_changes_nothing(bring, dump, left):
    first = bring(dump)
    before = left("site")
    report = bring(dump)
    assert left("site") == before and not report.changed
    for part in ("members", "questions", "answers", "comments", "links"):
        assert report[part].skipped == first[part].read


def test_texts_that_were_rendered_here_since_stay_as_they_are(bring, dump, left):
    bring(dump)
    with unit_of_work():
        update_where(Post, Post.imported_key.is_not(None), body_html="<p>with the links of this place</p>")
    before = left("site")
    assert not bring(dump).changed and left("site") == before


def later(folder):
    """The same site later: edits, a new answer, a lost vote, a deleted question and comment, another solution."""
    posts = [dict(row) for row in POSTS if row["Id"] != 3]
    posts[0] |= {
        "Body": "<p>The drum stays full of <i>water</i>.</p>",
        "Score": 1,
        "ViewCount": 90,
        "AcceptedAnswerId": 5,
        "Tags": "<drum><leak>",
    }
    posts.append(
        {
            "Id": 5,
            "PostTypeId": 2,
            "ParentId": 1,
            "CreationDate": "2020-02-01T12:00:00.000",
            "Score": 0,
            "Body": "<p>Or the pump is broken.</p>",
            "OwnerUserId": 9,
        }
    )
    posts.append(
        {
            "Id": 6,
            "PostTypeId": 1,
            "CreationDate": "2020-03-01T12:00:00.000",
            "Score": 0,
            "Body": "<p>It hums at night?</p>",
            "OwnerUserId": 9,
            "Title": "Humming",
            "Tags": "<noise>",
        }
    )
    users = [
        USERS[1],
        {"Id": 7, "DisplayName": "Grace H.", "CreationDate": "2019-01-01T00:00:00.000"},
        {"Id": 9, "DisplayName": "Lin", "CreationDate": "2020-01-20T00:00:00.000"},
    ]
    history = [
        *HISTORY,
        {
            "Id": 9,
            "PostHistoryTypeId": 5,
            "PostId": 1,
            "RevisionGUID": "g9",
            "CreationDate": "2020-02-02T11:00:00.000",
            "UserId": 7,
            "Text": "The drum stays full of *water*.",
        },
    ]
    votes = [row for row in VOTES if row["Id"] not in (2, 5)]
    return write_dump(
        folder,
        Posts=posts,
        Users=users,
        Votes=votes,
        Comments=COMMENTS[:1],
        PostLinks=[],
        PostHistory=history,
    )


def test_a_later_dump_over_an_earlier_one_ends_like_the_later_alone(bring, dump, left, tmp_path):
    bring(dump, site="over")
    newer = later(tmp_path / "later")
    report = bring(newer, site="over")
    bring(newer, site="alone")
    assert left("over") == left("alone")
    assert report["questions"].removed == 1 and report["comments"].removed == 1
    assert not bring(newer, site="over").changed


def test_an_earlier_dump_without_history_does_no_harm(bring, dump, left, tmp_path):
    bring(write_dump(tmp_path / "bare", Posts=POSTS), site="over")
    bring(dump, site="over")
    bring(dump, site="alone")
    assert left("over") == left("alone")


def test_only_posts_xml_is_needed(bring, tmp_path):
    report = bring(write_dump(tmp_path / "bare", Posts=POSTS))
    assert (report["questions"].created, report["answers"].created, report["members"].read) == (2, 1, 0)
    assert post("q1").author_id is None and post("q1").kudos_count == 2 and post("q3").downvote_count == 1
    with pytest.raises(FileNotFoundError):
        bring(tmp_path)


def test_gzipped_files_read_the_same(bring, dump, left, tmp_path):
    packed = tmp_path / "packed"
    packed.mkdir()
    for path in dump.iterdir():
        (packed / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    bring(dump, site="plain")
    bring(packed, site="gz")
    assert left("plain") == left("gz")


BROKEN = [
    '  <row Id="21" PostTypeId="1" CreationDate="2020-01-01T10:00:00.000" Body="<p>" Title="unescaped" />',
    '  <row Id="22" PostTypeId="1" CreationDate="yesterday" Body="x" Title="a date that is none" />',
    '  <row PostTypeId="1" CreationDate="2020-01-01T10:00:00.000" Body="x" Title="no id" />',
    '  <row Id="24" PostTypeId="1" CreationDate="2020-01-01T10:00:00.000" Body="x',
    '  <!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><row Id="25" PostTypeId="1" Title="&e;" />',
    '  <row Id="1" PostTypeId="1" CreationDate="2020-01-01T10:00:00.000" Body="again" Title="the id of another" />',
    '  <row Id="26" PostTypeId="1" CreationDate="2020-01-01T10:00:00.000" Title="no body" />',
    '  <row Id="1e9" PostTypeId="1" CreationDate="2020-01-01T10:00:00.000" Body="x" Title="no number" />',
    "\udcff\udcfe<row",
]


def test_a_broken_row_is_reported_with_file_and_line_and_stops_nothing(bring, dump):
    path = dump / "Posts.xml"
    lines = path.read_text("utf-8").split("\n")
    lines[3:3] = BROKEN
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
    said = []
    report = bring(dump, said=said)
    assert report["questions"].created == 2 and report["answers"].created == 1
    assert report["questions"].failed == len(BROKEN)
    assert [int(line.split(":")[1]) for line in said if line.startswith("Posts.xml:")] == sorted(
        range(4, 4 + len(BROKEN)), key=lambda n: (n == 9, n)
    )
    assert "passwd" not in str(said)


def test_unknown_attributes_and_types_are_passed_over(bring, tmp_path):
    posts = [row | {"ContentLicense": "CC BY-SA 4.0", "Colour": "blue"} for row in POSTS]
    posts.append({"Id": 40, "PostTypeId": 88, "CreationDate": "2020-01-05T10:00:00.000"})
    report = bring(write_dump(tmp_path / "odd", Posts=posts))
    assert report["questions"].created == 2 and report["other"].skipped == 2


def test_a_dry_run_counts_and_leaves_no_trace(bring, dump, left, booked):
    report = bring(dump, dry_run=True)
    assert report["questions"].created == 2 and report["members"].created == 2
    assert left("site")["posts"] == {} and left("site")["members"] == {}
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0 and not booked


def test_facts_carry_their_own_dates_and_come_in_order(bring, dump, booked):
    bring(dump)
    asked, answered = post("q1"), post("a2")
    assert [(fact.kind, fact.post_id, fact.occurred_at.isoformat()[:10], fact.holds) for fact in booked] == [
        (FactKind.UPVOTE, asked.id, "2020-01-02", True),
        (FactKind.ACCEPTED, answered.id, "2020-01-02", True),
        (FactKind.UPVOTE, answered.id, "2020-01-02", True),
        (FactKind.UPVOTE, asked.id, "2020-01-03", True),
    ]
    accepted = booked[1]
    assert (accepted.author_id, accepted.asker_id) == (answered.author_id, asked.author_id)
    assert len({fact.cause for fact in booked}) == 4


def test_what_no_longer_holds_comes_once_more_to_be_reversed(bring, dump, booked, tmp_path):
    bring(dump)
    before = {fact.cause for fact in booked}
    booked.clear()
    bring(later(tmp_path / "later"))
    gone = [fact for fact in booked if not fact.holds]
    assert {fact.cause for fact in gone} <= before and len(gone) == 2  # the second vote, the first solution
    assert len([fact for fact in booked if fact.holds]) == 3


def test_points_come_out_of_the_ledger_at_their_own_dates(bring, dump):
    bring(dump)
    answerer = db.session.get(Member, post("a2").author_id)
    points = answerer.points
    assert points > 0
    bring(dump)
    db.session.expire_all()
    assert db.session.get(Member, answerer.id).points == points


def test_what_members_did_here_is_not_overwritten(bring, dump, ben, tmp_path):
    bring(dump)
    asked, answered = post("q1"), post("a2")
    give_kudos(ben, answered.id)
    with unit_of_work():
        publishing._apply_edit(
            ben.member_id, publishing.load(answered.id), None, "Clean the filter, twice.", "", 1
        )
    publishing.hide(SYSTEM, asked.id)
    bring(later(tmp_path / "later"))
    db.session.expire_all()
    assert post("a2").body == "Clean the filter, twice." and post("a2").kudos_count == 2
    assert post("q1").state == PostState.HIDDEN
    assert db.session.scalar(select(func.count()).select_from(Kudos)) == 1
    newest = select(Revision.body).where(Revision.post_id == answered.id).order_by(Revision.version.desc())
    assert db.session.scalars(newest).first() == "Clean the filter, twice."


def test_a_vanished_question_with_an_answer_from_here_is_removed_from_view_only(bring, dump, ben, tmp_path):
    bring(dump)
    open_again = post("q3").id
    with unit_of_work():
        db.session.get(Question, open_again).closed_at = None
    answer_question(ben, open_again, body="It was the inlet hose for me, look at the seal.")
    bring(later(tmp_path / "later"))
    assert publishing.load(open_again).state == PostState.REMOVED


def test_two_forums_keep_apart(bring, dump, left):
    bring(dump, site="one")
    bring(dump, site="two")
    assert left("one") == left("two")
    assert db.session.scalar(select(func.count()).where(Post.imported_key.is_not(None))) == 10


def test_another_forum_under_the_same_name_is_refused(bring, dump, left, tmp_path):
    bring(dump)
    before = left("site")
    others = [row | {"CreationDate": "2012-12-12T12:12:12.000"} for row in POSTS]
    with pytest.raises(AnotherForum):
        bring(write_dump(tmp_path / "other", Posts=others))
    assert left("site") == before


def test_a_category_is_made_when_asked_for(bring, dump):
    bring(dump, category="Old coffee forum")
    assert db.session.get(Question, post("q1").id).category_id > 3


def test_the_command_ends_with_one_line_of_json(app, dump):
    result = app.test_cli_runner().invoke(args=["import", "stackexchange", str(dump), "--site", "cli"])
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout.strip().splitlines()[-1])
    assert summary["questions"] == {"read": 2, "created": 2, "updated": 0, "skipped": 0, "failed": 0}
    assert set(summary) >= {
        "questions",
        "answers",
        "comments",
        "members",
        "votes",
        "site",
        "posts_per_second",
    }
    assert (
        app.test_cli_runner().invoke(args=["import", "stackexchange", str(dump.parent / "none")]).exit_code
        == 2
    )
    assert app.test_cli_runner().invoke(args=["import", "stackexchange", str(dump.parent)]).exit_code == 1


def test_runs_are_remembered(bring, dump):
    clock.travel(clock.now())
    bring(dump)
    run = db.session.scalar(select(ImportRun))
    assert (run.site, run.kind, run.folder) == ("site", "stackexchange", "dump")
    assert run.finished_at and run.report["questions"]["created"] == 2
