"""Drafts: pipeline documents as typed, with every revision, whatever is wrong with them."""

import hashlib
import threading
import uuid

import pytest

from documents import fresh, script_pipeline, text_of
from watching import Events, is_problem

BROKEN = "name: [never closed\n\t# ✓ as typed\r\n"


@pytest.fixture
def draft(hub):
    """draft(document, **more) begins a draft and gives the answer."""

    def begin(document="name: Mine\n", **more):
        answer = hub.post("/api/v1/drafts", json={"document": document, **more})
        assert answer.status_code == 201, answer.text
        return answer

    return begin


def put(hub, draft, document, match="*", **more):
    url = f"/api/v1/drafts/{draft['id']}"
    return hub.call("PUT", url, json={"document": document, **more}, headers={"If-Match": match})


def revisions(hub, draft):
    return hub.get(f"/api/v1/drafts/{draft['id']}/revisions").json()["items"]


def test_a_draft_is_kept_as_typed_also_when_it_does_not_parse(hub, draft):
    answer = draft(BROKEN)
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/drafts/{made['id']}"
    assert (made["title"], made["namespace"], made["asset"], made["revision"]) == ("Untitled", "default", None, 1)
    read = hub.get(answer.headers["Location"])
    assert read.json() == made and made["document"] == BROKEN
    assert read.headers["ETag"] == answer.headers["ETag"]
    same = hub.get(answer.headers["Location"], headers={"If-None-Match": read.headers["ETag"]})
    assert same.status_code == 304


@pytest.mark.parametrize(
    "document, title",
    [
        ("name: My Pipeline\nx: 1\n", "My Pipeline"),
        ('{"name": "as JSON"}', "as JSON"),
        ("name: " + "é" * 300, "é" * 200),
        ("name: 5", "Untitled"),
        ("name: ' '", "Untitled"),
        ("- name: x", "Untitled"),
        ("", "Untitled"),
    ],
)
def test_the_title_is_the_name_that_the_document_gives_itself(draft, document, title):
    made = draft(document).json()
    assert (made["title"], made["document"]) == (title, document)


def test_a_title_that_is_given_is_taken_and_stays_until_another_is_given(hub, draft):
    made = draft("name: inner\n", title="Outer").json()
    assert made["title"] == "Outer"
    assert put(hub, made, "name: changed\n").json()["title"] == "Outer"
    assert put(hub, made, "name: changed\n", title="Third").json()["title"] == "Third"


def test_every_save_of_another_text_is_a_revision_that_can_be_read_again(hub, draft):
    answer = draft("one\n", label="start")
    made, etag = answer.json(), answer.headers["ETag"]
    for number, text in enumerate(("two\n", BROKEN, "one\n"), 2):
        saved = put(hub, made, text, etag, label=f"save {number}")
        assert saved.status_code == 200 and saved.headers["ETag"] != etag, saved.text
        assert (saved.json()["revision"], saved.json()["document"]) == (number, text)
        etag = saved.headers["ETag"]
    listed = revisions(hub, made)
    assert [(r["revision"], r["parent"], r["label"]) for r in listed] == [
        (4, 3, "save 4"),
        (3, 2, "save 3"),
        (2, 1, "save 2"),
        (1, None, "start"),
    ]
    old = hub.get(f"/api/v1/drafts/{made['id']}/revisions/3")
    assert old.content == BROKEN.encode() and old.headers["Content-Type"].startswith("text/plain")
    assert listed[1]["size"] == len(BROKEN.encode())
    assert listed[1]["digest"] == "sha256:" + hashlib.sha256(BROKEN.encode()).hexdigest()
    assert listed[1]["created_by"] == "local"


def test_saving_the_same_text_again_makes_no_revision(hub, draft):
    answer = draft("same\n")
    made, etag = answer.json(), answer.headers["ETag"]
    again = put(hub, made, "same\n", etag)
    assert again.json() == made and again.headers["ETag"] == etag
    named = put(hub, made, "same\n", etag, label="good")
    assert named.headers["ETag"] != etag
    assert [(r["revision"], r["label"]) for r in revisions(hub, made)] == [(1, "good")]


def test_a_change_says_which_state_it_means(hub, draft):
    answer = draft("one\n")
    made, etag = answer.json(), answer.headers["ETag"]
    url = f"/api/v1/drafts/{made['id']}"
    is_problem(hub.call("PUT", url, json={"document": "x"}), 428, "if_match_needed")
    is_problem(hub.call("DELETE", url), 428, "if_match_needed")
    assert put(hub, made, "two\n", etag).status_code == 200
    is_problem(put(hub, made, "three\n", etag), 412, "stale")
    is_problem(hub.call("DELETE", url, headers={"If-Match": etag}), 412, "stale")
    assert hub.get(url).json()["document"] == "two\n"


