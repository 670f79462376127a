"""Part of `make bench`: the creator with a pipeline of 1,000 tasks and 1,400 edges, in Chromium.

open   from navigation to the first task that is drawn.
drag   what a move of the pointer costs the main thread while one task is dragged, two frames a move.
tidy   the layout alone; and what the whole act costs the main thread, up to the frame that shows it.

Each figure stands beside its budget.
"""

import math
import pathlib
import shutil
import statistics
import subprocess
import sys

from playwright.sync_api import expect, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browser.chromium import FLAGS, sign_in_link  # noqa: E402
from conftest import Hub, Place, Postgres  # noqa: E402

TASKS, EDGES, ROWS = 1000, 1400, 20
ROUNDS = 5
MOVES = 60
OPEN_MS, MOVE_MS, LAYOUT_MS = 1000, 16, 100

FIRST_TASK = """() => new Promise((done) => {
  const look = () => requestAnimationFrame(() =>
    document.querySelector(".react-flow__node") ? requestAnimationFrame(() => done(performance.now())) : look());
  look();
})"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# The middle of the header of a task around the middle of the canvas.
A_TASK = """() => {
  const canvas = document.querySelector(".canvas").getBoundingClientRect();
  const middle = [canvas.left + canvas.width / 2, canvas.top + canvas.height / 2];
  const far = (box) => Math.hypot(box.left - middle[0], box.top - middle[1]);
  const boxes = [...document.querySelectorAll(".react-flow__node")].map((node) => node.getBoundingClientRect());
  const box = boxes.sort((a, b) => far(a) - far(b))[0];
  return [box.left + box.width / 2, box.top + Math.min(12, box.height / 2)];
}"""
LAYOUT = """(text) => {
  const read = model.readDocument(text);
  const size = () => ({ width: 204, height: 115 });
  const begin = performance.now();
  model.layoutDocument(read, new Map(), size);
  return performance.now() - begin;
}"""
MODEL = """
export { readDocument } from "./src/model/document.ts";
export { layoutDocument } from "./src/model/layout.ts";
"""


def pipeline():
    """Columns of ROWS tasks: each takes from its neighbour on the left, some also from the one above that."""
    lines = ["name: Large", "implementation:", "  graph:", "    tasks:"]
    more = EDGES - (TASKS - ROWS)
    output = "{{taskOutput: {{taskId: task-{:04}, outputName: joined}}}}".format
    for i in range(TASKS):
        second = i > ROWS and i % 2 and more > 0
        more -= bool(second)
        lines += [
            f"      task-{i:04}:",
            "        componentRef: {name: starter/concat-text}",
            "        arguments:",
            f"          first: {output(i - ROWS) if i >= ROWS else 'a'}",
            f"          second: {output(i - ROWS - 1) if second else 'b'}",
            "        annotations:",
            f"          editor.position: '{{\"x\":{i // ROWS * 306},\"y\":{i % ROWS * 162}}}'",
        ]
    return "\n".join(lines) + "\n"


def main_thread(session):
    """Milliseconds that the page's main thread has worked so far."""
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return metrics["TaskDuration"] * 1e3


def cost(page, session, act):
    before = main_thread(session)
    act()
    page.evaluate(TWO_FRAMES)
    return main_thread(session) - before


def settled(page):
    """The draft is saved and checked: nothing else is at work."""
    expect(page.locator(".problems")).to_contain_text("checked in")
    expect(page.locator(".save")).to_contain_text("Saved")
    page.wait_for_timeout(1500)


def bench_open(page, url):
    times = []
    for _ in range(ROUNDS):
        page.goto("about:blank")
        page.goto(url, wait_until="commit")
        times.append(page.evaluate(FIRST_TASK))
    return times


def bench_drag(page, session):
    x, y = page.evaluate(A_TASK)
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(5):  # the first moves only begin the dragging
        page.mouse.move(x + i, y + i)
    page.evaluate(TWO_FRAMES)
    costs = [cost(page, session, lambda i=i: page.mouse.move(x + 20 + 2 * i, y + 20 + i)) for i in range(MOVES)]
    page.mouse.up()
    return sorted(costs)


def bench_layout(browser, text):
    bundle = subprocess.run(
        ["node_modules/.bin/esbuild", "--bundle", "--minify", "--global-name=model", "--loader=ts"],
        input=MODEL, cwd=ROOT / "static", check=True, capture_output=True, text=True,
    ).stdout
    page = browser.new_page()
    page.add_script_tag(content=bundle)
    times = [page.evaluate(LAYOUT, text) for _ in range(ROUNDS)]
    page.close()
    return times


def report(name, text, budget, *values):
    ratios = ", ".join(f"{value / budget:.2f}" for value in values)
    print(f"{name:<9} {text}   budget {budget:,} ms, ratio {ratios}")


def bench(hub, browser):
    text = pipeline()
    draft = hub.post("/api/v1/drafts", json={"document": text, "title": "Large"}).json()["id"]
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(sign_in_link(hub))
    expect(page.get_by_text("Signed in").first).to_be_visible()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    times = bench_open(page, hub.url(f"/creator/{draft}"))
    value = statistics.median(times)
    rounds = f"rounds {min(times):.0f} to {max(times):.0f}"
    report("open", f"first of {TASKS:,} tasks after {value:.0f} ms ({rounds})", OPEN_MS, value)

    settled(page)
    costs = bench_drag(page, session)
    median, p95 = statistics.median(costs), costs[math.ceil(0.95 * len(costs)) - 1]
    report("drag", f"a move {median:.1f} ms, p95 {p95:.1f} ms", MOVE_MS, median, p95)

    settled(page)
    value = statistics.median(bench_layout(browser, text))
    page.locator("section.canvas").focus()
    act = cost(page, session, lambda: page.keyboard.press("Shift+L"))
    report("tidy", f"layout {value:.0f} ms, the whole act {act:.0f} ms", LAYOUT_MS, value)


def main():
    place = Place()
    postgres = Postgres(place)
    hub = Hub(place, postgres, "bench", "--print-link", "--no-access-log")
    try:
        hub.command("migrate")
        hub.command("import", "--quiet", place.share / "catalog" / "starter")
        hub.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            bench(hub, browser)
            browser.close()
    finally:
        hub.stop()
        postgres.stop("immediate")
        shutil.rmtree(place.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
