"""The review bench by keyboard alone, on a phone, and without scripts."""

from __future__ import annotations

import re


def item_of(page):
    return int(re.search(r"/desk/review/(\d+)", page.url).group(1))


def settled(page):
    page.wait_for_function("() => !document.querySelector('[data-swap]')?.hasAttribute('aria-busy')")


def test_decide_and_undo_by_keyboard(visit):
    page = visit("/en/desk/review", who="mo")
    page.wait_for_timeout(600)
    before = page.locator("[data-list] > li").count()
    page.keyboard.press("j")
    page.wait_for_url("**/desk/review/*")
    page.keyboard.press("r")
    page.keyboard.press("2")
    assert page.locator("details[open] input[name=reason][value=insult]").is_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.wait_for_timeout(500)
    first = item_of(page)
    with page.expect_response(lambda answer: "/decide" in answer.url):
        page.keyboard.press("a")
    page.get_by_role("button", name="Undo").wait_for()
    settled(page)
    assert page.locator("[data-list] > li").count() == before - 1
    with page.expect_response(lambda answer: "/undo" in answer.url):
        page.keyboard.press("z")
    page.get_by_text("In your hands").wait_for()
    settled(page)
    assert page.locator("[data-list] > li").count() == before and item_of(page) != first
    assert page.watch.faults == []


def test_ticking_shows_the_bar_and_letters_in_fields_are_letters(visit):
    page = visit("/en/desk/review", who="mo")
    page.wait_for_timeout(600)
    bar = page.locator("[data-bulk]")
    assert bar.is_hidden()
    page.keyboard.press("x")
    assert bar.is_visible()
    page.keyboard.press("x")
    assert bar.is_hidden()
    page.keyboard.press("/")
    page.keyboard.type("arx")
    assert page.locator("#sq").input_value() == "arx" and page.url.endswith("/desk/review")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()


def test_list_and_detail_are_two_pages_on_a_phone(visit):
    page = visit("/en/desk/review", who="mo", width=390)
    assert page.locator("[data-list]").is_visible() and page.locator("[data-detail]").is_hidden()
    page.locator("[data-list] > li a").first.click()
    page.wait_for_url("**/desk/review/*")
    page.locator("[data-detail] .decide").wait_for()
    assert page.locator("[data-list]").is_hidden()
    box = page.locator("[data-detail] .decide .btn.ok").bounding_box()
    assert box["height"] >= 44
    page.get_by_role("link", name="Back to the queue").click()
    page.locator("[data-list]").wait_for()


def test_the_queue_works_without_scripts(visit):
    page = visit("/en/desk/review", who="max", java_script_enabled=False)
    page.locator("[data-list] > li:not(.taken) a").first.click()
    number = item_of(page)
    page.locator(".decide details summary", has_text=re.compile("Refuse|Remove")).click()
    page.get_by_label("Off topic").check()
    page.locator("details[open] button.btn.bad").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("In your hands").wait_for()
    assert item_of(page) != number
