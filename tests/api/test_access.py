"""From the side of an attacker: without a token, with a wrong one, from another site's page, under another
name, with bodies that a form can send, and with published bytes that want to be a page.
"""

import os
import re
import stat
import subprocess

import pytest
import requests

from documents import component, fresh, script_pipeline, text_of, tgz
from watching import wait_for

JSON = {"Content-Type": "application/json"}


def changing_calls(name):
    """Every call that changes something: method, path, body. None of them may do anything here."""
    asset = f"/api/v1/assets/default/component/{name}"
    run = "/api/v1/runs/00000000-0000-7000-8000-000000000000"
    return [
        ("POST", "/api/v1/assets", text_of(component("never"))),
        ("PATCH", asset, '{"title": "taken over"}'),
        ("DELETE", asset, ""),
        ("DELETE", asset + "/versions/1.0.0", ""),
        ("PUT", asset + "/tags/evil", '{"version": "1.0.0"}'),
        ("DELETE", asset + "/tags/good", ""),
        ("POST", "/api/v1/runs", '{"pipeline": "starter/sequential"}'),
        ("DELETE", run, ""),
        ("POST", run + "/cancel", ""),
        ("POST", run + "/retry", ""),
        ("POST", run + "/archive", ""),
    ]


@pytest.fixture(scope="module")
def asset(hub):
    """An asset that nobody here may change."""
    name = fresh("guarded")
    version = hub.publish(text_of(component(name))).json()
    url = f"/api/v1/assets/default/component/{name}"
    assert (
        hub.call("PUT", url + "/tags/good", json={"version": "1.0.0"}, headers={"If-Match": "*"}).status_code
        == 200
    )
    yield version
    now = hub.get(url).json()
    assert now["tags"] == {"good": "1.0.0"} and now["title"] == name and now["versions"] == 1


