"""Chromium, driven by Playwright's library: pages that are signed in, and a proxy that makes the hub slow or broken."""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from chromium import FLAGS, ROOT, Complaints, FaultyProxy, sign_in_link

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium():
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert program, "the tests of the pages need Debian's chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def session(chromium, hub):
    """The cookies of a browser that the link has signed in; they hold for every port of the host."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(sign_in_link(hub))
    expect(page.get_by_text("Signed in").first).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def new_page(chromium, hub, session):
    """new_page(path, …): a page of the shared hub, signed in unless guest; all in one browser profile."""
    contexts, complaints = [], Complaints()

    def open_page(path="/", guest=False, base=None, context=None, **options):
        options.setdefault("viewport", {"width": 1440, "height": 900})
        if context is None:
            context = chromium.new_context(storage_state=None if guest else session, **options)
            contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        page.goto((base or hub.url("")) + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


AXE = ROOT / "static" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def violations():
    """violations(page): what axe finds against WCAG 2.2 A and AA, a line each."""

    def look(page):
        page.evaluate(AXE.read_text())
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']} {node['html'][:160]}"
            for each in found
            for node in each["nodes"]
        ]

    return look


@pytest.fixture
def proxy(hub):
    proxy = FaultyProxy(hub.port)
    yield proxy
    proxy.close()


@pytest.fixture(scope="session")
def finished_run(hub):
    """The id of a run of the starter catalog that has ended well."""
    answer = hub.post("/api/v1/runs", json={"pipeline": "starter/sequential"})
    assert answer.status_code == 201, answer.text
    return hub.wait_run(answer.json()["id"])["id"]


@pytest.fixture(scope="session")
def draft(hub):
    """The id of a draft of flip-coin."""
    text = (ROOT / "catalog" / "starter" / "pipelines" / "flip-coin" / "pipeline.yaml").read_text()
    answer = hub.post("/api/v1/drafts", json={"document": text})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]
