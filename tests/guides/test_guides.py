"""Official guides: who writes them, who reads them, whom they helped."""

from datetime import timedelta

import pytest

from accounts.members.models import Member
from accounts.notifications.kinds import kind_of
from accounts.notifications.models import Notification
from common import freshness
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.content.guides import queries, reading, shelf, writing
from forum.content.guides.helping import say_helped
from forum.content.guides.models import Guide, GuideVerdict, GuideVersion
from forum.content.guides.pairing import pair_guides, part_guides
from forum.content.guides.rechecking import tell_guides_due
from forum.content.guides.rules import MOST_STEPS, GuideState, models_of, split
from forum.content.guides.writing import Draft
from forum.search.words import variants
from tests.conftest import START, all_rows

BODY = """You need a towel and ten minutes.

## Unplug the machine
Pull the **plug** and close the tap.

```
## not a step
```

## Clean the filter
Open the hatch and rinse the propeller."""


def draft(**changes):
    values = {
        "title": "Clean the drain filter", "summary": "When the drum stays full.", "body": BODY,
        "models": ("Ondea 8", "Ondea 9"), "category_id": 1, "language": "en",
    }  # fmt: skip
    return Draft(**(values | changes))


@pytest.fixture
def guide(sam, at):
    at(START)
    guide_id = writing.write_guide(sam, draft())
    writing.publish_guide(sam, guide_id)
    return guide_id


def test_lines_with_two_marks_begin_steps_but_not_inside_code():
    intro, steps = split(BODY)
    assert intro == "You need a towel and ten minutes."
    assert [step.title for step in steps] == ["Unplug the machine", "Clean the filter"]
    assert "## not a step" in steps[0].text
    assert split("No steps at all") == ("No steps at all", ())


def test_models_are_told_apart_by_commas_and_lines():
    assert models_of("Ondea 8,  Ondea   9\nOndea 8;; Perco") == ("Ondea 8", "Ondea 9", "Perco")


@pytest.mark.parametrize("name", ["ada", "cleo", "mo", "zed", "newcomer"])
def test_only_those_who_speak_for_the_brand_keep_guides(guide, name, request):
    who = request.getfixturevalue(name)
    before = all_rows()
    for act in (
        lambda: writing.write_guide(who, draft(title="Another guide of theirs")),
        lambda: writing.rewrite_guide(who, guide, draft(), 1),
        lambda: writing.publish_guide(who, guide),
        lambda: writing.withdraw_guide(who, guide, "because"),
        lambda: writing.confirm_guide(who, guide),
    ):
        with pytest.raises(Forbidden):
            act()
    assert all_rows() == before


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("title", {"title": "short"}), ("title", {"title": "x" * 121}), ("summary", {"summary": "x" * 301}),
        ("body", {"body": "too short"}), ("body", {"body": "x" * 20_001}), ("models", {"models": ("x" * 61,)}),
        ("models", {"models": tuple(map(str, range(31)))}), ("language", {"language": "de"}),
        ("category_id", {"category_id": 99}), ("category_id", {"category_id": None}),
        ("body", {"body": "## step\ntext\n" * (MOST_STEPS + 1)}),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_leaves_no_trace(sam, field, change):
    before = all_rows()
    with pytest.raises(Invalid) as refused:
        writing.write_guide(sam, draft(**change))
    assert list(refused.value.fields) == [field]
    assert all_rows() == before


def test_a_draft_is_the_teams_alone_and_publishing_is_a_check(sam, ada, at):
    at(START)
    guide_id = writing.write_guide(sam, draft())
    for who in (ANONYMOUS, ada):
        with pytest.raises(NotFound):
            queries.guide_page(who, guide_id)
        assert queries.rows(who, [guide_id]) == {}
    writing.publish_guide(sam, guide_id)
    page = queries.guide_page(ANONYMOUS, guide_id)
    assert page.row.checked_at == START and page.row.check_due_at == START + timedelta(days=180)
    assert [title for title, _html in page.steps] == ["Unplug the machine", "Clean the filter"]
    assert "<strong>plug</strong>" in page.steps[0][1]


def test_publishing_twice_changes_nothing(sam, guide):
    before = all_rows()
    writing.publish_guide(sam, guide)
    assert all_rows() == before


