"""Chromium, driven by Playwright's library: pages that are signed in, and a proxy that makes the hub slow or broken."""

import os
import pathlib
import re
import shutil
import socket
import threading
import time

import pytest
from playwright.sync_api import expect, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Without these Chromium asks its maker's servers for this and that at every start.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium():
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert program, "the tests of the pages need Debian's chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def sign_in_link(hub):
    """The link that the hub printed when it started."""
    code = re.findall(r"http://\S*#code=([0-9a-f]+)", hub.log.read_text())[-1]
    return hub.url(f"/#code={code}")


class Complaints(list):
    """What pages wrote to the console as errors, and exceptions that nobody caught."""

    def watch(self, page):
        page.on("pageerror", lambda error: self.append(f"exception: {error}"))
        page.on("console", lambda message: self._console(message))

    def _console(self, message):
        # Answers with an error status are written there by the browser itself; tests of errors look at the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.append(message.text)


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


class FaultyProxy:
    """Stands between a browser and the hub, byte for byte; `mode` is pass, stop (nothing listens), slow (each request
    waits 2 s) or fail (each request is answered 500)."""

    SLOW = 2.0

    def __init__(self, target_port):
        self.target_port = target_port
        self.mode = "pass"
        self.listener = None
        self.connections = set()
        self.lock = threading.Lock()
        self._listen(0)
        self.base = f"http://127.0.0.1:{self.port}"

    def _listen(self, port):
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def set(self, mode):
        """Also cuts what is open, so that the new mode holds for everything."""
        self.mode = mode
        if mode == "stop" and self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept, or one more would get through
            self.listener.close()
            self.listener = None
        elif mode != "stop" and self.listener is None:
            self._listen(self.port)
        with self.lock:
            for each in self.connections:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        self.set("stop")

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        if self.mode == "fail":
            with client:
                client.recv(65536)
                client.sendall(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target_port))
        except OSError:
            client.close()
            return
        with self.lock:
            self.connections |= {client, server}
        back = threading.Thread(target=self._copy, args=(server, client, 0), daemon=True)
        back.start()
        self._copy(client, server, self.SLOW if self.mode == "slow" else 0)
        back.join()
        with self.lock:
            self.connections -= {client, server}
        client.close()
        server.close()

    def _copy(self, source, sink, delay):
        try:
            while chunk := source.recv(65536):
                time.sleep(delay)
                sink.sendall(chunk)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for each in (source, sink):
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


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
