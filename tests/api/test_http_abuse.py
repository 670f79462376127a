"""Hostile, broken and odd requests over a raw socket, each with the answer that is safe.

What a lenient server and a proxy in front of it could read differently must be refused, with the connection closed;
whatever was sent behind it must never be answered.
"""

import json
import re
import socket
import time

import pytest

JSON = b"Content-Type: application/json\r\n"
SECOND = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Answer:
    def __init__(self, raw, closed):
        self.raw, self.closed = raw, closed
        self.statuses = [int(s) for s in re.findall(rb"HTTP/1\.1 (\d{3}) ", raw)]
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")[1:]
        self.headers = {}
        for line in lines:
            name, _, value = line.partition(b":")
            self.headers[name.decode().lower()] = value.strip().decode()

    @property
    def status(self):
        return self.statuses[0] if self.statuses else None

    @property
    def problem(self):
        return json.loads(self.body)


def connect(hub):
    s = socket.create_connection((hub.host, hub.port), timeout=5)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def read_rest(s, wait):
    """What comes until the server closes, or nothing more comes for `wait` seconds."""
    out, closed = b"", False
    s.settimeout(wait)
    try:
        while data := s.recv(65536):
            out += data
        closed = True
    except TimeoutError:
        pass
    except ConnectionResetError:
        closed = True
    return Answer(out, closed)


def send(hub, data, wait=0.5):
    with connect(hub) as s:
        s.sendall(data)
        return read_rest(s, wait)


def host(hub):
    return f"Host: {hub.host}:{hub.port}\r\n".encode()


def get(hub, target, *headers, method=b"GET", wait=2, connection=b"Connection: close\r\n"):
    head = method + b" " + target + b" HTTP/1.1\r\n" + host(hub) + connection
    return send(hub, head + b"".join(h + b"\r\n" for h in headers) + b"\r\n", wait)


def post(hub, target, body, *headers, wait=2):
    head = b"POST " + target + b" HTTP/1.1\r\n" + host(hub) + b"".join(h + b"\r\n" for h in headers)
    return send(hub, head + b"Content-Length: %d\r\n\r\n" % len(body) + body, wait)


def bearer(hub):
    return b"Authorization: Bearer " + hub.token.encode()


def alive(hub):
    return get(hub, b"/healthz").status == 200


def check_house(answer):
    """What every answer has, the ones made by the library below us too."""
    h = answer.headers
    assert h["server"] == "component-hub"
    assert h["x-content-type-options"] == "nosniff"
    assert h["referrer-policy"] == "no-referrer"
    assert "default-src" in h["content-security-policy"]
    assert not [name for name in h if name.startswith("access-control-")]


def check_problem(answer, status, code=None):
    assert answer.statuses == [status], answer.raw[:400]
    assert answer.headers["content-type"] == "application/problem+json"
    p = answer.problem
    assert set(p) <= {"type", "title", "status", "detail", "instance", "code", "hint", "problems"}
    assert p["status"] == status and p["title"] and p["detail"] and p["problems"] == []
    assert p["type"] == "/problems/" + p["code"]
    if code:
        assert p["code"] == code
    check_house(answer)


# ---- framing: refused, closed, and what follows is not answered

AMBIGUOUS = {
    "length and chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
    "the same length twice": b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "list of lengths": b"Content-Length: 2, 2\r\n\r\n{}",
    "signed length": b"Content-Length: +2\r\n\r\n{}",
    "negative length": b"Content-Length: -1\r\n\r\n",
    "hexadecimal length": b"Content-Length: 0x2\r\n\r\n{}",
    "huge length": b"Content-Length: 99999999999999999999\r\n\r\n",
    "two codings": b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "coding twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "identity": b"Transfer-Encoding: identity\r\n\r\n",
    "chunk size too large": b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nhello",
    "chunk size no number": b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello",
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_ambiguous_length(hub, name):
    answer = send(hub, b"POST /api/v1/session HTTP/1.1\r\n" + host(hub) + JSON + AMBIGUOUS[name] + SECOND)
    assert answer.statuses in ([400], [413]), answer.raw[:400]
    assert answer.closed
    assert alive(hub)


def test_nothing_is_read_after_a_body(hub):
    body = b'{"code":"x"}'
    head = b"POST /api/v1/session HTTP/1.1\r\n" + host(hub) + JSON
    length = send(hub, head + b"Content-Length: %d\r\n\r\n" % len(body) + body + SECOND)
    chunks = send(hub, head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) + SECOND)
    for answer in (length, chunks):
        assert answer.statuses in ([401], [200]) and answer.closed, answer.raw[:400]


