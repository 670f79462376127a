"""Eight tabs of one browser at once, although a browser opens only six connections to a host."""

import time

from playwright.sync_api import expect

from places import path_of, text_of

NAMES = ["run", "run", "run", "runs", "browse", "asset", "creator", "landing"]


def streams(hub):
    """How many streams the hub has open: of events, and of logs that are followed."""
    for line in hub.get("/metrics").text.splitlines():
        if line.startswith("component_hub_http_streams "):
            return int(float(line.split()[-1]))
    raise AssertionError("the metrics do not count streams")


def settles_at(hub, number):
    deadline = time.monotonic() + 15
    while streams(hub) != number and time.monotonic() < deadline:
        time.sleep(0.1)
    return streams(hub)


def test_eight_tabs_work_at_once_and_share_one_event_stream(new_page, hub, finished_run, draft):
    before = streams(hub)
    first = new_page("/")
    pages = [first] + [
        new_page(path_of(name, finished_run, draft), context=first.context) for name in NAMES[1:]
    ]
    for name, page in list(zip(NAMES, pages))[1:]:
        expect(page.get_by_text(text_of(name)).first).to_be_visible()
    assert settles_at(hub, before + 1) == before + 1

    # The tab that reads the stream goes; another takes over, and news still reaches the rest.
    first.close()
    runs = pages[3]
    runs.bring_to_front()
    answer = hub.post("/api/v1/runs", json={"pipeline": "starter/sequential", "name": "seen by every tab"})
    assert answer.status_code == 201
    expect(runs.get_by_text("new run").first).to_be_visible()
