"""Publishing: what is recognised, which version it becomes, what stays as it was, tags, changes,
withdrawals, races.
"""

import gzip
import hashlib
import io
import json
import tarfile
import threading

import pytest

from documents import component, fresh, text_of, tgz, zipped
from watching import is_problem


def url_of(version, kind=None):
    return f"/api/v1/assets/{version['namespace']}/{kind or version['kind']}/{version['name']}"


def say(name, note="", **inputs):
    """A component; `note` changes its bytes and nothing else."""
    return text_of(component(name, f"echo '{note}'", inputs or {"text": "String"}))


def opened(data):
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        return {
            m.name.removeprefix("./"): archive.extractfile(m).read()
            for m in archive.getmembers()
            if m.isfile()
        }


def at_once(calls):
    """Runs the calls at the same moment and gives their answers in order."""
    answers, gate = [None] * len(calls), threading.Barrier(len(calls))

    def run(i):
        gate.wait()
        answers[i] = calls[i]()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers


# ---- ways to send it


def test_a_multipart_file_is_published_with_its_digest_and_interface(hub):
    name = fresh()
    data = say(name).encode()
    answer = hub.post("/api/v1/assets", files={"file": ("anything.txt", data)})
    assert answer.status_code == 201, answer.text
    version = answer.json()
    assert (version["kind"], version["namespace"], version["name"]) == ("component", "default", name)
    assert version["version"] == "1.0.0"
    assert version["digest"] == "sha256:" + hashlib.sha256(data).hexdigest()
    assert version["size"] == len(data)
    assert [(p["name"], p["type"]) for p in version["interface"]["inputs"]] == [("text", "String")]
    assert version["created_at"] and version["created_by"] and version["deleted_at"] is None


def test_a_raw_body_is_published_and_comes_back_byte_for_byte(hub):
    data = ("# a comment that stays\r\n" + say(fresh()) + "\n\n").encode()
    answer = hub.publish(data)
    assert answer.status_code == 201, answer.text
    content = hub.get(url_of(answer.json()) + "/versions/1.0.0/content")
    assert content.content == data
    assert content.headers["ETag"] == f'"{answer.json()["digest"]}"'


