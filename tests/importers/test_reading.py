"""The readers: files as rows, one by one, whatever is wrong with a line."""

import gzip

import pytest

from forum.importers.reading.forum_csv import ForumCsv
from forum.importers.reading.rows import AnswerRow, Broken, LinkRow, MemberRow, QuestionRow
from forum.importers.reading.stackexchange import StackExchangeDump
from tests.importers.conftest import HISTORY, POSTS, USERS, write_dump

QUESTIONS = (
    "id,created,updated,locale,title,solution,is_spam,topic,tags,creator,content,is_locked,num_votes,colour\n"
    '1,2024-07-01 00:06:39 +0000,2024-07-02 00:00:00 +0000,en-US,"Why, oh why",11,false,accounts,a;b;,ann,"<p>two\nlines</p>",true,4,blue\n'
    "2,2024-07-03T10:00:00Z,,pt-BR,Olá,,true,,,,<p>x</p>,false,,\n"
)
ANSWERS = (
    "id,question_id,created,updated,content,creator,is_spam,num_helpful,num_unhelpful\n"
    "11,1,2024-07-01 08:00:00 +0200,2024-07-01 07:00:00 +0000,<p>So</p>,bob,false,3,1\n"
    "12,99,2024-07-01 06:00:00 +0000,,<p>Lost</p>,ann,,,\n"
)
HIDDEN = "kind,id,question_id,created,locale,title,content,creator\nquestion,2,,2024-07-03 10:00:00 +0000,pt-BR,Olá,<p>x</p>,\nquestion,3,,2024-07-04 10:00:00 +0000,fr,Pub,<p>y</p>,zed\nanswer,13,1,2024-07-05 10:00:00 +0000,,,<p>z</p>,zed\n"
LINKED = "question_id,linked_question_id,kind,linked_at\n1,2,duplicate,2024-07-10 14:49:55 +0000\n1,3,strange,2024-07-10 14:49:55 +0000\n"


@pytest.fixture
def export(tmp_path):
    (tmp_path / "questions.csv").write_text(QUESTIONS, "utf-8-sig")
    (tmp_path / "answers.csv.gz").write_bytes(gzip.compress(ANSWERS.encode()))
    (tmp_path / "hidden_by_moderators.csv").write_text(HIDDEN, "utf-8")
    (tmp_path / "linked_questions.csv").write_text(LINKED, "utf-8")
    return tmp_path


def read(source, part):
    rows = list(source.read(part))
    return [row for row in rows if not isinstance(row, Broken)], [
        row for row in rows if isinstance(row, Broken)
    ]


def test_questions_of_a_csv_forum(export):
    rows, broken = read(ForumCsv(export), "questions")
    first, second, third = rows
    assert broken == [] and isinstance(first, QuestionRow)
    assert (first.key, first.author, first.title, first.body, first.accepted) == (
        "1",
        "ann",
        "Why, oh why",
        "<p>two\nlines</p>",
        "11",
    )
    assert (first.tags, first.topic, first.language, first.me_too, first.hidden) == (
        ("a", "b"),
        "accounts",
        "en",
        4,
        False,
    )
    assert first.closed_at.isoformat() == "2024-07-02T00:00:00+00:00" and first.closed_reason == "other"
    assert (second.language, second.author, second.hidden, second.closed_at) == ("pt", None, True, None)
    assert (third.key, third.hidden, third.language) == ("3", True, "fr")


def test_answers_links_and_members_of_a_csv_forum(export):
    source = ForumCsv(export)
    answers, _ = read(source, "answers")
    assert [(row.key, row.question, row.ups, row.downs, row.hidden) for row in answers] == [
        ("11", "1", 3, 1, False),
        ("12", "99", 0, 0, False),
        ("13", "1", 0, 0, True),
    ]
    assert (
        isinstance(answers[0], AnswerRow) and answers[0].created_at.isoformat() == "2024-07-01T06:00:00+00:00"
    )
    links, broken = read(source, "links")
    assert isinstance(links[0], LinkRow) and links[0].duplicate and "strange" in broken[0].reason
    members, _ = read(source, "members")
    assert [(row.key, row.joined_at.isoformat()[:10]) for row in members] == [
        ("ann", "2024-07-01"),
        ("bob", "2024-07-01"),
        ("zed", "2024-07-04"),
    ]


