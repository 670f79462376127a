"""No page breaks WCAG 2.2 A or AA, light or dark, wide or narrow."""

import re

import pytest
from playwright.sync_api import expect

from places import PAGES, every_page, path_of, text_of


@every_page()
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_a_page(new_page, violations, finished_run, draft, name, theme):
    page = new_page(path_of(name, finished_run, draft), color_scheme=theme)
    expect(page.get_by_text(text_of(name)).first).to_be_visible()
    page.wait_for_timeout(300)  # what appears with a transition has its final colours
    assert violations(page) == []


@every_page()
def test_axe_finds_nothing_on_a_phone_and_nothing_is_wider_than_it(new_page, violations, finished_run, draft, name):
    page = new_page(path_of(name, finished_run, draft), viewport={"width": 375, "height": 800})
    expect(page.get_by_role("heading", level=1).first).to_be_attached()
    page.wait_for_timeout(1200)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_every_page_has_one_heading_of_the_first_level_and_a_title_of_its_own(new_page, hub, finished_run, draft):
    page = new_page("/")
    titles = []
    for name in PAGES:
        page.goto(hub.url(path_of(name, finished_run, draft)))
        expect(page.locator("h1")).to_have_count(1)
        expect(page).to_have_title(re.compile(r"(^|· )Component Hub$"))
        expect(page.get_by_text(text_of(name)).first).to_be_visible()
        titles.append(page.title())
    assert len(set(titles)) >= len(PAGES) - 3, titles  # tabs of an asset share one