def refuses(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["code"] == code
    return answer


def sign_in_code(hub):
    """What the link that the hub prints has behind its #."""
    found = wait_for(
        lambda: re.search(r"http://\S+/#code=([0-9a-f]+)", hub.log.read_text()), "the printed link", 5
    )
    return found.group(1)


# ---- no token, a wrong one


def test_reading_is_open_on_loopback(hub, asset):
    for path in (
        "/api/v1/assets",
        "/api/v1/runs",
        "/api/v1/engines",
        "/api/v1/openapi.yaml",
        "/healthz",
        "/metrics",
    ):
        assert hub.get(path).status_code == 200, path


def test_nothing_is_changed_without_a_token(hub, asset):
    for method, path, body in changing_calls(asset["name"]):
        answer = hub.call(method, path, auth=False, data=body, headers=JSON | {"If-Match": "*"})
        refuses(answer, 401, "sign_in")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("kind", ["other", "short", "long", "upper", "empty", "basic", "in the query", "two"])
def test_nothing_is_changed_with_a_wrong_token(hub, asset, kind):
    token = hub.token_cached
    headers = {
        "other": {"Authorization": "Bearer " + "0" * 64},
        "short": {"Authorization": "Bearer " + token[:-1]},
        "long": {"Authorization": "Bearer " + token + "0"},
        "upper": {"Authorization": "Bearer " + token.swapcase()} if not token.isdigit() else {},
        "empty": {"Authorization": "Bearer "},
        "basic": {"Authorization": "Basic " + token},
        "in the query": {},
        "two": {"Authorization": f"Bearer {'0' * 64}, Bearer {token}"},
    }[kind]
    query = f"?access_token={token}&token={token}" if kind == "in the query" else ""
    for method, path, body in changing_calls(asset["name"]):
        answer = hub.call(
            method, path + query, auth=False, data=body, headers=JSON | headers | {"If-Match": "*"}
        )
        refuses(answer, 401, "sign_in")


def test_the_token_is_readable_by_its_owner_only(hub):
    mode = stat.S_IMODE(os.stat(hub.state / "token").st_mode)
    assert mode == 0o600
    assert re.fullmatch(r"[0-9a-f]{64}", hub.token)


def test_a_hub_does_not_start_with_a_token_that_others_can_read(make_hub):
    hub = make_hub()
    assert hub.stop() == 0
    os.chmod(hub.state / "token", 0o644)
    done = hub.command("serve", "--listen", "127.0.0.1:0", check=False)
    assert done.returncode == 2 and "token" in done.stderr
    os.chmod(hub.state / "token", 0o600)


# ---- sessions of browsers


@pytest.fixture(scope="module")
def browser_hub(hub, place, postgres):
    """Another hub, which printed its link."""
    hub = type(hub)(place, postgres, "browsers", "--print-link")
    hub.command("migrate")
    hub.start()
    yield hub
    assert hub.stop() == 0


def test_the_printed_link_signs_a_browser_in(browser_hub):
    hub = browser_hub
    answer = hub.post("/api/v1/session", auth=False, json={"code": sign_in_code(hub)})
    assert answer.status_code == 200 and answer.json()["authenticated"] is True
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("component_hub_session=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    jar = {"Cookie": cookie.partition(";")[0], "Origin": hub.url("")}
    assert hub.get("/api/v1/session", headers=jar).json()["authenticated"] is True
    answer = hub.call(
        "POST", "/api/v1/assets", auth=False, data=text_of(component(fresh())),
        headers=jar | {"Content-Type": "application/yaml"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("code", ["", "0" * 32, "x", "' or ''='"])
def test_a_wrong_code_signs_nobody_in(browser_hub, code):
    answer = browser_hub.post("/api/v1/session", auth=False, json={"code": code})
    refuses(answer, 401, "bad_code")
    assert "Set-Cookie" not in answer.headers


def test_a_cookie_that_was_changed_or_made_up_is_nobodys(browser_hub):
    hub = browser_hub
    answer = hub.post("/api/v1/session", auth=False, json={"code": sign_in_code(hub)})
    name, _, value = answer.headers["Set-Cookie"].partition(";")[0].partition("=")
    changed = value[:-1] + ("0" if value[-1] != "0" else "1")
    later = re.sub(r"\d{10}", "9999999999", value, count=1)
    assert later != value
    for forged in (changed, later, "", "1", value + "0", "1.9999999999." + "0" * 64):
        headers = {"Cookie": f"{name}={forged}", "Origin": hub.url("")}
        assert hub.get("/api/v1/session", headers=headers).json()["authenticated"] is False, forged
        answer = hub.call("POST", "/api/v1/assets", auth=False, data="x", headers=headers)
        refuses(answer, 401, "sign_in")


def test_the_cookie_of_one_hub_is_nothing_to_another(browser_hub, hub):
    answer = browser_hub.post("/api/v1/session", auth=False, json={"code": sign_in_code(browser_hub)})
    jar = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0], "Origin": hub.url("")}
    assert hub.get("/api/v1/session", headers=jar).json()["authenticated"] is False


def test_a_cookie_alone_does_not_change_anything(browser_hub):
    hub = browser_hub
    answer = hub.post("/api/v1/session", auth=False, json={"code": sign_in_code(hub)})
    jar = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0], "Content-Type": "application/yaml"}
    refuses(hub.call("POST", "/api/v1/assets", auth=False, data="x: y", headers=jar), 403, "origin_needed")


def test_signing_out_takes_the_cookie_back(browser_hub):
    hub = browser_hub
    answer = hub.post("/api/v1/session", auth=False, json={"code": sign_in_code(hub)})
    jar = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0], "Origin": hub.url("")}
    out = hub.call("DELETE", "/api/v1/session", auth=False, headers=jar)
    assert out.status_code == 204 and "Max-Age=0" in out.headers["Set-Cookie"]


# ---- other people's pages


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://localhost:1"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_pages_of_others_change_nothing_even_with_the_token(hub, asset, headers):
    for method, path, body in changing_calls(asset["name"]):
        answer = hub.call(method, path, data=body, headers=JSON | headers | {"If-Match": "*"})
        refuses(answer, 403, "foreign_origin")
    for path in ("/api/v1/compile", "/api/v1/check", "/api/v1/convert", "/api/v1/lint", "/api/v1/session"):
        answer = hub.call("POST", path, auth=False, data="{}", headers=JSON | headers)
        refuses(answer, 403, "foreign_origin")
    refuses(hub.call("DELETE", "/api/v1/session", headers=headers), 403, "foreign_origin")


