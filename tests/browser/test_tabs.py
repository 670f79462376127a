"""Eight tabs of one browser at once, although a browser opens only six connections to a host."""

from playwright.sync_api import expect

from places import path_of, text_of

NAMES = ["landing", "run", "run", "runs", "browse", "asset", "creator", "runs"]


def test_eight_tabs_work_at_once_and_share_one_event_stream(new_page, hub, finished_run, draft):
    first = new_page("/healthz")  # a page without the application
    streams = []
    first.context.on("request", lambda request: "/api/v1/events" in request.url and streams.append(request.url))
    first.goto(hub.url("/"))
    pages = [first]
    for name in NAMES[1:]:
        pages.append(new_page(path_of(name, finished_run, draft), context=first.context))
    for name, page in zip(NAMES, pages):
        expect(page.get_by_text(text_of(name)).first).to_be_visible()
    assert len(streams) == 1

    # The tab that reads the stream goes; another takes over, and news still reaches the rest.
    first.close()
    pages[3].bring_to_front()
    answer = hub.post("/api/v1/runs", json={"pipeline": "starter/sequential"})
    assert answer.status_code == 201
    for runs in (pages[3], pages[7]):
        expect(runs.get_by_text("new run").first).to_be_visible()
    assert len(streams) == 2


def test_eight_tabs_that_follow_logs_leave_connections_for_the_rest(new_page, hub):
    """Only the tab in front follows; as all of a headless browser's tabs are in front, most are told that they are not."""
    answer = hub.post("/api/v1/runs", json={"document": WAITS})
    assert answer.status_code == 201, answer.text
    first = new_page("/")
    hide = "Object.defineProperty(document, 'hidden', {get: () => true});" \
           "Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'})"
    pages = []
    for number in range(8):
        page = first.context.new_page()
        if number < 7:
            page.add_init_script(hide)
        page.goto(hub.url(f"/runs/{answer.json()['id']}?task=wait"))
        pages.append(page)
    for page in pages:
        expect(page.get_by_role("button", name="wait").first).to_be_visible()
    expect(pages[7].get_by_text("Waiting 20 s.").first).to_be_visible()
    pages[7].get_by_role("button", name="Cancel").first.click()
    expect(pages[0].get_by_text("Cancelled").first).to_be_visible()


WAITS = """
name: Waits
implementation:
  graph:
    tasks:
      wait:
        componentRef: {name: starter/wait}
        arguments: {seconds: "20"}
"""