# ---- heads

BROKEN_HEADS = {
    "folded field": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n  folded\r\n\r\n",
    "space before colon": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A : 1\r\n\r\n",
    "no colon": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n",
    "empty name": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n: 1\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "empty host": b"GET /healthz HTTP/1.1\r\nHost:\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
    "bare line feeds": b"GET /healthz HTTP/1.1\nHost: localhost\n\n",
    "one bare line feed": b"GET /healthz HTTP/1.1\r\nHost: localhost\nX-A: 1\r\n\r\n",
    "bare carriage return": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: 1\rX-B: 2\r\n\r\n",
    "NUL in the path": b"GET /health\0z HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "NUL in a field": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: 1\x002\r\n\r\n",
    "two spaces": b"GET  /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "tabs": b"GET\t/healthz\tHTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no version": b"GET /healthz\r\nHost: localhost\r\n\r\n",
    "fragment": b"GET /healthz#x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "relative path": b"GET healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "authority form": b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64 + b"\r\n\r\n",
    "bad escape": b"GET /api/v1/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "cut escape": b"GET /api/v1/%4 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "escaped NUL": b"GET /api/v1/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "not UTF-8": b"GET /api/v1/%ff%fe HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "query not UTF-8": b"GET /api/v1/session?a=%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "101 parameters": b"GET /api/v1/session?" + b"a&" * 101 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "33 segments": b"GET " + b"/a" * 33 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN_HEADS)
def test_broken_head(hub, name):
    answer = send(hub, BROKEN_HEADS[name] + SECOND)
    assert answer.statuses in ([400], [505]), answer.raw[:400]
    assert answer.closed


def test_limits_of_the_head(hub):
    many = [b"X-%d: 1" % i for i in range(101)]
    assert get(hub, b"/healthz", *many).status in (400, 431)
    check_problem(get(hub, b"/healthz", b"X-A: " + b"a" * 40_000), 431)
    check_problem(get(hub, b"/healthz?" + b"a" * 9_000), 414)
    check_problem(get(hub, b"/" + b"a" * 60_000), 414)
    endless = get(hub, b"/healthz", b"X-A: " + b"a" * 500_000)
    assert endless.statuses in ([400], []) and endless.closed
    assert get(hub, b"/healthz", b"X-A: " + b"a" * 30_000).status == 200


# ---- hosts and addresses


@pytest.mark.parametrize("name", [b"localhost", b"LOCALHOST:1", b"127.0.0.1", b"[::1]:80", b"localhost."])
def test_our_hosts(hub, name):
    assert send(hub, b"GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: " + name + b"\r\n\r\n").status == 200


@pytest.mark.parametrize(
    "name",
    [b"evil.example", b"localhost.evil.example", b"127.0.0.1.nip.io:80", b"a@localhost", b"localhost:99999", b"[::1",
     b"192.0.2.1", b"localhost:80:80"],
)
def test_other_hosts(hub, name):
    request = b"GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: " + name + b"\r\n\r\n"
    check_problem(send(hub, request), 421, "unknown_host")


def test_absolute_addresses(hub):
    at = f"{hub.host}:{hub.port}".encode()
    assert get(hub, b"http://" + at + b"/healthz").status == 200
    check_problem(get(hub, b"http://evil.example/healthz"), 400)
    evil = b"GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    check_problem(send(hub, evil), 421, "unknown_host")


def test_paths(hub):
    assert get(hub, b"/a/../healthz").status == 200
    assert get(hub, b"/a/%2e%2E/./healthz").status == 200
    assert get(hub, b"/../../healthz").status == 200
    assert get(hub, b"/%68ealthz").status == 200
    check_problem(get(hub, b"/api%2Fv1/session"), 404, "not_found")
    check_problem(get(hub, b"//healthz"), 404)
    check_problem(get(hub, b"/healthz/"), 404)
    check_problem(get(hub, b"/..%2f..%2fetc%2fpasswd"), 404)
    check_problem(get(hub, b"/../../../../etc/passwd"), 404)


# ---- methods and versions


def test_methods(hub):
    options = get(hub, b"/api/v1/session", b"Origin: http://evil.example", method=b"OPTIONS")
    assert options.status == 204 and options.headers["allow"] == "GET, HEAD, POST, DELETE, OPTIONS"
    check_house(options)
    assert get(hub, b"*", method=b"OPTIONS").status == 204
    for method in (b"PUT", b"TRACE", b"BREW"):
        refused = get(hub, b"/api/v1/session", method=method)
        check_problem(refused, 405, "method_not_allowed")
        assert "GET" in refused.headers["allow"]
    head = get(hub, b"/healthz", method=b"HEAD")
    assert head.status == 200 and int(head.headers["content-length"]) > 0 and head.body == b""


def test_pipelined_requests(hub):
    one = b"GET /healthz HTTP/1.1\r\n" + host(hub) + b"\r\n"
    missing = b"GET /nothing HTTP/1.1\r\n" + host(hub) + b"\r\n"
    assert send(hub, one + missing + one).statuses == [200, 404, 200]
    assert send(hub, b"\r\n" + one).statuses == [200]


def test_http_1_0(hub):
    old = b"GET /healthz HTTP/1.0\r\n" + host(hub)
    assert send(hub, old + b"\r\n").closed
    kept = send(hub, old + b"Connection: keep-alive\r\n\r\n")
    assert kept.status == 200 and not kept.closed
    assert send(hub, old + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").status == 400


def test_upgrades_are_ignored(hub):
    h2c = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__")
    assert get(hub, b"/healthz", *h2c, connection=b"").statuses == [200]
    socket_headers = (b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
    assert get(hub, b"/healthz", *socket_headers, connection=b"").statuses == [200]


def test_expectations(hub):
    with connect(hub) as s:
        s.sendall(b"POST /api/v1/session HTTP/1.1\r\n" + host(hub) + JSON + b"Expect: 100-continue\r\n"
                  b"Content-Length: 2\r\n\r\n")
        assert s.recv(100).startswith(b"HTTP/1.1 100 ")
        s.sendall(b"{}")
        assert read_rest(s, 1).status == 401
    odd = post(hub, b"/api/v1/session", b"{}", JSON.strip(), b"Expect: a-miracle")
    check_problem(odd, 417)


# ---- bodies


def test_bodies_too_large(hub):
    head = b"POST /api/v1/assets HTTP/1.1\r\n" + host(hub) + bearer(hub) + b"\r\n"
    announced = send(hub, head + b"Content-Length: 100000000\r\n\r\n", wait=3)
    check_problem(announced, 413, "too_large")
    assert announced.closed
    # A client that sends on nevertheless still gets to see the answer instead of a reset.
    with connect(hub) as s:
        s.sendall(head + b"Content-Length: 100000000\r\n\r\n")
        time.sleep(0.1)
        for _ in range(40):
            s.sendall(b"x" * 65536)
        assert read_rest(s, 3).status == 413
    check_problem(post(hub, b"/api/v1/session", b" " * (8 << 20) + b"{}", JSON.strip(), wait=5), 413, "too_large")


def test_media_types(hub):
    for name in (b"application/x-www-form-urlencoded", b"text/plain;charset=UTF-8", b"TEXT/PLAIN"):
        refused = post(hub, b"/api/v1/assets", b"a: b", bearer(hub), b"Content-Type: " + name)
        check_problem(refused, 415, "media_type")
        assert refused.problem["hint"]
    check_problem(post(hub, b"/api/v1/session", b"x", b"Content-Type: multipart/form-data; boundary=x"), 415)
    check_problem(post(hub, b"/api/v1/session", b"x", JSON.strip(), b"Content-Encoding: gzip"), 415)


MULTIPARTS = {
    "no boundary": (b"multipart/form-data", b"--x--"),
    "other boundary": (b"multipart/form-data; boundary=y", b"--x\r\n\r\n\r\n--x--"),
    "preamble": (b"multipart/form-data; boundary=x", b"hello\r\n--x--"),
    "no end": (b"multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc'),
    "no name": (b"multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--"),
    "no file": (b"multipart/form-data; boundary=x",
                b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nabc\r\n--x--'),
    "nothing": (b"multipart/form-data; boundary=x", b"--x--\r\n"),
    "after the end": (b"multipart/form-data; boundary=x",
                      b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--x--\r\nmore'),
    "long headers": (b"multipart/form-data; boundary=x", b"--x\r\nX-A: " + b"a" * 9000 + b"\r\n\r\nabc\r\n--x--"),
}


@pytest.mark.parametrize("name", MULTIPARTS)
def test_broken_multipart(hub, name):
    media, body = MULTIPARTS[name]
    check_problem(post(hub, b"/api/v1/assets", body, bearer(hub), b"Content-Type: " + media), 400)


# ---- who may


def test_changes_need_a_principal(hub):
    refused = post(hub, b"/api/v1/assets", b"{}", JSON.strip())
    check_problem(refused, 401, "sign_in")
    assert refused.headers["www-authenticate"].startswith("Bearer")
    for wrong in (b"Bearer x", b"Bearer " + hub.token.encode()[:-1], b"Basic eDp5", b"Bearer"):
        check_problem(post(hub, b"/api/v1/assets", b"{}", JSON.strip(), b"Authorization: " + wrong), 401)
    forged = b"Cookie: component_hub_session=1.9999999999.0000000000000000." + b"0" * 64
    check_problem(post(hub, b"/api/v1/assets", b"{}", JSON.strip(), forged), 401)


def sign_in(hub):
    body = json.dumps({"token": hub.token}).encode()
    answer = post(hub, b"/api/v1/session", body, JSON.strip())
    assert answer.status == 200 and answer.problem["authenticated"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("component_hub_session=1.")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    return cookie.partition(";")[0].encode()


def test_sessions(hub):
    cookie = b"Cookie: a=b; " + sign_in(hub)
    ours = b"Origin: http://%s:%d" % (hub.host.encode(), hub.port)
    who = get(hub, b"/api/v1/session", cookie)
    assert who.problem == {"authenticated": True, "principal": {"id": 1, "name": "local"}, "via": "cookie"}

    def change(*headers):
        # An empty JSON body: past the door it is some other error, and nothing is changed.
        answer = post(hub, b"/api/v1/assets?kind=nonsense", b"{}", JSON.strip(), *headers)
        return answer.status, answer.problem.get("code")

    assert change(cookie) == (403, "origin_needed")
    for refused in (b"Origin: null", b"Origin: http://localhost:1", b"Origin: https://evil.example", b"Origin: ",
                    b"Sec-Fetch-Site: cross-site", b"Sec-Fetch-Site: same-site"):
        assert change(cookie, refused) == (403, "foreign_origin"), refused
        assert change(bearer(hub), refused) == (403, "foreign_origin"), refused
    for fine in (ours, b"Sec-Fetch-Site: same-origin"):
        assert change(cookie, fine)[0] not in (401, 403)
    assert change(bearer(hub))[0] not in (401, 403)
    check_problem(post(hub, b"/api/v1/session", b'{"code":"00"}', JSON.strip()), 401, "bad_code")
    out = get(hub, b"/api/v1/session", cookie, ours, method=b"DELETE")
    assert out.status == 204 and "Max-Age=0" in out.headers["set-cookie"]


def test_request_ids(hub):
    assert get(hub, b"/healthz", b"X-Request-Id: 00c0ffee").headers["x-request-id"] == "00c0ffee"
    made = get(hub, b"/healthz", b"X-Request-Id: <script>").headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", made)


# ---- clients that leave, stall, or flood


def test_events_start_at_once(hub):
    request = b"GET /api/v1/events?topic=nothing HTTP/1.%d\r\n" + host(hub) + b"\r\n"
    new, old = send(hub, request % 1, wait=1), send(hub, request % 0, wait=1)
    assert new.status == 200 and new.headers["content-type"] == "text/event-stream"
    assert new.headers["transfer-encoding"] == "chunked" and b"retry: " in new.body and not new.closed
    assert old.status == 200 and "transfer-encoding" not in old.headers and old.body.startswith(b"retry: ")
    assert get(hub, b"/api/v1/events", method=b"HEAD").body == b""


def test_clients_that_leave(hub):
    for _ in range(50):
        with connect(hub) as s:
            s.sendall(b"GET /api/v1/events HTTP/1.1\r\n" + host(hub) + b"\r\n")
            s.recv(10)
    for _ in range(50):
        with connect(hub) as s:
            s.sendall(b"GET /readyz HTTP/1.1\r\n" + host(hub) + b"\r\n")
    for _ in range(20):
        with connect(hub) as s:
            s.sendall(b"POST /api/v1/session HTTP/1.1\r\n" + host(hub) + b"Content-Length: 1000000\r\n\r\nabc")
    assert alive(hub)


def test_slow_senders_hold_nobody_up(hub):
    stalled = [connect(hub) for _ in range(200)]
    try:
        for i, s in enumerate(stalled):
            s.sendall(b"GET /healthz HTTP/1.1\r\nX-Slow: "[: 5 + i % 30])
        until, slowest = time.monotonic() + 2, 0
        while time.monotonic() < until:
            stalled[0].sendall(b"a")
            began = time.monotonic()
            assert alive(hub)
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.1)
        assert slowest < 1.5
    finally:
        for s in stalled:
            s.close()


def test_slow_readers_hold_nobody_up(hub):
    with connect(hub) as s:
        s.settimeout(1)
        request = b"GET /metrics HTTP/1.1\r\n" + host(hub) + b"\r\n"
        try:
            for _ in range(3000):
                s.sendall(request)
        except TimeoutError:
            pass
        assert alive(hub)
    assert alive(hub)
