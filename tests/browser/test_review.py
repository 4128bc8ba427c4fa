"""The review bench by keyboard alone, on a phone, and without scripts."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.conftest import ROOT


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


def shown(page):
    return page.locator("[data-detail]").get_attribute("data-item")


def test_the_next_item_is_on_screen_before_the_decision_has_arrived(visit):
    """Read ahead, it is shown at once; the decision goes on behind it, and a conflict is told where one is."""
    page = visit("/en/desk/review", who="mo")
    page.wait_for_timeout(900)
    first, held_up = shown(page), []
    page.route("**/decide", lambda route: held_up.append(route))
    page.keyboard.press("a")
    page.wait_for_function(f"() => document.querySelector('[data-detail]').dataset.item !== '{first}'")
    page.wait_for_timeout(100)
    assert len(held_up) == 1, "the decision is under way, and the next item is there"
    second = shown(page)
    told = '{"error": {"message": "Yanis has just decided: refused."}}'
    held_up[0].fulfill(status=409, body=told, content_type="application/json")
    page.get_by_role("alert").get_by_text(f"#R-{first}: Yanis has just decided: refused.").wait_for()
    assert shown(page) == second


def test_a_scripted_moderator_clears_the_queue_without_a_reload(visit, site):
    """FOURMI_SCRIPTED_ITEMS=2000 has a whole peak day cleared; by default it is a short hour of it."""
    many = int(os.environ.get("FOURMI_SCRIPTED_ITEMS", "24"))
    command = [sys.executable, "-m", "tests.browser.waiting", str(site.folder), str(many)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    page = visit("/en/desk/review", who="max")
    page.evaluate("() => { window.stayed = true; }")
    page.evaluate(TIMED)
    for _number in range(many):
        before = shown(page)
        page.keyboard.press("r")
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_function(f"() => document.querySelector('[data-detail]').dataset.item !== '{before}'")
    page.wait_for_function("() => !document.querySelector('[data-detail][data-sent]')")
    page.wait_for_timeout(1500)
    assert page.evaluate("() => window.stayed"), "no page was loaded anew"
    took = sorted(page.evaluate("() => window.took"))
    print(
        f"next item: p50 {took[len(took) // 2]:.0f} ms, p95 {took[int(len(took) * 0.95)]:.0f} ms of {len(took)}"
    )
    assert took[len(took) // 2] < 150
    assert page.watch.faults == []


TIMED = """() => {
  window.took = [];
  let pressed = 0, item = document.querySelector("[data-detail]").dataset.item;
  document.addEventListener("submit", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const now = document.querySelector("[data-detail]")?.dataset.item;
    if (pressed && now && now !== item) { item = now; window.took.push(performance.now() - pressed); pressed = 0; }
  }).observe(document.body, { childList: true, subtree: true });
}"""


def test_a_key_may_be_another_one_and_the_buttons_say_so(visit):
    page = visit("/en/desk/review", who="max")
    page.wait_for_timeout(600)
    page.keyboard.press("?")
    field = page.get_by_label("Key: refuse, with a reason")
    field.fill("a")
    field.press("Tab")
    assert page.get_by_label("Key: approve").input_value() == "R", "the two change places"
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    assert page.locator("details[open] input[name=reason]").first.is_visible()
    assert page.locator("details[data-key=r] > summary kbd").inner_text() == "A"
    page.evaluate("() => localStorage.clear()")
    assert page.watch.faults == []
