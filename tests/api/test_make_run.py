"""`make run`: what scripts/run.sh does after building, as whoever runs the tests and, for root, as an ordinary user."""

import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = ROOT / os.environ.get("COMPONENT_HUB", "build/sanitize/component-hub")


class Running:
    def __init__(self, folder, prefix=(), environment=None):
        self.folder = folder
        self.out = folder / "out"
        environment = os.environ | {"COMPONENT_HUB_LISTEN": "127.0.0.1:0"} | (environment or {})
        environment.pop("DATABASE_URL", None)
        with open(self.out, "wb") as out:
            self.process = subprocess.Popen(
                [*prefix, str(folder / "scripts" / "run.sh")], cwd=folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )

    def wait_for(self, pattern, seconds=90):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = re.search(pattern, self.out.read_text(errors="replace"))
            if found:
                return found
            assert self.process.poll() is None, self.out.read_text(errors="replace")
            time.sleep(0.05)
        raise AssertionError(f"no {pattern!r} in\n" + self.out.read_text(errors="replace"))

    def stop(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


def tree():
    """What a clone has after building, in a folder that everybody can reach."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hub-run-", dir="/tmp"))
    for name in ("scripts", "migrations", "build/static", "catalog/starter"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "build" / "release").mkdir()
    shutil.copy2(BINARY, folder / "build" / "release" / "component-hub")
    os.chmod(folder, 0o755)
    return folder


def servers_below(folder):
    out = subprocess.run(["pgrep", "-af", str(folder)], capture_output=True, text=True).stdout
    return [line for line in out.splitlines() if "postgres" in line or "component-hub" in line]


def try_it(running):
    link = running.wait_for(r"Sign the browser in:\s+(http://\S+)/#code=(\S+)")
    url, code = link.groups()
    page = requests.get(url + "/", timeout=10)
    assert page.status_code == 200 and "Component Hub" in page.text
    session = requests.Session()
    answer = session.post(url + "/api/v1/session", json={"code": code}, headers={"Origin": url}, timeout=10)
    assert answer.status_code == 200
    assert session.get(url + "/api/v1/session", timeout=10).json()["authenticated"] is True
    kinds = {item["kind"] for item in requests.get(url + "/api/v1/assets?limit=200", timeout=10).json()["items"]}
    assert kinds == {"component", "pipeline", "model", "notebook", "operator", "dataset"}
    return url


@pytest.fixture
def clone():
    folder = tree()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_it_serves_prints_a_link_that_signs_in_and_stops_cleanly_on_sigterm_and_starts_again(clone):
    for _ in range(2):
        running = Running(clone)
        try:
            try_it(running)
        finally:
            code = running.stop(signal.SIGTERM)
        assert code == 143
        assert servers_below(clone) == []
    assert "Making a private PostgreSQL cluster" not in running.out.read_text(), "the second start keeps the database"


def test_ctrl_c_stops_everything(clone):
    running = Running(clone)
    try:
        running.wait_for("Sign the browser in")
    finally:
        os.killpg(running.process.pid, signal.SIGINT)
        running.process.wait(60)
    assert servers_below(clone) == []


def test_a_second_hub_on_the_same_state_is_refused(clone):
    running = Running(clone)
    try:
        running.wait_for("Sign the browser in")
        second = subprocess.run(
            [clone / "scripts" / "run.sh"], cwd=clone, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert second.returncode == 1 and "already runs" in second.stderr
    finally:
        running.stop(signal.SIGTERM)


@pytest.mark.skipif(os.geteuid() != 0, reason="these are already the tests of an ordinary user")
def test_an_ordinary_user_needs_no_root(clone):
    user = pwd.getpwnam("nobody")
    for path in [clone, *clone.rglob("*")]:
        os.chown(path, user.pw_uid, user.pw_gid)
    prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    running = Running(clone, prefix, {"HOME": str(clone)})
    try:
        try_it(running)
        assert (clone / "var" / "postgres" / "PG_VERSION").exists()
    finally:
        running.stop(signal.SIGTERM)
    assert servers_below(clone) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a user to step down to")
def test_as_root_in_a_folder_that_the_service_user_cannot_reach_the_state_goes_to_var_lib(clone):
    os.chmod(clone, 0o700)
    elsewhere = pathlib.Path(tempfile.mkdtemp(prefix="hub-state-", dir="/tmp"))
    running = Running(clone, (), {"STATE": str(elsewhere / "state")})
    try:
        os.chmod(elsewhere, 0o755)
        try_it(running)
        owner = (elsewhere / "state" / "postgres").stat().st_uid
        assert pwd.getpwuid(owner).pw_name == "component-hub"
        assert not (clone / "var").exists()
    finally:
        running.stop(signal.SIGTERM)
        shutil.rmtree(elsewhere, ignore_errors=True)