def test_a_withdrawn_guide_is_gone_everywhere_and_may_return(sam, ada, guide):
    wanted = [[[terms]] for terms in (variants("propeller"),)]
    assert shelf.find_guides(wanted, shelf.GuideWish()) == [guide]
    with pytest.raises(Invalid):
        writing.withdraw_guide(sam, guide, " ")
    writing.withdraw_guide(sam, guide, "The hatch is another one now")
    with pytest.raises(Gone):
        queries.guide_page(ada, guide)
    with pytest.raises(Conflict):
        writing.confirm_guide(sam, guide)
    assert shelf.find_guides(wanted, shelf.GuideWish()) == []
    assert queries.published_page(queries.GuideFilters()).items == []
    writing.publish_guide(sam, guide)
    assert shelf.find_guides(wanted, shelf.GuideWish()) == [guide]


def test_versions_are_kept_and_the_second_writer_is_told(sam, max_, guide):
    assert writing.rewrite_guide(sam, guide, draft(body=BODY + " Slowly."), 1, "slower") == 2
    with pytest.raises(Conflict):
        writing.rewrite_guide(max_, guide, draft(body=BODY + " Fast."), 1)
    assert writing.rewrite_guide(sam, guide, draft(body=BODY + " Slowly."), 2) == 2  # nothing new, no version
    steps = queries.versions_of(guide)
    assert [step.version for step in steps] == [2, 1] and steps[0].reason == "slower"
    assert "Slowly" in "".join(piece.text for piece in steps[0].body if piece.change == "added")
    assert db.session.query(GuideVersion).count() == 2


def test_two_guides_never_have_one_title(sam, guide):
    with pytest.raises(Invalid):
        writing.write_guide(sam, draft())
    writing.write_guide(sam, draft(language="fr"))


def test_confirming_moves_the_next_check(sam, guide, at):
    at(START + timedelta(days=181))
    assert queries.rows(ANONYMOUS, [guide])[guide].due and queries.counts()["due"] == 1
    writing.confirm_guide(sam, guide)
    row = queries.rows(ANONYMOUS, [guide])[guide]
    assert not row.due and row.checked_at == START + timedelta(days=181) and queries.counts()["due"] == 0
    with pytest.raises(Invalid):
        writing.confirm_guide(sam, guide, START)


def counts(guide_id):
    db.session.rollback()
    guide = db.session.get(Guide, guide_id)
    return guide.helped_count, guide.unhelped_count


def test_a_guide_helps_each_person_once_and_minds_may_change(guide, ada, ben):
    assert say_helped(ada, guide, True, "a") and not say_helped(ada, guide, True, "b")
    assert say_helped(ben, guide, True, "c") and counts(guide) == (2, 0)
    assert say_helped(ben, guide, False, "c", "  The hatch   is elsewhere ") and counts(guide) == (1, 1)
    assert [text for text, _at in queries.remarks(guide)] == ["The hatch is elsewhere"]
    assert say_helped(ANONYMOUS, guide, True, "browser") and not say_helped(ANONYMOUS, guide, True, "browser")
    assert counts(guide) == (2, 1)


def test_a_visitor_who_signs_in_is_counted_once(guide, ada):
    say_helped(ANONYMOUS, guide, True, "browser")
    say_helped(ada, guide, True, "browser")
    assert counts(guide) == (1, 0)


def test_the_team_is_not_asked_and_drafts_are_unknown(sam, mo, guide):
    for who in (sam, mo):
        with pytest.raises(Forbidden):
            say_helped(who, guide, True, "x")
    hidden = writing.write_guide(sam, draft(title="Another guide, unfinished"))
    with pytest.raises(NotFound):
        say_helped(ANONYMOUS, hidden, True, "x")
    writing.withdraw_guide(sam, guide, "old")
    with pytest.raises(Gone):
        say_helped(ANONYMOUS, guide, True, "x")


def test_a_double_click_in_two_threads_counts_once(guide, ada, in_threads):
    results = in_threads(6, lambda number: say_helped(ada, guide, number % 2 == 0, "x"))
    assert not [one for one in results if isinstance(one, Exception)]
    yes, no = counts(guide)
    assert db.session.query(GuideVerdict).count() == 1 and (yes, no) in ((1, 0), (0, 1))


def test_readers_are_counted_without_a_word_to_the_database(guide, client, count_queries):
    reading._views.clear()
    client.get(f"/en/guides/{guide}/clean-the-drain-filter")
    assert db.session.get(Guide, guide).view_count == 0
    reading.write_down()
    db.session.rollback()
    assert db.session.get(Guide, guide).view_count == 1


