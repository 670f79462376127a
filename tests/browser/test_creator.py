"""The pipeline creator: built by keyboard, refused with a reason, saved whatever happens, published, restored."""

import re
import time

import pytest
from playwright.sync_api import expect

from chromium import sign_in_link
from acting import Creator, drag, fresh

# Odd spacing, comments and quotes on purpose: what is not changed keeps its very bytes.
CHAIN = """\
# who: the owner of this pipeline
name:   {title}
implementation:
  graph:
    tasks:
      first:   # where it begins
        componentRef: {{name: starter/echo}}
        arguments: {{ text: 'Hello' }}
        annotations: {{editor.position: '{{"x":0,"y":0}}'}}
      second:
        componentRef: {{ name: "starter/echo" }}
        # not from the pipeline's own inputs
        arguments:
          text: {{taskOutput: {{taskId: first, outputName: output}}}}
        annotations: {{editor.position: '{{"x":300,"y":0}}'}}
"""


class Draft:
    """A draft as the hub has it."""

    def __init__(self, hub):
        self.hub = hub
        self.title = f"Chain {fresh()}"
        self.text = CHAIN.format(title=self.title)
        answer = hub.post("/api/v1/drafts", json={"document": self.text, "title": self.title})
        assert answer.status_code == 201, answer.text
        self.path = f"/creator/{answer.json()['id']}"

    def stored(self):
        return text_at(self.hub, self.path)

    def save(self, text):
        """As somebody else does."""
        path = "/api/v1/drafts/" + self.path.split("/")[-1]
        etag = self.hub.get(path, auth=True).headers["ETag"]
        answer = self.hub.call("PUT", path, json={"document": text}, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.text

    def comes_to(self, condition):
        """Waits until what is stored fulfils it: saving takes its time."""
        deadline = time.monotonic() + 20
        while not condition(self.stored()):
            assert time.monotonic() < deadline, self.stored()
            time.sleep(0.1)


def text_at(hub, path):
    answer = hub.get("/api/v1/drafts/" + path.split("/")[-1], auth=True)
    assert answer.status_code == 200, answer.text
    return answer.json()["document"]


@pytest.fixture
def chain(hub):
    return Draft(hub)


@pytest.fixture
def open_draft(new_page):
    def open_it(draft, **options):
        page = new_page(draft.path, **options)
        creator = Creator(page)
        creator.task("second").locator("header").click()
        expect(page.get_by_label("Name of the task")).to_have_value("second")
        return page, creator

    return open_it


def save_text(page):
    return page.locator(".creator-top .save")


def test_a_pipeline_is_built_by_keyboard_alone(new_page):
    page = new_page("/creator/new")
    keyboard, creator = page.keyboard, Creator(page)
    expect(page.get_by_text("Start a pipeline")).to_be_visible()

    def add(words, title, task):
        keyboard.press("/")
        expect(page.get_by_label("Search components and pipelines")).to_be_focused()
        keyboard.press("Control+a")
        keyboard.type(words)
        row = page.locator(".pal-row").first
        expect(row).to_have_attribute("title", re.compile(f"^{title}: "))
        expect(page.get_by_role("region", name="Used most")).to_have_count(0)
        keyboard.press("ArrowDown")
        expect(row).to_be_focused()
        keyboard.press("Enter")
        expect(creator.task(task)).to_have_attribute("aria-current", "true")

    add("coin flip", "Coin Flip", "coin-flip")
    add("echo", "Echo", "echo")
    add("coin flip", "Coin Flip", "coin-flip-2")

    # Tab walks in run order; C starts at a port, Tab goes through what fits, Enter connects.
    creator.canvas.focus()
    keyboard.press("Escape")
    keyboard.press("Tab")
    expect(creator.task("coin-flip")).to_have_attribute("aria-current", "true")
    keyboard.press("c")
    ports = page.get_by_role("listbox", name="Ports of coin-flip")
    expect(ports.get_by_role("option", selected=True)).to_contain_text("result")
    keyboard.press("Enter")
    banner = page.locator(".banner")
    expect(banner).to_contain_text("1 of 2: text of echo")
    keyboard.press("Tab")
    expect(banner).to_contain_text("2 of 2: face of coin-flip-2")
    keyboard.press("Shift+Tab")
    expect(banner).to_contain_text("1 of 2")
    keyboard.press("Enter")
    edges = page.locator(".react-flow__edge")
    expect(edges).to_have_count(1)

    keyboard.press("Tab")
    expect(creator.task("echo")).to_have_attribute("aria-current", "true")
    keyboard.press("Delete")
    expect(creator.task("echo")).to_have_count(0)
    expect(edges).to_have_count(0)
    undo = page.locator(".toast").get_by_role("button", name="Undo")
    undo.focus()
    keyboard.press("Enter")
    expect(creator.task("echo")).to_be_visible()
    expect(edges).to_have_count(1)


def test_a_connection_that_closes_a_cycle_is_refused_with_its_path(open_draft, chain):
    page, creator = open_draft(chain)
    expect(page.locator(".react-flow__edge")).to_have_count(1)
    mouse = drag(page, creator.port("second", "output", "out"), creator.port("first", "text", "in"))
    expect(page.get_by_text(re.compile("second.*first.*second")).first).to_be_visible()
    mouse.up()
    expect(page.locator(".react-flow__edge")).to_have_count(1)


def test_of_a_draft_changed_in_two_places_both_can_be_kept(open_draft, chain, hub, proxy):
    page, creator = open_draft(chain, base=proxy.base)
    proxy.set("stop")
    creator.rename("second", "mine")
    expect(save_text(page)).to_contain_text("Not saved")
    theirs = chain.text.replace("'Hello'", "'Theirs'")
    chain.save(theirs)
    proxy.set("pass")
    bar = page.get_by_role("alert").filter(has_text="Both are safe until you choose")
    expect(bar).to_be_visible()
    bar.get_by_role("button", name="Keep both").click()
    expect(page).not_to_have_url(re.compile(chain.path))
    expect(save_text(page)).to_contain_text("Saved")
    mine = page.url[len(proxy.base):]
    assert chain.stored() == theirs
    assert "      mine:\n" in text_at(hub, mine) and "Hello" in text_at(hub, mine)


def test_changes_made_while_the_hub_is_away_are_saved_once_it_is_back(open_draft, chain, proxy):
    page, creator = open_draft(chain, base=proxy.base)
    page.evaluate("window.notLoadedAnew = true")
    proxy.set("stop")
    creator.rename("second", "meanwhile")
    expect(save_text(page)).to_contain_text("Not saved, retrying")
    proxy.set("pass")
    expect(save_text(page)).to_have_text(re.compile("^Saved"))
    assert "      meanwhile:\n" in chain.stored()
    assert page.evaluate("window.notLoadedAnew")


def test_comments_survive_moving_and_renaming(open_draft, chain):
    page, creator = open_draft(chain)
    creator.rename("first", "begin")
    header = creator.task("begin").locator("header")
    box = header.bounding_box()
    drag(page, header, (box["x"] + box["width"] / 2, box["y"] + 200)).up()
    page.get_by_role("button", name=chain.title).click()
    page.get_by_label("Name of the pipeline").fill("Another name")
    page.keyboard.press("Enter")
    chain.comes_to(lambda text: "Another name" in text and "begin:" in text and text.count('"y":0') == 1)
    text = chain.stored()
    for comment in ("# who: the owner of this pipeline", "# where it begins", "# not from the pipeline's own inputs"):
        assert text.count(comment) == 1
    assert "begin:   # where it begins" in text
    assert "taskId: begin" in text
    assert "first" not in text


def test_undo_brings_back_the_very_bytes(open_draft, chain):
    page, creator = open_draft(chain)
    creator.task("first").locator("header").click()
    page.keyboard.press("Delete")
    expect(creator.task("first")).to_have_count(0)
    chain.comes_to(lambda text: "first" not in text)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(creator.task("first")).to_be_visible()
    chain.comes_to(lambda text: text == chain.text)
    creator.rename("second", "last")
    creator.task("last").locator("header").click()
    page.keyboard.press("Alt+ArrowDown")
    chain.comes_to(lambda text: "last:" in text and '"y":18}' in text.replace(" ", ""))
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    chain.comes_to(lambda text: text == chain.text)


def test_what_is_published_is_in_the_catalog(open_draft, chain, new_page):
    page, _ = open_draft(chain)
    page.get_by_role("button", name="Publish", exact=True).click()
    dialog = page.get_by_role("dialog", name="Publish a version")
    expect(dialog).to_contain_text("this is its first version")
    dialog.get_by_role("button", name="Publish a version").click()
    expect(page.get_by_role("dialog", name="Published")).to_contain_text("is in the catalog")
    page.get_by_role("link", name="Show the pipeline").click()
    expect(page.get_by_role("heading", name=chain.title, level=1)).to_be_visible()
    other = new_page("/pipelines/all?sort=updated")
    expect(other.get_by_role("link", name=chain.title, exact=True)).to_be_visible()


def test_a_guest_can_build_and_is_told_how_to_keep_it(new_page, hub):
    page = new_page("/creator/new", guest=True)
    expect(page.get_by_text("Start a pipeline")).to_be_visible()
    expect(save_text(page)).to_contain_text("Kept once you sign in")
    creator = Creator(page)
    creator.place("Echo", 300, 200)
    expect(creator.task("echo")).to_be_visible()
    page.get_by_role("button", name="Not saved: sign in to keep it").click()
    dialog = page.get_by_role("dialog", name="Sign in")
    dialog.get_by_label("Or paste that link here").fill(sign_in_link(hub))
    dialog.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/creator/[0-9a-f-]{36}"))
    expect(save_text(page)).to_have_text(re.compile("^Saved"))
    assert "starter/echo" in text_at(hub, page.url)


def test_an_older_revision_comes_back_as_a_new_one(open_draft, chain):
    chain.save(chain.text.replace("'Hello'", "'Changed'"))
    page, _ = open_draft(chain)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Revision history").click()
    revisions = page.get_by_role("list", name="Revisions")
    expect(revisions.get_by_role("button")).to_have_count(2)
    revisions.get_by_role("button").last.click()
    page.get_by_role("button", name="Restore 1 as 3").click()
    chain.comes_to(lambda text: text == chain.text)
