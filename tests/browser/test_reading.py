"""Reading and answering on a phone by keyboard alone, and what scripts add to a question."""

from __future__ import annotations

import re
from typing import Any

from tests.browser.test_work import reach

PHONE = 390


def quiet(page: Any) -> None:
    page.wait_for_load_state("networkidle")


def test_reading_and_answering_on_a_phone_with_the_keyboard_alone(site, visit):
    path = f"/en/questions/{site.facts['open_question']}"
    page = visit(path, who="ben", width=PHONE)
    quiet(page)
    assert "Ada invites you to answer." in page.inner_text("main")
    reach(page, "a[href='#repondre']")
    page.keyboard.press("Enter")
    reach(page, "#repondre textarea")
    page.keyboard.type("@ad")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("press start for three seconds, the delay goes away.")
    assert page.input_value("#repondre textarea").startswith("@ada press start")
    reach(page, "#repondre button.primary")
    page.keyboard.press("Enter")
    page.get_by_text("the delay goes away").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    asker = visit(path, who="ada", width=PHONE)
    quiet(asker)
    assert "1 new message since your last visit" in asker.inner_text("main")
    reach(asker, ".news a")
    with asker.expect_response(re.compile(r"/read$")) as told:
        asker.keyboard.press("Enter")
    assert told.value.status == 204 and re.search(r"#a-\d+$", asker.url)
    asker.reload()
    assert "since your last visit" not in asker.inner_text("main")
    assert page.watch.faults == [] and asker.watch.faults == []


def test_selected_words_are_quoted_with_their_author_and_place(site, visit):
    path, _who = site.page("question")
    page = visit(path, who="ben")
    quiet(page)
    page.locator("article.accepted .prose li").first.select_text()
    page.locator(".quote-here").click()
    quoted = page.input_value("#repondre textarea")
    assert quoted.startswith("> Unplug the machine") and f"[Ben](/a/{site.facts['answer']})" in quoted
    page.locator("article.official details.menu summary").click()
    page.locator("article.official [data-quote]").click()
    assert "[Sam](/a/" in page.input_value("#repondre textarea")
    assert page.watch.faults == []


def test_leaving_the_page_takes_the_claim_back(site, visit):
    fresh = f"/en/questions/{site.facts['fresh']}"
    page = visit(fresh, who="cleo")
    quiet(page)
    page.get_by_role("button", name="I’m answering this").click()
    page.get_by_text("You are answering.").wait_for()
    other = visit(fresh, who="ben")
    assert "Cleo is answering this question." in other.inner_text("main")
    quiet(page)
    page.goto(site.url("/en/questions/"))
    page.wait_for_timeout(500)
    other.reload()
    assert "is answering this" not in other.inner_text("main")
    assert page.watch.faults == []


def test_a_printed_page_has_no_chrome(site, visit):
    path, _who = site.page("question")
    page = visit(path)
    page.emulate_media(media="print")
    for part in (".site-head", ".site-foot", ".acts", ".sorts", "aside"):
        assert page.locator(part).first.is_hidden(), part
    paper = visit(f"/en/questions/{site.facts['question']}/print")
    paper.emulate_media(media="print")
    assert paper.locator(".on-screen").is_hidden() and paper.locator("nav").count() == 0
    address = paper.evaluate(
        "getComputedStyle(document.querySelector('.prose a[href^=http]'), '::after').content"
    )
    assert "example.com/guide" in address