def test_yaml_media_type_is_taken_as_a_raw_body(hub):
    answer = hub.post("/api/v1/assets", data=say(fresh()), headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("pack", [tgz, zipped])
def test_a_package_keeps_its_members_and_serves_its_main_file(hub, pack):
    name = fresh()
    members = {"component.yaml": say(name).encode(), "README.md": b"# Read me\n", "samples/one.txt": b"1"}
    upload = pack(members)
    answer = hub.publish(upload)
    assert answer.status_code == 201, answer.text
    version = answer.json()
    assert version["digest"] == "sha256:" + hashlib.sha256(members["component.yaml"]).hexdigest()
    base = url_of(version) + "/versions/1.0.0"
    assert hub.get(base + "/content").content == members["component.yaml"]
    download = hub.get(base + "/download")
    assert download.headers["Content-Type"] == "application/gzip"
    assert f"{name}-1.0.0.tgz" in download.headers["Content-Disposition"]
    assert opened(download.content) == members
    if pack is tgz:
        assert download.content == upload


def test_a_bare_file_downloads_as_a_package_with_that_file(hub):
    data = say(fresh()).encode()
    version = hub.publish(data).json()
    download = hub.get(url_of(version) + "/versions/1.0.0/download").content
    assert list(opened(download).values()) == [data]


def test_the_kind_is_recognised_by_content_and_a_wrong_claim_is_refused(hub):
    data = say(fresh())
    body = is_problem(hub.publish(data, kind="dataset"), 422, "kind_mismatch")
    assert "component" in body["detail"]
    assert hub.publish(data, kind="component").status_code == 201


@pytest.mark.parametrize(
    "data",
    [
        b"just some words",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        b"kind: Deployment\napiVersion: apps/v1\n",
        b"{}",
        b"[1, 2]",
    ],
    ids=["text", "png", "foreign", "empty", "list"],
)
def test_what_is_not_recognised_is_refused_with_a_problem(hub, data):
    answer = hub.publish(data)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_broken_yaml_names_line_and_column(hub):
    answer = hub.publish("name: fine\ninputs: [a\nimplementation: {}\n")
    assert answer.status_code in (400, 422)
    (problem,) = answer.json()["problems"]
    assert problem["severity"] == "error" and problem["line"] in (2, 3) and problem["column"] >= 1


def test_a_problem_in_a_component_names_its_place(hub):
    document = (
        "name: x\nimplementation:\n  container:\n    image: debian:12\n    args: [{inputValue: nowhere}]\n"
    )
    answer = hub.publish(document)
    assert answer.status_code == 422
    problem = next(p for p in answer.json()["problems"] if p["severity"] == "error")
    assert problem["line"] == 5 and problem["path"].startswith("/implementation/container/args")
    assert "nowhere" in problem["message"]


@pytest.mark.parametrize("path", ["../evil.txt", "/etc/evil", "a/../../evil"])
def test_archives_that_reach_outside_are_refused_and_nothing_is_stored(hub, path):
    name = fresh()
    answer = hub.publish(tgz({"component.yaml": say(name).encode(), path: b"x"}))
    assert answer.status_code == 422, answer.text
    assert hub.get(f"/api/v1/assets/default/component/{name}").status_code == 404


def test_archives_with_links_are_refused(hub):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        data = say(fresh()).encode()
        main = tarfile.TarInfo("component.yaml")
        main.size = len(data)
        archive.addfile(main, io.BytesIO(data))
        link = tarfile.TarInfo("passwd")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert hub.publish(out.getvalue()).status_code == 422


def test_a_gzip_bomb_is_refused_quickly(hub):
    bomb = gzip.compress(b"\0" * (200 << 20), 9)
    assert hub.publish(bomb).status_code in (413, 422)


# ---- which version it becomes


def test_versions_are_proposed_from_what_changed_in_the_interface(hub, publish):
    name = fresh()
    inputs = {"a": "String", "b": "String"}
    assert publish(say(name, "0", **inputs))["version"] == "1.0.0"
    assert publish(say(name, "1", **inputs))["version"] == "1.0.1"
    wider = inputs | {"c": {"type": "String", "optional": True}}
    assert publish(say(name, "2", **wider), name=name)["version"] == "1.1.0"
    assert publish(say(name, "3", a="String"), name=name)["version"] == "2.0.0"
    listed = hub.get(f"/api/v1/assets/default/component/{name}/versions").json()["items"]
    assert [v["version"] for v in listed] == ["2.0.0", "1.1.0", "1.0.1", "1.0.0"]


def test_another_interface_under_a_name_that_was_not_given_is_name_taken(hub, publish):
    name = fresh()
    publish(say(name))
    changed = say(name, "", other="Integer")
    body = is_problem(hub.publish(changed), 409, "name_taken")
    assert body["hint"]
    assert publish(changed, version="2.0.0")["version"] == "2.0.0"


def test_a_dry_run_proposes_and_stores_nothing(hub, publish):
    name = fresh()
    proposed = publish(say(name), expect=200, dry_run="true")
    assert (proposed["version"], proposed["created_at"]) == ("1.0.0", None)
    assert hub.get(f"/api/v1/assets/default/component/{name}").status_code == 404
    publish(say(name))
    assert publish(say(name, "more"), expect=200, dry_run="true")["version"] == "1.0.1"
    is_problem(hub.publish(say(name, "", other="String"), dry_run="true"), 409, "name_taken")
    is_problem(hub.publish(say(name), dry_run="perhaps"), 422, "bad_parameter")


def test_the_same_bytes_again_are_the_same_version(hub, publish):
    name = fresh()
    first = publish(say(name), version="3.1.4")
    assert publish(say(name), expect=200)["version"] == "3.1.4"
    assert publish(say(name), expect=200, version="3.1.4")["created_at"] == first["created_at"]
    assert hub.get(url_of(first)).json()["versions"] == 1


def test_other_bytes_under_a_version_that_exists_are_refused(hub, publish):
    name = fresh()
    publish(say(name), version="1.2.3")
    is_problem(hub.publish(say(name, "changed"), version="1.2.3"), 409, "version_exists")
    content = hub.get(f"/api/v1/assets/default/component/{name}/versions/1.2.3/content").text
    assert content == say(name)


@pytest.mark.parametrize("version", ["latest", "a/b", "a@b", "a b", "sha256:" + "0" * 64, "x" * 129])
def test_versions_that_could_be_mistaken_are_refused(hub, version):
    is_problem(hub.publish(say(fresh()), version=version), 422, "bad_version")


@pytest.mark.parametrize(
    "query", [{"name": "Not A Name"}, {"name": "x" * 58}, {"namespace": "-"}, {"kind": "thing"}]
)
def test_bad_names_are_refused(hub, query):
    answer = hub.publish(say(fresh()), **query)
    assert answer.status_code == 422, answer.text


def test_a_title_without_any_letter_still_gets_a_name(publish):
    version = publish(text_of(component("Ω≠∞", "true")))
    assert version["name"].startswith("asset-") and len(version["name"]) == len("asset-") + 8


# ---- finding versions


ORDER = [
    "10.0.0",
    "2.0.0",
    "1.10.0",
    "1.2.0",
    "1.0.0",
    "1.0.0-rc.1",
    "1.0.0-beta.11",
    "1.0.0-beta.2",
    "1.0.0-beta",
    "1.0.0-alpha.beta",
    "1.0.0-alpha.1",
    "1.0.0-alpha",
]


def test_versions_come_in_semver_order_and_others_below_by_time(hub, publish):
    name = fresh()
    published = ["zz-nightly", *sorted(ORDER), "2024-05-01"]
    for number in published:
        publish(say(name, number), version=number)
    listed = hub.get(f"/api/v1/assets/default/component/{name}/versions").json()["items"]
    assert [v["version"] for v in listed] == [*ORDER, "2024-05-01", "zz-nightly"]
    assert hub.get(f"/api/v1/assets/default/component/{name}").json()["latest"]["version"] == "10.0.0"


def test_latest_is_never_a_pre_release_while_there_is_a_release(hub, publish):
    name = fresh()
    latest = f"/api/v1/assets/default/component/{name}/versions/latest"
    publish(say(name, "1"), version="1.0.0")
    publish(say(name, "2"), version="2.0.0-rc.1")
    assert hub.get(latest).json()["version"] == "1.0.0"
    publish(say(name, "3"), version="1.0.5")
    assert hub.get(latest).json()["version"] == "1.0.5"
    publish(say(name, "4"), version="2.0.0")
    assert hub.get(latest).json()["version"] == "2.0.0"


def test_a_version_is_found_by_number_tag_latest_and_digest_with_or_without_prefix(hub, publish):
    version = publish(say(fresh()))
    base = url_of(version)
    put_tag(hub, base, "blue", "1.0.0")
    digest = version["digest"]
    for reference in ("1.0.0", "blue", "latest", digest, digest.removeprefix("sha256:")):
        answer = hub.get(f"{base}/versions/{reference}")
        assert answer.status_code == 200, (reference, answer.text)
        assert answer.json() == hub.get(f"{base}/versions/1.0.0").json()
    is_problem(hub.get(f"{base}/versions/1.0.1"), 404, "version_not_found")
    is_problem(hub.get(f"{base}/versions/{'0' * 64}"), 404, "version_not_found")
    is_problem(hub.get("/api/v1/assets/default/component/no-such-thing"), 404, "asset_not_found")


def test_content_by_digest_may_be_kept_for_ever_and_by_number_is_asked_again(hub, publish):
    version = publish(say(fresh()))
    base = url_of(version) + "/versions/"
    pinned = hub.get(base + version["digest"] + "/content")
    assert "immutable" in pinned.headers["Cache-Control"]
    loose = hub.get(base + "latest/content")
    assert loose.headers["Cache-Control"] == "no-cache"
    again = hub.get(base + "latest/content", headers={"If-None-Match": loose.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_versions_are_paged_without_loss_while_others_are_published(hub, publish):
    name = fresh()
    first = [f"1.0.{i}" for i in range(23)]
    for number in first:
        publish(say(name, number), version=number)
    seen, cursor, page = [], None, 0
    while page == 0 or cursor:
        query = {"limit": 5} | ({"cursor": cursor} if cursor else {})
        answer = hub.get(f"/api/v1/assets/default/component/{name}/versions", params=query).json()
        assert len(answer["items"]) <= 5
        seen += [v["version"] for v in answer["items"]]
        cursor = answer["next_cursor"]
        publish(say(name, f"between {page}"), version=f"2.0.{page}")
        page += 1
    assert seen == sorted(first, key=lambda v: -int(v.split(".")[2]))


def test_a_cursor_of_another_list_is_refused(hub, publish):
    name = fresh()
    for number in ("1.0.0", "1.0.1"):
        publish(say(name, number), version=number)
    base = f"/api/v1/assets/default/component/{name}/versions"
    cursor = hub.get(base, params={"limit": 1}).json()["next_cursor"]
    assert hub.get("/api/v1/assets", params={"cursor": cursor}).status_code in (400, 422)
    for bad in ("nonsense", "%00", "W10", "x" * 5000, "eyJhIjoxfQ"):
        answer = hub.get(base, params={"cursor": bad})
        assert answer.status_code in (400, 422), (bad, answer.text)


# ---- tags


def etag(hub, base):
    return hub.get(base).headers["ETag"]


def put_tag(hub, base, tag, version, expect=200, **headers):
    headers = headers or {"If-Match": etag(hub, base)}
    answer = hub.call("PUT", f"{base}/tags/{tag}", json={"version": version}, headers=headers)
    assert answer.status_code == expect, answer.text
    return answer


def test_a_tag_is_set_moved_and_dropped(hub, publish):
    name = fresh()
    base = url_of(publish(say(name, "1")))
    publish(say(name, "2"))
    assert put_tag(hub, base, "stable", "1.0.0").json()["tags"] == {"stable": "1.0.0"}
    assert hub.get(base + "/versions/stable").json()["version"] == "1.0.0"
    assert put_tag(hub, base, "stable", "latest").json()["tags"] == {"stable": "1.0.1"}
    assert hub.get(base + "/versions/stable").json()["version"] == "1.0.1"
    dropped = hub.call("DELETE", base + "/tags/stable", headers={"If-Match": etag(hub, base)})
    assert dropped.status_code == 204
    is_problem(hub.get(base + "/versions/stable"), 404, "version_not_found")
    again = hub.call("DELETE", base + "/tags/stable", headers={"If-Match": "*"})
    is_problem(again, 404, "tag_not_found")


def test_tags_and_versions_share_one_name_space(hub, publish):
    name = fresh()
    base = url_of(publish(say(name, "1")))
    publish(say(name, "2"))
    is_problem(put_tag(hub, base, "1.0.1", "1.0.0", expect=409), 409, "tag_is_version")
    put_tag(hub, base, "candidate", "1.0.1")
    is_problem(hub.publish(say(name, "3"), version="candidate"), 409, "version_is_tag")
    for bad in ("latest", "sha256:" + "a" * 64, "a" * 64):
        is_problem(put_tag(hub, base, bad, "1.0.0", expect=422), 422, "bad_tag")
    is_problem(put_tag(hub, base, "good", "7.7.7", expect=404), 404, "version_not_found")


def test_a_change_says_which_state_it_means(hub, publish):
    base = url_of(publish(say(fresh())))
    seen = etag(hub, base)
    body = json.dumps({"version": "1.0.0"})
    bare = hub.call("PUT", base + "/tags/a", data=body, headers={"Content-Type": "application/json"})
    is_problem(bare, 428, "if_match_needed")
    put_tag(hub, base, "a", "1.0.0", **{"If-Match": seen})
    is_problem(put_tag(hub, base, "b", "1.0.0", expect=412, **{"If-Match": seen}), 412, "stale")
    is_problem(put_tag(hub, base, "b", "1.0.0", expect=412, **{"If-Match": '"nonsense"'}), 412, "stale")
    put_tag(hub, base, "b", "1.0.0", **{"If-Match": "*"})


# ---- changes that are not versions


def test_labels_and_marks_are_patched_and_take_part_in_the_etag(hub, publish):
    base = url_of(publish(say(fresh())))

    def patch(expect=200, **body):
        answer = hub.call("PATCH", base, json=body, headers={"If-Match": etag(hub, base)})
        assert answer.status_code == expect, answer.text
        return answer.json()

    assert patch(labels={"team": "vision", "stage": "try"})["labels"] == {"team": "vision", "stage": "try"}
    assert patch(labels={"stage": None})["labels"] == {"team": "vision"}
    changed = patch(featured=True, approved=True, title="A new title", description="And more.", provider="Us")
    assert changed["featured"] and changed["approved"]
    assert (changed["title"], changed["description"], changed["provider"]) == (
        "A new title",
        "And more.",
        "Us",
    )
    gone = {"reason": "superseded", "successor": "default/other"}
    assert patch(deprecated=gone)["deprecated"] == gone
    assert patch(deprecated=None)["deprecated"] is None
    assert patch(expect=422, name="other")["code"] == "bad_patch"
    assert patch(expect=422, featured="yes")["code"] == "bad_patch"
    assert patch(expect=422, title="")["code"] == "bad_patch"
    assert patch(expect=422, title="ä" * 201)["code"] == "bad_patch"
    assert patch(title="ä" * 200)["title"] == "ä" * 200
    assert patch(expect=422, labels={"x": "y" * 201})["code"] == "bad_patch"
    assert patch(expect=422, deprecated={"successor": "default/other"})["code"] == "bad_patch"
    assert patch(expect=422, deprecated={"reason": "y" * 1001})["code"] == "bad_patch"
    before = etag(hub, base)
    patch(description="Moved on.")
    answer = hub.call("PATCH", base, json={"featured": False}, headers={"If-Match": before})
    is_problem(answer, 412, "stale")
    is_problem(hub.call("PATCH", base, json={"featured": False}), 428, "if_match_needed")
    assert hub.get(base, headers={"If-None-Match": etag(hub, base)}).status_code == 304


# ---- withdrawing


def test_a_withdrawn_number_is_never_used_again(hub, publish):
    name = fresh()
    base = url_of(publish(say(name, "1")))
    second = publish(say(name, "2"))
    put_tag(hub, base, "stable", "1.0.1")
    assert (
        hub.call("DELETE", base + "/versions/1.0.1", headers={"If-Match": etag(hub, base)}).status_code == 204
    )
    asset = hub.get(base).json()
    assert (asset["latest"]["version"], asset["versions"], asset["tags"]) == ("1.0.0", 1, {})
    assert hub.get(base + "/versions/1.0.1").json()["deleted_at"]
    by_digest = hub.get(f"{base}/versions/{second['digest']}/content")
    assert by_digest.status_code == 200 and by_digest.text == say(name, "2")
    is_problem(hub.publish(say(name, "2"), version="1.0.1"), 409, "version_deleted")
    is_problem(hub.publish(say(name, "9"), version="1.0.1"), 409, "version_deleted")
    assert publish(say(name, "2"))["version"] == "1.0.2"


def test_a_withdrawn_asset_is_gone_from_lists_and_comes_back_with_higher_numbers(hub, publish):
    name = fresh()
    first = publish(say(name, "1"))
    base = url_of(first)
    hub.call("PATCH", base, json={"labels": {"a": "b"}, "featured": True}, headers={"If-Match": "*"})
    is_problem(hub.call("DELETE", base), 428, "if_match_needed")
    assert hub.call("DELETE", base, headers={"If-Match": etag(hub, base)}).status_code == 204
    is_problem(hub.get(base), 404, "asset_not_found")
    assert hub.get("/api/v1/assets", params={"q": name}).json()["items"] == []
    assert hub.get(f"{base}/versions/{first['digest']}/content").status_code == 200
    is_problem(hub.call("DELETE", base, headers={"If-Match": "*"}), 404, "asset_not_found")
    assert publish(say(name, "1"))["version"] == "1.0.1"
    revived = hub.get(base).json()
    assert (revived["featured"], revived["labels"], revived["versions"]) == (False, {}, 1)
    assert [i["name"] for i in hub.get("/api/v1/assets", params={"q": name}).json()["items"]] == [name]


# ---- the starter catalog


def test_the_starter_catalog_has_every_kind(hub, place):
    facets = hub.get("/api/v1/assets", params={"namespace": "starter", "facets": "true"}).json()["facets"]
    for folder in (place.share / "catalog" / "starter").iterdir():
        if folder.is_dir():
            names = {each.name for each in folder.iterdir() if each.is_dir()}
            kind = folder.name.removesuffix("s")
            assert facets["kind"].get(kind, 0) >= len(names), kind
            for name in names:
                assert hub.get(f"/api/v1/assets/starter/{kind}/{name}").status_code == 200, name
    assert set(facets["kind"]) == {"component", "pipeline", "model", "notebook", "operator", "dataset"}


def test_importing_again_publishes_nothing_new(hub, place):
    done = hub.command("import", place.share / "catalog" / "starter")
    last = done.stdout.splitlines()[-1]
    assert last.startswith("0 published, ") and last.endswith(" 0 failed"), done.stdout


# ---- at the same time


def test_publishers_of_one_name_at_once_get_versions_of_their_own(hub):
    name = fresh()
    calls = [lambda i=i: hub.publish(say(name, f"number {i}"), name=name) for i in range(8)]
    answers = at_once(calls)
    for answer in answers:
        assert answer.status_code in (201, 409), answer.text
        if answer.status_code == 409:
            assert answer.json()["code"] == "raced"
    got = [a.json()["version"] for a in answers if a.status_code == 201]
    assert len(got) == len(set(got)) >= 5
    listed = hub.get(f"/api/v1/assets/default/component/{name}/versions").json()["items"]
    assert {v["version"] for v in listed} == set(got)
    for i, answer in enumerate(answers):
        if answer.status_code == 201:
            content = hub.get(
                f"/api/v1/assets/default/component/{name}/versions/{answer.json()['version']}/content"
            )
            assert content.text == say(name, f"number {i}")


def test_the_same_bytes_sent_at_once_become_one_version(hub):
    name = fresh()
    answers = at_once([lambda: hub.publish(say(name)) for _ in range(6)])
    assert sorted(a.status_code for a in answers) == [200] * 5 + [201]
    assert {a.json()["version"] for a in answers} == {"1.0.0"}


# ---- Idempotency-Key


def keyed(hub, key, data, **query):
    headers = {"Content-Type": "application/octet-stream", "Idempotency-Key": key}
    return hub.post("/api/v1/assets", data=data, params=query, headers=headers)


def test_the_same_key_and_body_give_the_stored_answer(hub, publish):
    name, key = fresh(), fresh("key")
    first = keyed(hub, key, say(name))
    assert first.status_code == 201 and "Idempotency-Replayed" not in first.headers
    publish(say(name, "meanwhile"))
    again = keyed(hub, key, say(name))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert hub.get(url_of(first.json())).json()["versions"] == 2


def test_the_same_key_with_another_body_or_query_is_refused(hub):
    name, key = fresh(), fresh("key")
    assert keyed(hub, key, say(name)).status_code == 201
    is_problem(keyed(hub, key, say(name, "other")), 422, "idempotency_mismatch")
    is_problem(keyed(hub, key, say(name), version="2.0.0"), 422, "idempotency_mismatch")


def test_a_refusal_is_kept_with_its_key_as_well(hub, publish):
    name, key = fresh(), fresh("key")
    publish(say(name))
    refused = keyed(hub, key, say(name, "", other="String"))
    is_problem(refused, 409, "name_taken")
    is_problem(keyed(hub, key, say(name, "", other="String")), 409, "name_taken")


def test_a_key_whose_first_request_still_runs_is_a_conflict(hub):
    name, key = fresh(), fresh("key")
    assert keyed(hub, key, say(name)).status_code == 201
    hub.postgres.sql(
        f"update idempotency set state = 'running', started_at = now() where key = '{key}'", hub.name
    )
    is_problem(keyed(hub, key, say(name)), 409, "idempotency_running")
    hub.postgres.sql(
        f"update idempotency set started_at = now() - interval '3 minutes' where key = '{key}'", hub.name
    )
    assert (
        keyed(hub, key, say(name)).status_code == 200
    )  # abandoned: given out again, and the bytes are there


def test_one_key_sent_many_times_at_once_publishes_once(hub):
    name, key = fresh(), fresh("key")
    answers = at_once([lambda: keyed(hub, key, say(name), version="1.0.0") for _ in range(6)])
    assert {a.status_code for a in answers} <= {201, 409}
    assert sum(a.status_code == 201 and "Idempotency-Replayed" not in a.headers for a in answers) == 1


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_keys_of_no_use_are_refused(hub, key):
    answer = keyed(hub, key, say(fresh()))
    assert answer.status_code in (400, 422)
