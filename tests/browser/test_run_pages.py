"""The pages of runs: what failed and why, its log, and what can be done with a run."""

import re

import pytest
from playwright.sync_api import expect

from acting import fresh

TASKS = """\
name: {title}
inputs:
- {{name: seconds, type: Integer, default: "1"}}
implementation:
  graph:
    tasks:
      {task}
"""
FAILS = "fails: {componentRef: {name: starter/fail}, arguments: {message: The disk is full., exit_code: '3'}}"
WAITS = "waits: {componentRef: {name: starter/wait}, arguments: {seconds: '60'}}"
QUICK = "says: {componentRef: {name: starter/echo}, arguments: {text: Well done.}}"
SCRIPT = """\
      talks:
        componentRef:
          spec:
            name: Talks
            implementation:
              container:
                image: busybox:1.36
                command: [sh, -ec, '{script}']
"""


@pytest.fixture
def started(hub):
    """started(task): a run of one task, as its id."""

    def start(task, title="One task"):
        answer = hub.post("/api/v1/runs", json={"document": TASKS.format(title=title, task=task.strip())})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return start


def script(text):
    return SCRIPT.format(script=text)


def test_resuming_runs_what_is_left_and_says_where_it_goes_on_from(new_page, hub, started):
    run = hub.wait_run(started(f"{QUICK}\n      {FAILS}"))
    page = new_page(f"/runs/{run['id']}")
    page.get_by_role("button", name="Resume").click()
    link = page.get_by_text("goes on from").get_by_role("link", name="an earlier run")
    expect(link).to_have_attribute("href", f"/runs/{run['id']}")
    rest = hub.wait_run(page.url.rsplit("/", 1)[1].split("?")[0])
    assert [t["name"] for t in rest["tasks"]] == ["fails"] and rest["resume_of"] == run["id"]


def test_a_failed_run_opens_on_the_task_that_failed_with_its_message(new_page, hub, started):
    run = hub.wait_run(started(FAILS))
    assert run["state"] == "failed"
    page = new_page(f"/runs/{run['id']}")
    task = page.get_by_role("complementary", name="Task fails")
    expect(task.locator(".fate")).to_contain_text("Failed")
    expect(task.locator(".fate")).to_contain_text("3")
    expect(task.get_by_role("region", name="Log of fails")).to_contain_text("The disk is full.")
    expect(page).to_have_title(re.compile("Failed"))


def test_a_run_is_cancelled(new_page, started):
    page = new_page(f"/runs/{started(WAITS)}")
    page.get_by_role("button", name="Cancel run").click()
    expect(page.locator(".runhead")).to_contain_text("Cancelled")
    expect(page.get_by_role("button", name="Cancel run")).to_have_count(0)
    expect(page.get_by_role("complementary", name="Task waits")).to_contain_text("Cancelled")


def test_a_run_is_run_again(new_page, hub, started):
    first = hub.wait_run(started(QUICK))["id"]
    page = new_page(f"/runs/{first}")
    page.get_by_role("button", name="Run again").click()
    expect(page).not_to_have_url(re.compile(first))
    expect(page.locator(".runhead")).to_contain_text("Succeeded")
    page.get_by_role("link", name="an earlier run").click()
    expect(page).to_have_url(re.compile(first))


def test_the_log_is_searched(new_page, hub, started):
    run = hub.wait_run(started(script("for i in $(seq 1 300); do echo line $i; done")))["id"]
    page = new_page(f"/runs/{run}?task=talks")
    log = page.get_by_role("region", name="Log of talks")
    expect(log).to_contain_text("line 1")
    page.keyboard.press("/")
    expect(page.get_by_label("Find in log")).to_be_focused()
    page.keyboard.type("line 29")
    expect(page.get_by_text("1 of 11", exact=True)).to_be_visible()
    for _ in range(10):
        page.keyboard.press("Enter")
    expect(page.get_by_text("11 of 11", exact=True)).to_be_visible()
    expect(log.locator(".ln.sel")).to_contain_text("line 299")
    expect(log.locator(".ln.sel")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 11", exact=True)).to_be_visible()
    page.keyboard.type("x")
    expect(page.get_by_text("none", exact=True)).to_be_visible()


def test_the_log_of_a_running_task_is_followed(new_page, hub, started):
    run = started(script("for i in $(seq 1 100); do echo line $i; done; while true; do echo later; sleep 0.2; done"))
    page = new_page(f"/runs/{run}")
    log = page.get_by_role("region", name="Log of talks")
    last = log.locator(".ln").last
    first = log.locator(".ln", has_text=re.compile("line 1$"))
    follow = page.get_by_role("button", name="Follow")
    expect(follow).to_have_attribute("aria-pressed", "true")
    expect(last).to_contain_text("later")
    for _ in range(3):
        expect(last).not_to_have_text(last.text_content())
        expect(last).to_be_in_viewport()
    log.hover()
    page.mouse.wheel(0, -10_000)
    expect(follow).to_have_attribute("aria-pressed", "false")
    expect(first).to_be_in_viewport()
    page.keyboard.press("f")
    expect(follow).to_have_attribute("aria-pressed", "true")
    expect(first).to_have_count(0)
    expect(last).to_be_in_viewport()
    hub.post(f"/api/v1/runs/{run}/cancel")


def test_the_list_of_runs_is_filtered_in_the_address(new_page, hub, started):
    title = f"Filtered {fresh()}"
    bad, good = (hub.wait_run(started(task, title))["id"] for task in (FAILS, QUICK))
    link = {run: f"a[href='/runs/{run}']" for run in (bad, good)}
    page = new_page("/runs")
    expect(page.locator(link[good])).to_be_visible()
    page.get_by_role("button", name="State").click()
    page.get_by_role("menuitemradio", name="Failed").click()
    expect(page).to_have_url(re.compile("state=failed"))
    for _ in range(2):
        expect(page.locator(link[bad])).to_be_visible()
        expect(page.locator(link[good])).to_have_count(0)
        page.reload()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator(link[good])).to_be_visible()
    page.go_back()
    expect(page.locator(link[good])).to_have_count(0)
    expect(page.locator(link[bad])).to_be_visible()


def test_the_launch_dialog_refuses_a_wrong_number_at_its_field(new_page):
    page = new_page("/pipelines/starter/retry-and-timeout")
    page.get_by_role("button", name="Launch").click()
    dialog = page.get_by_role("dialog", name="Launch Retry and Timeout")
    seconds = dialog.get_by_label(re.compile("^seconds"))
    seconds.fill("soon")
    dialog.get_by_role("button", name="Launch").click()
    expect(seconds).to_be_focused()
    expect(seconds).to_have_attribute("aria-invalid", "true")
    expect(seconds).to_have_accessible_description(re.compile("This is not a whole number"))
    expect(page).to_have_url(re.compile("/pipelines/starter/retry-and-timeout"))
    seconds.fill("1")
    dialog.get_by_label(re.compile("^failure_percent")).fill("0")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile("/runs/[0-9a-f-]{36}"))
    expect(page.locator(".runhead")).to_contain_text("Succeeded")
