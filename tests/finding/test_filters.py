"""Filters narrow in the index itself, one by one and together."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.db import db, update_where
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.browsing.queries import forget
from forum.catalogue import filling
from forum.catalogue.rules import ProductLine
from forum.content.guides import writing
from forum.products import jobs as products
from forum.products.models import Product
from forum.questions import publishing
from forum.questions.models import Question
from forum.search.beside import count_members, find_guides, find_members
from forum.search.engines.days import FIRST, LAST, marks_between, marks_of
from forum.search.finding import count, find, wanted_of
from forum.search.forms import read_search
from forum.search.rules import Filters, SearchState, band
from forum.solutions.accepting import accept_answer
from tests.conftest import START
from tests.guides.test_guides import draft

pytestmark = pytest.mark.usefixtures("fresh_index")
days = st.dates(date(2019, 1, 1), date(2027, 12, 31))


@given(days, days, days)
def test_a_day_is_covered_exactly_when_it_lies_between(one, other, day):
    since, until = sorted((one, other))
    covered = not set(marks_of(day)).isdisjoint(marks_between(since, until))
    assert covered == (since <= day <= until)


def test_years_take_few_terms_and_open_ends_stop():
    assert marks_between(date(2025, 1, 1), date(2026, 1, 2)) == ("y2025", "d20260101", "d20260102")
    assert len(marks_between(None, None)) == LAST.year - FIRST.year + 1
    assert marks_between(date(2026, 1, 2), date(2026, 1, 1)) == ()


def ids(found):
    return [result.row.id for result in found.results]


def ask(page=1, **filters):
    return ids(find(ANONYMOUS, "propeller", Filters(**filters), page))


def test_days_and_solutions_narrow(ada, ben, make_question, make_answer, drain, at):
    at(START)
    old = make_question(ada, title="The propeller is too loud at night")
    at(START + timedelta(days=40))
    new = make_question(ben, title="My propeller turns the wrong way")
    accept_answer(ben, new, make_answer(ada, new))
    drain()
    assert set(ask()) == {old, new}
    day = START.date()
    assert ask(since=day + timedelta(days=1)) == [new] and ask(until=day) == [old]
    assert ask(since=day, until=day) == [old] and ask(since=day + timedelta(days=90)) == []
    assert ask(accepted=True) == [new] and ask(accepted=True, until=day) == []
    assert ask(accepted=True, state=SearchState.SOLVED, author_id=ada.member_id, since=day) == [new]
    assert count(wanted_of("propeller"), Filters(accepted=True)) == 1


def test_the_whole_number_is_that_of_the_filters(ada, make_question, drain, at):
    for number in range(23):
        at(START + timedelta(days=number))
        make_question(ada, title=f"The propeller number {number} is too loud")
    drain()
    found = find(ANONYMOUS, "propeller", Filters(since=START.date() + timedelta(days=2)))
    assert found.total == 21 and len(found.results) == 20 and found.has_next
    rest = find(ANONYMOUS, "propeller", Filters(since=START.date() + timedelta(days=2)), 2)
    assert len(rest.results) == 1 and not set(ids(found)) & set(ids(rest))


def test_the_most_read_comes_first_among_equals_on_all_pages(ada, make_question, drain):
    made = [
        make_question(
            ada, title="The propeller is too loud at night", body=f"It began {n} days ago, all by itself."
        )
        for n in range(25)
    ]
    with unit_of_work():
        for number, question_id in enumerate(made):
            update_where(Question, Question.id == question_id, view_count=number)
    drain()
    assert ask() + ask(page=2) == made[::-1]


def test_a_better_match_stays_before_one_that_is_read_more(ada, make_question, drain):
    text = make_question(
        ada, title="A noise nobody explains", body="It comes from the propeller at night, always."
    )
    title = make_question(ada, title="The propeller is too loud at night")
    drain()
    with unit_of_work():  # read since it was indexed
        update_where(Question, Question.id == text, view_count=100_000)
    assert ask() == [title, text]


def test_scores_within_a_few_percent_are_equal():
    assert band(10.0) == band(9.99) and band(10.0) != band(10.5) and band(0.0) < band(0.000001)


def test_held_and_removed_questions_reach_no_filter(ada, mo, make_question, drain):
    gone = make_question(ada, title="The propeller is too loud at night")
    drain()
    publishing.hide(mo, gone)
    for filters in ({}, {"author_id": ada.member_id}, {"category_id": 1}, {"since": date(2020, 1, 1)}):
        assert ask(**filters) == []
    drain()
    assert count(wanted_of("propeller"), Filters()) == 0


def read(**args):
    return read_search(
        args, ("fr", "en"), date(2026, 3, 2), lambda name: 7 if name == "Ben" else None, lambda slug: None
    )


def test_an_address_becomes_filters():
    found = read(
        q=" pump ", state="solved", accepted="1", tag="Code E18", author="Ben", period="7", language="fr"
    ).filters
    assert found == Filters(
        SearchState.SOLVED, tag="code-e18", author_id=7, language="fr", accepted=True, since=date(2026, 2, 24)
    )
    assert read(author="Nobody").author_unknown and read(author="42").author_unknown
    assert read(since="2026-02-01", until="2026-01-01").filters == Filters(
        since=date(2026, 1, 1), until=date(2026, 2, 1)
    )


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 40, "2026-02-31", "0001-01-01", "\0", "<b>", "１２"])
def test_a_value_that_is_no_choice_is_left_out(value):
    names = (
        "state",
        "accepted",
        "category",
        "product",
        "language",
        "period",
        "since",
        "until",
        "page",
        "tab",
    )
    found = read(**dict.fromkeys(names, value))
    assert found.filters == Filters() and found.page == 1 and found.tab == "questions"


def test_guides_and_members_are_found_beside(sam, ada):
    guide = writing.write_guide(sam, draft())
    assert find_guides(ANONYMOUS, wanted_of("propeller"), Filters())[1] == 0  # a draft is nobody's
    writing.publish_guide(sam, guide)
    found, total = find_guides(ANONYMOUS, wanted_of("propeller filter"), Filters())
    assert total == 1 and str(found[0].title) == "Clean the drain <mark>filter</mark>"
    assert find_guides(ANONYMOUS, wanted_of("propeller"), Filters(language="fr"))[1] == 0
    assert (
        count_members("cle").total == 1 and not count_members("cle").is_name and count_members("CLÉO").is_name
    )
    assert find_members("cle", page=2) == () and len(find_members("cle")) == 1


def test_a_word_that_only_guides_know_is_no_mistake(sam, ada, make_question, drain):
    make_question(ada, title="The propeller is too loud at night")
    writing.publish_guide(
        sam,
        writing.write_guide(
            sam,
            draft(title="Choose the right propellant", body="A propellant is chosen by its colour, always."),
        ),
    )
    drain()
    assert find(ANONYMOUS, "propellant", Filters()).did_you_mean is None
    assert find(ANONYMOUS, "propellar", Filters()).did_you_mean == "propeller"
    db.session.rollback()


def test_questions_and_guides_of_a_product(sam, ada, make_question, drain):
    with unit_of_work():
        product = Product(key="ondea-8", slug="ondea-8", name="Ondea 8", category_id=1)
        db.session.add(product)
        db.session.flush()
        product_id = product.id
    other = make_question(ada, title="The propeller is too loud at night")
    mine = make_question(ada, title="My propeller turns the wrong way", product_id=product_id)
    drain()
    assert ask(product_id=product_id) == [mine] and set(ask()) == {mine, other} and ask(product_id=99) == []
    writing.publish_guide(sam, writing.write_guide(sam, draft()))
    wanted = wanted_of("propeller")
    assert find_guides(ANONYMOUS, wanted, Filters(product_id=product_id))[1] == 1
    with unit_of_work():
        db.session.get(Product, product_id).name = "Perco Uno"
    forget()
    assert find_guides(ANONYMOUS, wanted, Filters(product_id=product_id))[1] == 0


def test_a_question_is_found_by_the_name_of_its_product_and_by_its_new_one(
    ada, make_question, drain, monkeypatch
):
    monkeypatch.setattr(products, "_BATCH", 2)

    def name_it(name):
        filling.fill([(1, ProductLine("ondea-8", name, "washing"))], filling.Report())
        drain()
        return db.session.scalar(db.select(Product.id).where(Product.key == "ondea-8"))

    def found(typed):
        return set(ids(find(ANONYMOUS, typed, Filters())))

    product_id = name_it("Ondéa 8")
    mine = {make_question(ada, title="It does not spin", product_id=product_id) for _ in range(3)}
    make_question(ada, title="It does not spin")
    drain()
    assert found("ondea 8") == mine
    assert name_it("Perco Uno") == product_id
    assert found("perco spin") == mine and not found("ondea")


@pytest.mark.parametrize("typed", ["a%", "a_", "%%", "__", "a/", "//"])
def test_signs_of_patterns_mean_themselves_in_names(app, ada, typed):
    assert count_members(typed).total == len(find_members(typed)) == 0
