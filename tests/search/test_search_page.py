"""The search page: what a visitor sees, types and clicks."""

import pytest

from forum.questions import publishing
from forum.solutions.accepting import accept_answer

pytestmark = pytest.mark.usefixtures("fresh_index")


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_results_in_both_languages(client, ada, ben, make_question, make_answer, drain):
    asked = make_question(ada, title="The propeller is too loud at night")
    accept_answer(ada, asked, make_answer(ben, asked, body="Oil the propeller and tighten both screws."))
    drain()
    brief = page(client, "/en/search?q=propeller+loud")
    assert "In brief" in brief and "Oil the <mark>propeller</mark>" in brief and "fits best" not in brief
    english = page(client, "/en/search?q=propeller")
    assert (
        "Results for “propeller”" in english and "The <mark>propeller</mark> is too loud at night" in english
    )
    assert "The solution that fits best" in english and "Oil the <mark>propeller</mark>" in english
    french = page(client, "/fr/search?q=propeller")
    assert "Résultats pour «\u00a0propeller\u00a0»" in french and "La solution la plus proche" in french


def test_nothing_typed_nothing_found_and_another_spelling(client, ada, make_question, drain):
    make_question(ada, title="The propeller is too loud at night")
    drain()
    assert "What are you looking for?" in page(client, "/en/search")
    assert "No path here yet." in page(client, "/en/search?q=zeppelin")
    assert "Did you mean “propeller”?" in page(client, "/en/search?q=propellar")


def test_what_was_typed_is_never_obeyed(client):
    for typed in (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{7*7}}",
        "javascript:alert(1)",
    ):
        shown = client.get(
            "/en/search",
            query_string={
                "q": typed,
                "state": typed,
                "category": typed,
                "tag": typed,
                "author": typed,
                "language": typed,
                "page": typed,
            },
        )
        text = shown.get_data(as_text=True)
        assert (
            shown.status_code == 200
            and "<script>alert" not in text
            and "<img src=x" not in text
            and "49" not in text.split("<main")[1].split("</main")[0][:400]
        )


def test_filters_stay_while_searching_on_and_can_be_taken_away(client, ada, make_question, drain):
    make_question(ada, title="The propeller is too loud at night")
    drain()
    narrowed = page(client, "/en/search?q=propeller&category=washing&language=en&state=open")
    assert (
        "too loud" in narrowed
        and 'name="category" value="washing"' in narrowed
        and narrowed.count("remove this filter") == 3
    )
    assert "No path here yet." in page(client, "/en/search?q=propeller&category=coffee")
    assert "too loud" in page(client, "/en/search?q=propeller&category=nonsense&state=nonsense&page=-3")


def test_members_have_their_own_tab(client, cleo):
    assert "Cleo" in page(client, "/en/search?q=cle&tab=members")
    assert "Nobody by that name." in page(client, "/en/search?q=zzz&tab=members")


def test_many_results_come_page_by_page(client, ada, make_question, drain):
    for number in range(23):
        make_question(ada, title=f"The propeller number {number} is too loud")
    drain()
    first = page(client, "/en/search?q=propeller")
    assert first.count("<mark>propeller</mark>") == 20 and "page=2" in first
    second = page(client, "/en/search?q=propeller&page=2")
    assert second.count("<mark>propeller</mark>") == 3 and "page=3" not in second


def test_held_and_hidden_questions_stay_out_of_sight(client, ada, mo, sign_in, make_question, drain):
    hidden = make_question(ada, title="The propeller is too loud at night")
    drain()
    publishing.hide(mo, hidden)
    assert "too loud" not in page(client, "/en/search?q=propeller")
    assert "too loud" not in page(sign_in(mo), "/en/search?q=propeller")


@pytest.mark.parametrize("rows", [2, 20])
def test_a_page_of_results_costs_the_same_few_statements(
    client, ada, ben, make_question, make_answer, drain, count_queries, rows
):
    for number in range(rows):
        asked = make_question(ada, title=f"The propeller number {number} is too loud")
        if number % 2:
            accept_answer(ada, asked, make_answer(ben, asked))
    drain()
    page(client, "/en/search?q=propeller")
    with count_queries() as seen:
        page(client, "/en/search?q=propeller")
    assert len(seen) <= 14, seen
