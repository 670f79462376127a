"""A hub that is stopped, slow or answers 500: every page says so, and goes on without being loaded anew."""

import pytest
from playwright.sync_api import expect

from places import every_page, path_of, text_of


def go(page, path):
    """Moves within the application, as a link does."""
    page.evaluate("path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')) }", path)


def mark(page):
    page.evaluate("window.notLoadedAnew = true")


def is_marked(page):
    return page.evaluate("window.notLoadedAnew === true")


@every_page()
@pytest.mark.parametrize("mode, says", [("stop", "The hub does not answer"), ("fail", "The hub answers with errors")])
def test_a_page_says_that_the_hub_is_gone_and_recovers(new_page, proxy, finished_run, draft, name, mode, says):
    page = new_page("/workspace" if name == "landing" else "/", base=proxy.base)
    expect(page.get_by_role("heading", level=1).first).to_be_attached()
    mark(page)
    proxy.set(mode)
    go(page, path_of(name, finished_run, draft))
    expect(page.locator(".connection")).to_contain_text(says)
    proxy.set("pass")
    expect(page.get_by_text(text_of(name)).first).to_be_visible()
    expect(page.locator(".connection")).not_to_contain_text(says)
    assert is_marked(page)


@every_page()
def test_a_page_says_that_the_hub_is_slow_and_shows_itself_all_the_same(new_page, proxy, finished_run, draft, name):
    page = new_page("/workspace" if name == "landing" else "/", base=proxy.base)
    expect(page.get_by_role("heading", level=1).first).to_be_attached()
    proxy.set("slow")
    go(page, path_of(name, finished_run, draft))
    expect(page.locator(".connection")).to_contain_text("slow to answer")
    expect(page.get_by_text(text_of(name)).first).to_be_visible(timeout=40_000)
    proxy.set("pass")
    expect(page.locator(".connection")).not_to_contain_text("slow to answer")


def test_a_page_that_is_open_stays_readable_while_the_hub_is_gone(new_page, proxy):
    page = new_page("/components/all", base=proxy.base)
    expect(page.get_by_text("Coin Flip").first).to_be_visible()
    proxy.set("stop")
    expect(page.locator(".connection")).to_contain_text("The hub does not answer")
    expect(page.get_by_text("Coin Flip").first).to_be_visible()
