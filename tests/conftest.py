"""What the tests that drive the real binary share: a private PostgreSQL, hubs on free ports, a small client.

Everything runs below one temporary folder, on loopback or unix sockets, and is stopped by pid. As root the servers run
as the system user `component-hub`, as `make run` does, with a copy of the program where that user can reach it.
"""

import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parent.parent
POSTGRES_BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
USER = "component-hub"


def _binary():
    default = "build/sanitize/component-hub"
    return pathlib.Path(os.environ.get("COMPONENT_HUB", ROOT / default)).resolve()


def corpus_folder():
    """The folder of other people's files, or None."""
    given = os.environ.get("CORPUS") or str(ROOT.parent / "shared" / "corpus")
    path = pathlib.Path(given)
    return path.resolve() if path.is_dir() else None


@pytest.fixture(scope="session")
def corpus():
    folder = corpus_folder()
    if folder is None:
        pytest.skip("no CORPUS folder with other people's files")
    return folder


class Place:
    """A temporary folder, and who runs there."""

    def __init__(self):
        self.root = os.geteuid() == 0
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hub-test-", dir="/tmp"))
        self.prefix = []
        if self.root:
            try:
                pwd.getpwnam(USER)
            except KeyError:
                subprocess.run(
                    ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER], check=True
                )
            self.prefix = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"]
            self.own(self.folder)
        self.binary = self.folder / "component-hub"
        shutil.copy2(_binary(), self.binary)
        self.share = self.folder / "share"
        subprocess.run([ROOT / "scripts" / "share.sh", self.share], check=True)
        os.chmod(self.folder, 0o755)

    def own(self, path):
        if self.root:
            shutil.chown(path, USER, USER)

    def make(self, name):
        path = self.folder / name
        path.mkdir(mode=0o700)
        self.own(path)
        return path

    def environment(self, **more):
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS", "CORPUS")}
        kept.setdefault("LANG", "C.UTF-8")
        return kept | more

    def run(self, *command, check=True, **keywords):
        keywords.setdefault("env", self.environment())
        keywords.setdefault("cwd", self.folder)
        done = subprocess.run([*self.prefix, *map(str, command)], text=True, capture_output=True, **keywords)
        assert not check or done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self, *command, **keywords):
        keywords.setdefault("env", self.environment())
        keywords.setdefault("cwd", self.folder)
        return subprocess.Popen([*self.prefix, *map(str, command)], **keywords)


@pytest.fixture(scope="session")
def place():
    place = Place()
    yield place
    shutil.rmtree(place.folder, ignore_errors=True)