def test_words_find_guides_titles_first_and_the_most_read_among_equals(sam, guide):
    other = writing.write_guide(
        sam, draft(title="The propeller and its noise", body=BODY.replace("propeller", "hose"))
    )
    writing.publish_guide(sam, other)
    wanted = [[[variants("propeller")]]]
    assert shelf.find_guides(wanted, shelf.GuideWish()) == [other, guide]
    assert shelf.find_guides([*wanted, [[variants("zeppelin")]]], shelf.GuideWish()) == [other, guide]
    assert shelf.find_guides(wanted, shelf.GuideWish(language="fr")) == []
    assert shelf.find_guides(wanted, shelf.GuideWish(category_id=2)) == []
    assert shelf.find_guides(wanted, shelf.GuideWish(since=START + timedelta(days=1))) == []
    twin = writing.write_guide(sam, draft(title="Clean the drain filters"))
    writing.publish_guide(sam, twin)
    with unit_of_work():
        update_where(Guide, Guide.id == twin, view_count=7)
        freshness.touch(writing.GUIDES)
    assert shelf.find_guides([[[variants("hatch")]]], shelf.GuideWish()) == [twin, guide, other]


def test_a_guide_close_to_what_is_asked_is_offered(guide):
    assert shelf.like_text("How do I clean the drain filter of my Ondea 8?", "en") == [guide]
    assert shelf.like_text("The coffee is cold", "en") == [] and shelf.like_text("filter", "en") == []


def test_states_are_known():
    assert {state.value for state in GuideState} == {"draft", "published", "withdrawn"}


@pytest.fixture
def fiche(sam, guide):
    """The same guide in French, a draft."""
    return writing.write_guide(sam, draft(title="Nettoyer le filtre de vidange", language="fr"))


def test_a_guide_leads_to_its_translation_once_it_is_published(sam, ada, guide, fiche):
    assert pair_guides(sam, guide, fiche) and not pair_guides(sam, fiche, guide)
    assert queries.guide_page(ANONYMOUS, guide).twin is None
    writing.publish_guide(sam, fiche)
    assert queries.guide_page(ANONYMOUS, guide).twin.id == fiche
    assert queries.guide_page(ANONYMOUS, fiche).twin.id == guide
    with pytest.raises(Forbidden):
        part_guides(ada, guide)
    assert part_guides(sam, fiche) and not part_guides(sam, guide)
    assert queries.guide_page(sam, guide).twin is None


def test_what_is_no_translation_is_not_linked(sam, ada, guide, fiche):
    english = writing.write_guide(sam, draft(title="Clean the other filter"))
    with pytest.raises(Forbidden):
        pair_guides(ada, guide, fiche)
    for other in (None, 999, english):
        with pytest.raises(Invalid):
            pair_guides(sam, guide, other)
    assert not db.session.scalar(db.select(Guide.id).where(Guide.pair_id.is_not(None)))
    pair_guides(sam, guide, fiche)
    with pytest.raises(Invalid):
        pair_guides(sam, english, fiche)
    with pytest.raises(Invalid) as trouble:
        writing.rewrite_guide(sam, guide, draft(title="Autre chose", language="fr"), 1)
    assert "language" in trouble.value.fields


def test_who_keeps_a_guide_is_told_once_that_a_check_is_due(sam, mo, guide, at):
    tell_guides_due()
    assert not news("guides-due")
    at(START + timedelta(days=181))
    tell_guides_due()
    tell_guides_due()
    (said,) = news("guides-due")
    assert (said.member_id, said.params) == (sam.member_id, {"guides": [guide]})
    assert kind_of("guides-due").holds(sam.member_id, said.params)
    writing.confirm_guide(sam, guide)
    assert not kind_of("guides-due").holds(sam.member_id, said.params)
    at(START + timedelta(days=400))
    tell_guides_due()
    assert len(news("guides-due")) == 2


def test_who_left_the_team_hears_nothing_of_guides(sam, guide, at):
    with unit_of_work():
        update_where(Member, Member.id == sam.member_id, role="member")
    at(START + timedelta(days=181))
    tell_guides_due()
    assert not news("guides-due")


def news(kind):
    return list(db.session.scalars(db.select(Notification).where(Notification.kind == kind)))