def test_of_many_who_save_at_once_one_wins(hub, draft):
    answer = draft("start\n")
    made, etag = answer.json(), answer.headers["ETag"]
    seen, gate = [], threading.Barrier(8)

    def save(n):
        gate.wait()
        seen.append(put(hub, made, f"text {n}\n", etag).status_code)

    threads = [threading.Thread(target=save, args=(n,)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(seen) == [200] + [412] * 7
    assert [r["revision"] for r in revisions(hub, made)] == [2, 1]


def test_a_deleted_draft_is_gone(hub, draft):
    made = draft("gone\n", namespace=fresh("ns")).json()
    url = f"/api/v1/drafts/{made['id']}"
    assert hub.call("DELETE", url, headers={"If-Match": "*"}).status_code == 204
    for each in (url, url + "/revisions", url + "/revisions/1"):
        is_problem(hub.get(each), 404, "draft_not_found")
    is_problem(put(hub, made, "back\n"), 404, "draft_not_found")
    assert hub.get("/api/v1/drafts", params={"namespace": made["namespace"]}).json()["items"] == []


def test_lists_have_what_was_changed_last_first_and_come_in_pages(hub, draft):
    namespace = fresh("ns")
    made = [draft(f"name: d{n}\n", namespace=namespace).json() for n in range(5)]
    put(hub, made[1], "changed\n")
    seen, cursor = [], None
    while True:
        query = {"namespace": namespace, "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = hub.get("/api/v1/drafts", params=query).json()
        assert len(page["items"]) <= 2 and all("document" not in d for d in page["items"])
        seen += [d["title"] for d in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == ["d1", "d4", "d3", "d2", "d0"]
    assert made[1]["id"] in [d["id"] for d in hub.get("/api/v1/drafts", params={"limit": 200}).json()["items"]]
    is_problem(hub.get("/api/v1/drafts", params={"cursor": "x"}), 422, "bad_cursor")


def test_revisions_come_in_pages(hub, draft):
    made = draft("1").json()
    for n in range(2, 6):
        put(hub, made, str(n))
    url = f"/api/v1/drafts/{made['id']}/revisions"
    first = hub.get(url, params={"limit": 3}).json()
    rest = hub.get(url, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [r["revision"] for r in first["items"] + rest["items"]] == [5, 4, 3, 2, 1]
    assert rest["next_cursor"] is None


def test_a_draft_can_be_based_on_a_version_of_a_pipeline(hub, draft, publish):
    stored = publish({**script_pipeline("echo x"), "name": fresh("base")})
    reference = f"default/{stored['name']}"
    wanted = {"namespace": "default", "name": stored["name"], "version": "1.0.0"}
    assert draft("x", based_on=reference + "@1.0.0").json()["asset"] == wanted
    made = draft("x", based_on=reference).json()
    assert made["asset"] == wanted
    assert put(hub, made, text_of({"name": "y"})).json()["asset"] == wanted
    for wrong in (reference + "@9.9.9", "default/" + fresh("none"), stored["name"], "a/b/c"):
        answer = hub.post("/api/v1/drafts", json={"document": "x", "based_on": wrong})
        is_problem(answer, 404, "pipeline_not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"document": None},
        {"document": {"name": "x"}},
        {"document": "x", "title": 5},
        {"document": "x", "title": "é" * 201},
        {"document": "x", "label": "l" * 201},
        {"document": "x", "based_on": ["a/b"]},
    ],
)
def test_a_body_that_is_none_is_refused(hub, body):
    is_problem(hub.post("/api/v1/drafts", json=body), 422, "bad_request")


def test_a_namespace_that_cannot_be_one_is_refused(hub):
    body = {"document": "x", "namespace": "Not One"}
    is_problem(hub.post("/api/v1/drafts", json=body), 422, "bad_namespace")


def test_text_that_is_not_utf_8_or_has_a_nul_is_refused(hub):
    for raw in (b'{"document": "\xff"}', b'{"document": "\\u0000"}', b'{"document": "\\ud800"}'):
        answer = hub.post("/api/v1/drafts", data=raw, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, answer.text


def test_a_document_has_at_most_four_mebibytes(hub, draft):
    most = "x" * (4 << 20)
    made = draft(most).json()
    assert made["document"] == most
    is_problem(hub.post("/api/v1/drafts", json={"document": most + "x"}), 413, "document_too_large")
    is_problem(put(hub, made, most + "x"), 413, "document_too_large")
    assert hub.get(f"/api/v1/drafts/{made['id']}/revisions/1").text == most


def test_a_draft_or_revision_that_is_not_there_is_not_found(hub, draft):
    for wrong in (uuid.uuid4(), "no-uuid"):
        is_problem(hub.get(f"/api/v1/drafts/{wrong}"), 404, "draft_not_found")
    made = draft("x").json()
    for wrong in ("2", "0", "x", "99999999999"):
        answer = hub.get(f"/api/v1/drafts/{made['id']}/revisions/{wrong}")
        is_problem(answer, 404, "revision_not_found")


def test_the_same_key_begins_one_draft(hub):
    headers = {"Idempotency-Key": fresh("key")}
    first, second = (
        hub.post("/api/v1/drafts", json={"document": "once"}, headers=headers) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json() and first.headers["ETag"] == second.headers["ETag"]
    assert len(revisions(hub, first.json())) == 1


def test_changes_are_told_as_events(hub, draft):
    events = Events(hub, "drafts")
    made = draft("x", title=fresh("told")).json()
    put(hub, made, "y")
    hub.call("DELETE", f"/api/v1/drafts/{made['id']}", headers={"If-Match": "*"})
    events.wait(lambda e: e["payload"]["id"] == made["id"] and e["payload"]["verb"] == "deleted")
    events.close()
    mine = [e["payload"] for e in events.seen if e["payload"]["id"] == made["id"]]
    assert [(e["verb"], e["title"], e["revision"]) for e in mine] == [
        ("created", made["title"], 1),
        ("changed", made["title"], 2),
        ("deleted", made["title"], 2),
    ]


def test_nobody_changes_drafts_without_being_known(hub, draft):
    made = draft("x").json()
    url = f"/api/v1/drafts/{made['id']}"
    assert hub.call("POST", "/api/v1/drafts", auth=False, json={"document": "x"}).status_code == 401
    for method in ("PUT", "DELETE"):
        answer = hub.call(method, url, auth=False, json={"document": "y"}, headers={"If-Match": "*"})
        assert answer.status_code == 401
    assert hub.get(url).json()["document"] == "x"
