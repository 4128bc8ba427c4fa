"""The ask page in Chromium: a suggestion that settles it, by keyboard alone and without scripts; private details masked."""

from __future__ import annotations

from typing import Any

from tests.browser.test_work import reach

TITLE = "The drum stays full of water"
STORY = "Since yesterday it stops before the end, and nothing I tried helps."


def ready(visit: Any, who: str = "cleo", **options: Any) -> Any:
    page = visit("/en/questions/ask", who=who, **options)
    page.wait_for_load_state("networkidle")
    return page


def test_a_suggestion_settles_it_and_undo_brings_the_text_back(visit):
    page = ready(visit)
    page.locator("[name=title]").press_sequentially(TITLE, delay=5)
    page.fill("textarea[name=body]", STORY)
    solution = page.locator("[data-suggestions] details").first
    solution.locator("summary").click()
    with page.expect_navigation():
        solution.locator("button[value^='settled:']").click()
    assert "Glad that is settled" in page.inner_text("h1")
    with page.expect_navigation():
        page.click("button[value=undo]")
    assert (
        page.input_value("textarea[name=body]").strip() == STORY and page.input_value("[name=title]") == TITLE
    )
    assert page.watch.faults == []


def test_a_suggestion_settles_it_by_keyboard_alone(visit):
    page = ready(visit, who="ben")
    reach(page, "[name=title]")
    page.keyboard.type(TITLE)
    page.locator("[data-suggestions] button[value^='settled:']").first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1_500)  # what is suggested for the whole title has come
    reach(page, "[data-suggestions] details:has(button[value^='settled:']) > summary")
    if not page.evaluate("document.activeElement.parentElement.open"):
        page.keyboard.press("Enter")
    reach(page, "button[value^='settled:']")
    page.keyboard.press("Enter")
    page.get_by_text("Glad that is settled").first.wait_for()
    assert page.watch.faults == []


def test_a_suggestion_settles_it_without_scripts(visit):
    page = visit("/en/questions/ask", who="cleo", java_script_enabled=False)
    page.fill("[name=title]", TITLE)
    page.fill("textarea[name=body]", STORY)
    page.click("button[value=check]")
    assert page.input_value("textarea[name=body]").strip() == STORY
    page.click("button[value^='settled:'] >> nth=0")
    assert "Glad that is settled" in page.inner_text("h1")


def test_the_category_is_guessed_what_it_asks_appears_and_a_product_is_found(visit):
    page = ready(visit)
    page.locator("[name=title]").press_sequentially("My Perco Uno is lukewarm", delay=5)
    page.locator("[data-filed]", has_text="Coffee").wait_for()
    assert page.locator("[data-for]").first.is_hidden()
    page.locator("#category_id summary").click()
    page.locator("label.pick", has_text="Washing").click()
    page.locator("[data-for] input").first.wait_for()
    page.locator("[data-find]").press_sequentially("ondea", delay=5)
    page.locator("[data-new] label", has_text="Ondéa 8").click()
    page.locator("[data-new] input:checked").wait_for()
    assert page.watch.faults == []


def test_private_details_are_noticed_and_masked_with_one_click(visit):
    page = ready(visit)
    page.fill("textarea[name=body]", "My order BRV-2024-44021, write to cleo.z@example.com please.")
    page.locator("textarea[name=body]").blur()
    page.locator("[data-private]").wait_for()
    page.click("[data-mask]")
    page.locator("[data-private]").wait_for(state="detached")
    kept = page.input_value("textarea[name=body]")
    assert "44021" not in kept and "example.com" not in kept and page.watch.faults == []


def test_a_draft_written_on_another_device_is_a_choice_not_a_loss(visit, site):
    first = ready(visit, who="mo")
    second = ready(visit, who="mo")
    for page, words in (
        (first, "Written on the first device, and kept."),
        (second, "Written on the second one."),
    ):
        page.fill("textarea[name=body]", words)
        with page.expect_response("**/drafts", timeout=25_000):
            pass
    second.get_by_role("button", name="Take that one").wait_for()
    second.get_by_role("button", name="Keep this one").click()
    first.wait_for_timeout(300)
    first.goto(site.url("/en/questions/ask"))
    assert "second one" in first.input_value("textarea[name=body]")
    assert not [fault for fault in first.watch.faults + second.watch.faults if "409" not in fault]