def test_our_own_page_may(hub):
    for headers in ({"Origin": hub.url("")}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        answer = hub.call(
            "POST", "/api/v1/assets", data=text_of(component(fresh())),
            headers={"Content-Type": "application/yaml"} | headers,
        )  # fmt: skip
        assert answer.status_code == 201, answer.text


def test_answers_are_not_shared_with_other_origins(hub):
    answer = hub.get("/api/v1/assets", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    asked = hub.call(
        "OPTIONS", "/api/v1/assets", auth=False,
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )  # fmt: skip
    assert not [name for name in asked.headers if name.lower().startswith("access-control-")]


# ---- other names (DNS rebinding)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "0.0.0.0",
        "[::2]",
        "192.168.0.1",
        "localhost@evil.example",
        "127.0.0.1:{port}:1",
        "2130706433",
        "127.1",
    ],
)
def test_a_name_that_is_not_ours_is_not_answered(hub, host):
    for path in ("/api/v1/assets", "/", "/healthz", "/api/v1/session"):
        answer = hub.get(path, headers={"Host": host.format(port=hub.port)})
        assert answer.status_code in (400, 421), (path, answer.status_code)
        assert "component" not in answer.text.lower() or answer.headers["Content-Type"].startswith(
            "application/problem"
        )


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:{port}", "127.0.0.1", "[::1]:{port}", "LOCALHOST", "localhost."]
)
def test_names_of_loopback_are_answered(hub, host):
    assert hub.get("/api/v1/assets", headers={"Host": host.format(port=hub.port)}).status_code == 200


def test_further_names_are_allowed_by_a_flag(make_hub):
    hub = make_hub("--allowed-host", "hub.example, other.example")
    for host in ("hub.example", "other.example:8080", "localhost"):
        assert hub.get("/api/v1/assets", headers={"Host": host}).status_code == 200, host
    assert hub.get("/api/v1/assets", headers={"Host": "sub.hub.example"}).status_code == 421


# ---- bodies that a form can send


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "TEXT/plain; charset=utf-8"]
)
def test_bodies_of_forms_are_not_taken(hub, asset, media):
    for method, path, body in changing_calls(asset["name"]):
        answer = hub.call(method, path, data=body or "a=b", headers={"Content-Type": media, "If-Match": "*"})
        refuses(answer, 415, "media_type")
    for path in ("/api/v1/compile", "/api/v1/check", "/api/v1/convert", "/api/v1/lint", "/api/v1/session"):
        answer = hub.call("POST", path, auth=False, data="{}", headers={"Content-Type": media})
        refuses(answer, 415, "media_type")


def test_multipart_is_taken_when_publishing_only(hub, asset):
    files = {"file": ("component.yaml", text_of(component(fresh())))}
    for method, path, _ in changing_calls(asset["name"])[1:]:
        refuses(hub.call(method, path, files=files, headers={"If-Match": "*"}), 415, "media_type")
    for path in ("/api/v1/compile", "/api/v1/session"):
        refuses(hub.call("POST", path, auth=False, files=files), 415, "media_type")
    assert hub.call("POST", "/api/v1/assets", files=files).status_code == 201


# ---- secrets stay secret


def test_the_token_is_in_no_log_and_no_answer(make_hub):
    hub = make_hub(settings={"COMPONENT_HUB_LOG_LEVEL": "debug"})
    token = hub.token
    hub.publish(text_of(component("logged")))
    hub.get(f"/api/v1/assets?token={token}&q={token}")
    hub.call("POST", f"/api/v1/assets?access_token={token}", data="x")
    hub.post("/api/v1/session", auth=False, json={"code": token})
    run = hub.post("/api/v1/runs", json={"document": script_pipeline("env; cat /proc/1/cmdline")}).json()[
        "id"
    ]
    hub.wait_run(run)
    assert token not in hub.get(f"/api/v1/runs/{run}/logs").text
    assert token not in hub.get("/metrics").text
    hub.stop()
    assert token not in hub.log.read_text()
    assert hub.database not in hub.log.read_text()


# ---- published bytes


PAGE = """\
# <!doctype html><html><script>fetch('/api/v1/assets', {method: 'POST'})</script></html>
name: %s
description: "<script>alert(1)</script><img src=x onerror=alert(1)>"
implementation:
  container:
    image: debian:12
    command: [echo, "<script>alert(document.cookie)</script>"]
"""


