"""The catalog's pages: found by keyboard, filtered in the address, the same after a reload and after going back."""

import re

import pytest
from playwright.sync_api import expect

from acting import fresh

COMPONENT = """\
name: {title}
description: {description}
inputs:
- {{name: text, type: String}}
implementation:
  container: {{image: "busybox:1.36", command: [sh, -ec, "true"]}}
"""


@pytest.fixture
def published(hub):
    """published(title, …): a component that is in the catalog, as a version."""

    def publish(title, description="Made for a test.", **query):
        answer = hub.publish(COMPONENT.format(title=title, description=description), **query)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return publish


def test_the_search_is_in_the_address_and_survives_a_reload(new_page):
    page = new_page("/components/all")
    field = page.get_by_label("Search components")
    expect(page.get_by_role("link", name="Coin Flip", exact=True)).to_be_visible()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("flip")
    expect(page).to_have_url(re.compile(r"[?&]q=flip"))
    page.locator("aside label", has_text="random").click()
    expect(page).to_have_url(re.compile(r"tag=random"))
    for _ in range(2):
        expect(page.get_by_role("link", name="Coin Flip", exact=True)).to_be_visible()
        expect(page.get_by_role("status").filter(has_text=re.compile(r"^1 of \d+ components"))).to_be_visible()
        expect(field).to_have_value("flip")
        expect(page.get_by_role("checkbox", name="random")).to_be_checked()
        page.reload()
    page.get_by_role("button", name="Remove filter Tag: random").click()
    expect(page).not_to_have_url(re.compile("tag="))
    page.go_back()
    expect(page.get_by_role("checkbox", name="random")).to_be_checked()


def test_back_returns_to_the_place_in_a_long_list(new_page, published):
    namespace = f"long-{fresh()}"
    for number in range(60):
        published(f"Part {number:02}", namespace=namespace)
    page = new_page(f"/components/all?namespace={namespace}&sort=name")
    last = page.get_by_role("link", name="Part 59", exact=True)
    expect(page.get_by_role("link", name="Part 00", exact=True)).to_be_visible()
    page.mouse.move(700, 500)
    for shown in ("Part 23", "Part 47", "Part 59"):
        link = page.get_by_role("link", name=shown, exact=True)
        expect(link).to_be_attached()
        page.mouse.wheel(0, 10_000)
    expect(last).to_be_in_viewport()
    last.click()
    expect(page.get_by_role("heading", name="Part 59", level=1)).to_be_visible()
    page.go_back()
    expect(last).to_be_in_viewport()


def test_a_search_without_results_offers_ways_out(new_page):
    page = new_page("/components/all?q=mobilenet&featured=true")
    expect(page.get_by_text("No components match")).to_be_visible()
    expect(page.get_by_role("link", name="1 model")).to_be_visible()
    page.get_by_role("button", name=re.compile("Drop “mobilenet”")).click()
    expect(page.get_by_role("link", name="Coin Flip", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"all\?featured=true$"))


def test_control_k_opens_an_asset_by_keyboard(new_page):
    page = new_page("/runs")
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search assets, runs and acts")).to_be_focused()
    page.keyboard.type("whisper")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Whisper")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/models/starter/whisper-tiny$"))
    expect(page.get_by_role("heading", name="Whisper", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Search everything")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_theme_survives_a_reload_and_holds_in_other_tabs(new_page):
    page = new_page("/components")
    other = new_page("/runs", context=page.context)
    expect(other.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    for each in (page, other):
        expect(each.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    third = new_page("/models", context=page.context)
    expect(third.locator("html")).to_have_attribute("data-theme", "dark")


def test_addresses_by_version_and_by_digest_show_that_version(new_page, published):
    title = f"Versioned {fresh()}"
    old = published(title, description="As it was at first.")
    new = published(title, description="As it is now.")
    place = f"/components/{old['namespace']}/{old['name']}"
    assert old["version"] != new["version"]
    for address, version in (
        (place, new), (f"{place}@{old['version']}", old), (f"{place}@{old['digest']}", old),
        (f"{place}@{new['digest']}", new),
    ):
        page = new_page(address)
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(page.locator(".asset-meta")).to_contain_text(version["version"])
        expect(page.locator(".asset-meta")).to_contain_text(version["digest"].split(":")[1][:8])


def test_an_unknown_asset_says_so_and_where_to_look(new_page):
    page = new_page("/components/starter/coin-flop")
    expect(page.get_by_text("There is no component starter/coin-flop")).to_be_visible()
    page.get_by_role("link", name="All components").click()
    expect(page).to_have_url(re.compile("/components$"))
    page.goto(page.url.replace("/components", "/components/starter/coin-flip@9.9.9"))
    expect(page.get_by_text("has no version or tag 9.9.9")).to_be_visible()
    page.get_by_role("link", name=re.compile("Open the newest")).click()
    expect(page.get_by_role("heading", name="Coin Flip", level=1)).to_be_visible()


def test_a_deprecated_asset_leads_to_its_successor(new_page, hub, published):
    title = f"Outdated {fresh()}"
    version = published(title)
    path = f"/api/v1/assets/{version['namespace']}/component/{version['name']}"
    change = {"deprecated": {"reason": "It is too slow.", "successor": "starter/echo"}}
    etag = hub.get(path).headers["ETag"]
    assert hub.call("PATCH", path, json=change, headers={"If-Match": etag}).status_code == 200
    page = new_page(f"/components/{version['namespace']}/{version['name']}")
    notice = page.get_by_role("status").filter(has_text="is deprecated")
    expect(notice).to_contain_text("It is too slow.")
    notice.get_by_role("link", name="Use starter/echo").click()
    expect(page.get_by_role("heading", name="Echo", level=1)).to_be_visible()