class Postgres:
    def __init__(self, place, name="postgres"):
        self.place = place
        self.data = place.folder / name
        self.socket = place.make(name + "-socket")
        place.run(POSTGRES_BIN / "initdb", "-D", self.data, "--encoding=UTF8", "--locale=C.UTF-8", "--auth=peer")
        self.start()

    def start(self):
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.socket}' -c fsync=off -c max_connections=60"
        # The server must not hold our pipes open, or reading them to the end never returns: see _pg_ctl.
        self._pg_ctl("-l", str(self.data) + ".log", "-o", options, "start")

    def _pg_ctl(self, *arguments):
        subprocess.run(
            [*self.place.prefix, str(POSTGRES_BIN / "pg_ctl"), "-D", str(self.data), "-w", "-s", *arguments],
            check=True, env=self.place.environment(), cwd=self.place.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    def stop(self, mode="fast"):
        self._pg_ctl("-m", mode, "stop")

    def sql(self, text, database="postgres"):
        done = self.place.run("psql", "-h", self.socket, "-d", database, "-AtqX", "-v", "ON_ERROR_STOP=1", "-c", text)
        return done.stdout.strip()

    def create(self, name):
        self.sql(f'create database "{name}"')
        return "postgresql:///" + name + "?host=" + str(self.socket).replace("/", "%2F")


@pytest.fixture(scope="session")
def postgres(place):
    server = Postgres(place)
    yield server
    server.stop("immediate")


class Hub:
    """A running `component-hub serve`."""

    def __init__(self, place, postgres, name, *flags, database=None, settings=None):
        self.place, self.postgres, self.name, self.flags = place, postgres, name, flags
        self.settings = settings or {}
        self.database_name = name
        self.database = database or postgres.create(name)
        self.state = place.make(name)
        self.log = place.folder / f"{name}.log"
        self.host = "127.0.0.1"
        self.port = 0
        self.process = None

    def environment(self):
        return self.place.environment(
            COMPONENT_HUB_DATABASE=self.database,
            COMPONENT_HUB_STATE=str(self.state),
            COMPONENT_HUB_SHARE=str(self.place.share),
            COMPONENT_HUB_LOG_FORMAT="json",
            **self.settings,
        )

    def command(self, *arguments, check=True):
        return self.place.run(self.place.binary, *arguments, env=self.environment(), check=check)

    def start(self, wait_ready=True):
        start = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = self.place.start(
                self.place.binary, "serve", "--listen", f"{self.host}:{self.port}", *self.flags,
                env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for entry in self.entries(start):
                if entry.get("msg") == "listening":
                    self.port = entry["port"]
                    if wait_ready:
                        self._wait_ready(deadline)
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError("the hub did not start:\n" + self.log.read_text()[-4000:])

    def _wait_ready(self, deadline):
        while time.monotonic() < deadline:
            if requests.get(self.url("/readyz"), timeout=10).status_code == 200:
                return
            time.sleep(0.05)
        raise AssertionError("the hub did not become ready:\n" + self.log.read_text()[-4000:])

    def entries(self, start=0):
        """What it logged, one dictionary a line; lines of other kinds are left out."""
        out = []
        for line in self.log.read_bytes()[start:].decode(errors="replace").splitlines():
            try:
                out.append(json.loads(line))
            except ValueError:
                continue
        return [entry for entry in out if isinstance(entry, dict)]

    @property
    def token(self):
        return self.place.run("cat", self.state / "token").stdout.strip()

    def url(self, path):
        return f"http://{self.host}:{self.port}{path}"

    def call(self, method, path, auth=True, **keywords):
        headers = dict(keywords.pop("headers", {}))
        if auth:
            headers.setdefault("Authorization", f"Bearer {self.token_cached}")
        keywords.setdefault("timeout", 60)
        return requests.request(method, self.url(path), headers=headers, **keywords)

    @property
    def token_cached(self):
        if not hasattr(self, "_token"):
            self._token = self.token
        return self._token

    def get(self, path, **keywords):
        return self.call("GET", path, auth=keywords.pop("auth", False), **keywords)

    def post(self, path, **keywords):
        return self.call("POST", path, **keywords)

    def publish(self, data, **query):
        if isinstance(data, str):
            data = data.encode()
        return self.call(
            "POST", "/api/v1/assets", params=query, data=data, headers={"Content-Type": "application/octet-stream"}
        )

    def wait_run(self, run, timeout=60):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            answer = self.get(f"/api/v1/runs/{run}").json()
            if answer["state"] in ("succeeded", "failed", "cancelled", "timed_out", "skipped"):
                return answer
            time.sleep(0.1)
        raise AssertionError(f"run {run} did not end: {answer}")

    def stop(self, number=signal.SIGTERM, timeout=40):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout)
        self.process = None
        return code


@pytest.fixture(scope="session")
def hub(place, postgres):
    """One hub for the tests that do not stop it, with the starter catalog."""
    hub = Hub(place, postgres, "shared", "--print-link")
    hub.command("migrate")
    hub.command("import", "--quiet", place.share / "catalog" / "starter")
    hub.start()
    yield hub
    code = hub.stop()
    assert code == 0, hub.log.read_text()[-4000:]
    assert "ERROR: AddressSanitizer" not in hub.log.read_text() and "runtime error:" not in hub.log.read_text()


@pytest.fixture
def make_hub(place, postgres, request):
    """Makes hubs of one's own: make_hub(*flags, settings={…}); stopped at the end."""
    made = []

    def make(*flags, migrate=True, wait_ready=True, **keywords):
        name = "h" + str(abs(hash(request.node.nodeid)) % 10**10) + f"x{len(made)}"
        hub = Hub(place, postgres, name, *flags, **keywords)
        made.append(hub)
        if migrate:
            hub.command("migrate")
        return hub.start(wait_ready)

    yield make
    for hub in made:
        hub.stop(signal.SIGKILL)


@pytest.fixture
def verdicts_of_tekton():
    """verdicts_of_tekton(path): what Tekton's own code says of each document, "accepted" or why not."""
    oracle = os.environ.get("TEKTON_ORACLE")
    if not oracle:
        assert os.environ.get("CI") != "true", "CI needs TEKTON_ORACLE, a program with Tekton's own code"
        pytest.skip("no TEKTON_ORACLE: Tekton's own code was not asked")

    def ask(path):
        done = subprocess.run([oracle, "-gate", "beta", str(path)], capture_output=True, text=True)
        said = [json.loads(line) for line in done.stdout.splitlines()]
        return ["accepted" if each["verdict"] == "accepted" else each["message"] for each in said]

    return ask