def harmless(answer):
    """What keeps a browser from making a page of it."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "allow-scripts" not in policy
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "html" not in answer.headers["Content-Type"] and "svg" not in answer.headers["Content-Type"]


def test_published_bytes_are_never_served_as_a_page(hub):
    name = fresh("page")
    version = hub.publish(PAGE % name)
    assert version.status_code == 201, version.text
    base = f"/api/v1/assets/default/component/{name}/versions/1.0.0"
    for accept in ("text/html", "*/*", "image/svg+xml"):
        content = hub.get(base + "/content", headers={"Accept": accept})
        harmless(content)
        assert content.text == PAGE % name
        harmless(hub.get(base + "/download", headers={"Accept": accept}))
    for shape in (hub.get(base), hub.get(f"/api/v1/assets?q={name}")):
        assert shape.headers["Content-Type"].startswith("application/json")
        assert shape.headers["X-Content-Type-Options"] == "nosniff"


def test_an_html_file_is_no_asset(hub):
    answer = hub.post(
        "/api/v1/assets", files={"file": ("index.html", b"<!doctype html><script>1</script>", "text/html")}
    )
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_file_names_do_not_break_out_of_the_header(hub):
    name = fresh("quoted")
    data = tgz({'compo"nent\\.yaml': text_of(component(name)).encode()})
    answer = hub.publish(data)
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 201:
        content = hub.get(f"/api/v1/assets/default/component/{name}/versions/1.0.0/content")
        assert re.fullmatch(r'attachment; filename="[^"\\]*"', content.headers["Content-Disposition"])


def test_manifests_and_logs_are_never_served_as_a_page(hub, finish):
    run = finish(script_pipeline("echo '<script>alert(1)</script>'"))["id"]
    harmless(hub.get(f"/api/v1/runs/{run}/logs"))
    harmless(hub.get(f"/api/v1/runs/{run}/manifest"))


def test_the_application_runs_under_a_strict_policy(hub):
    answer = hub.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "path", ["/../etc/passwd", "/%2e%2e/migrations/0001_initial.sql", "/..%2fmigrations", "/.git/config"]
)
def test_files_beside_the_application_are_not_served(hub, path):
    answer = requests.Session().send(_raw(hub, path), timeout=10)
    assert answer.status_code in (400, 404), answer.status_code


def _raw(hub, path):
    """A request whose path is sent as it stands."""
    request = requests.Request("GET", hub.url("/")).prepare()
    request.url = hub.url(path)
    return request


# ---- no authentication at all


def test_without_authentication_anybody_on_loopback_may_and_it_is_told(make_hub):
    hub = make_hub("--auth", "none")
    answer = hub.call("POST", "/api/v1/assets", auth=False, data=text_of(component(fresh())),
                      headers={"Content-Type": "application/yaml"})  # fmt: skip
    assert answer.status_code == 201
    foreign = hub.call(
        "POST", "/api/v1/assets", auth=False, data="{}", headers=JSON | {"Origin": "https://evil.example"}
    )
    refuses(foreign, 403, "foreign_origin")
    assert any(e["level"] == "warn" and "anybody" in e["msg"] for e in hub.entries())


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
def test_without_authentication_it_does_not_listen_beyond_loopback(make_hub, address):
    hub = make_hub()
    hub.stop()
    try:
        done = hub.place.run(
            hub.place.binary,
            "serve",
            "--auth",
            "none",
            "--listen",
            address,
            env=hub.environment(),
            check=False,
            timeout=20,
        )
    except subprocess.TimeoutExpired:
        pytest.fail("it went on to serve")
    assert done.returncode == 2
    assert "loopback" in done.stderr


def test_beyond_loopback_reading_needs_the_token_as_well(make_hub):
    hub = make_hub()
    hub.stop()
    hub.host, hub.port = "0.0.0.0", 0
    hub.start(wait_ready=False)
    hub.host = "127.0.0.1"
    for path in ("/api/v1/assets", "/api/v1/runs", "/metrics", "/api/v1/events?topic=runs"):
        refuses(hub.get(path), 401, "sign_in")
        assert hub.get(path.replace("events?topic=runs", "engines"), auth=True).status_code == 200
    yaml = {"data": "a: 1", "headers": {"Content-Type": "application/yaml"}}
    for path in ("/api/v1/check", "/api/v1/lint"):
        refuses(hub.post(path, auth=False, **yaml), 401, "sign_in")
        assert hub.post(path, **yaml).status_code == 200
    assert hub.get("/healthz").status_code == 200
    assert hub.get("/api/v1/session").json()["authenticated"] is False
