"""What watches a hub from outside: events, logs that are followed, processes on this machine, and waiting."""

import contextlib
import json
import pathlib
import threading
import time

import requests


def wait_for(condition, what, timeout=30):
    """Calls it until it gives something true, and gives that."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {timeout} s in vain for {what}")


def processes_with(text):
    """Process ids whose command line has the text."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if text.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found


class Events:
    """GET /api/v1/events on a thread: `seen` has the events, in the order in which they came."""

    def __init__(self, hub, topic, after=None):
        headers = {"Last-Event-ID": after} if after else {}
        self.seen, self.ids = [], []
        self.answer = requests.get(
            hub.url(f"/api/v1/events?topic={topic}"), headers=headers, stream=True, timeout=60
        )
        assert self.answer.status_code == 200, self.answer.text
        assert self.answer.headers["Content-Type"].startswith("text/event-stream")
        self._lines = self.answer.iter_lines(chunk_size=1)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._greeted = threading.Event()
        self._thread.start()
        assert self._greeted.wait(10), "the stream did not begin"

    def _read(self):
        with contextlib.suppress(requests.RequestException, AttributeError, ValueError):
            for line in self._lines:
                if line.startswith(b"id: "):
                    self.ids.append(line[4:].decode())
                elif line.startswith(b"data: "):
                    self.seen.append(json.loads(line[6:]))
                elif not line:
                    self._greeted.set()

    def wait(self, wanted, timeout=30):
        """The first event that `wanted` says yes to."""
        return wait_for(lambda: next((e for e in list(self.seen) if wanted(e)), None), "an event", timeout)

    def close(self):
        self.answer.close()


def logs(hub, run, **query):
    answer = hub.get(f"/api/v1/runs/{run}/logs", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")
    return answer.content