def test_members_of_their_own_file_come_first(export):
    (export / "members.csv").write_text(
        "name,display_name,joined,city\nann,Ann Lee,2020-01-01,Oslo\n,x,2020-01-01,\nbad,,not a date,\n",
        "utf-8",
    )
    members, broken = read(ForumCsv(export), "members")
    assert isinstance(members[0], MemberRow) and (members[0].key, members[0].name, members[0].city) == (
        "ann",
        "Ann Lee",
        "Oslo",
    )
    assert [row.where.line for row in broken] == [3, 4] and [row.key for row in members] == [
        "ann",
        "bob",
        "zed",
    ]


def test_broken_lines_of_a_csv_are_told_with_their_line(export):
    lines = "3,2024-07-01 00:00:00 +0000\n4,yesterday,,en,t,,,,,ann,c,,,\n,2024-07-01 00:00:00 +0000,,en,t,,,,,ann,c,,,\n5,2024-07-01 00:00:00 +0000,,en,t,,,,,ann,c,,many,\n1,2024-07-01 00:00:00 +0000,,en,t,,,,,ann,c,,,\n6,2024-07-01 00:00:00 +0000,,en,fine,,,,,ann,c,,,\n"
    path = export / "questions.csv"
    path.write_text(path.read_text("utf-8-sig") + lines, "utf-8")
    rows, broken = read(ForumCsv(export), "questions")
    assert [row.where.line for row in broken] == [5, 6, 7, 8, 9]
    assert [row.key for row in rows][:3] == ["1", "2", "6"]


def test_missing_columns_are_named(export):
    (export / "questions.csv").write_text("id,title\n1,x\n", "utf-8")
    rows, broken = read(ForumCsv(export), "questions")
    assert "created, content, creator" in broken[0].reason and [row.key for row in rows] == ["2", "3"]


def test_a_csv_forum_needs_its_questions(tmp_path):
    with pytest.raises(FileNotFoundError):
        ForumCsv(tmp_path)


def test_both_forms_of_tags_are_read(tmp_path):
    posts = [
        dict(POSTS[0], Tags=tags, Id=number) for number, tags in enumerate(("<a-b><c++>", "|a-b|c++|", ""), 1)
    ]
    rows, _ = read(StackExchangeDump(write_dump(tmp_path, Posts=posts)), "questions")
    assert [row.tags for row in rows] == [("a-b", "c++"), ("a-b", "c++"), ()]


def test_dumps_of_one_site_agree_on_its_name(tmp_path):
    one = StackExchangeDump(write_dump(tmp_path / "a", Posts=POSTS))
    other = StackExchangeDump(write_dump(tmp_path / "b", Posts=POSTS[:1], Users=USERS))
    assert one.site() == other.site() == "se20200101100000000"


def test_the_reason_of_closing_comes_from_the_history_or_the_links(tmp_path):
    closing = {
        "Id": 9,
        "PostHistoryTypeId": 10,
        "PostId": 3,
        "RevisionGUID": "x",
        "CreationDate": "2020-01-06T10:00:00.000",
        "Comment": "102",
    }
    source = StackExchangeDump(write_dump(tmp_path, Posts=POSTS, PostHistory=[*HISTORY, closing]))
    assert read(source, "questions")[0][1].closed_reason == "off_topic"
    bare = StackExchangeDump(write_dump(tmp_path / "bare", Posts=POSTS))
    assert read(bare, "questions")[0][1].closed_reason == "other"


def test_reading_tells_how_far_it_is(export):
    source = ForumCsv(export)
    for part in ("questions", "answers"):
        told = []
        list(source.read(part, told.append))
        assert sum(told) == source.size(part)
