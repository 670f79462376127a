"""Large things, at the edge of what is allowed and just over it: packages, archives, catalogs, pipelines,
logs.

Prints figures (pytest -s shows them); meant for the release build.
"""

import hashlib
import io
import os
import re
import statistics
import threading
import time
import zipfile

import pytest
import requests

from documents import ECHO, component, fresh, output, pipeline, script_pipeline, task, text_of, tgz

MIB = 1 << 20


def timed(call):
    before = time.monotonic()
    return call(), time.monotonic() - before


def publish(hub, data, **query):
    headers = {"Content-Type": "application/octet-stream"}
    return hub.post("/api/v1/assets", params=query, data=data, headers=headers, timeout=120)


def refuses(answer, *codes):
    assert answer.status_code in (413, 422), answer.text[:500]
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert not codes or answer.json()["code"] in codes, answer.text[:500]


# ---- uploads


def stored_zip(size):
    """A .zip of exactly that many bytes, with a component and what nobody can compress."""

    def pack(filling):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("component.yaml", text_of(component(fresh("zip"))))
            archive.writestr("weights.bin", filling)
        return out.getvalue()

    overhead = len(pack(b""))
    data = pack(os.urandom(size - overhead))
    spare = size - len(data)
    assert 0 <= spare < 64
    return data if spare == 0 else pack(os.urandom(size - overhead + spare))


def test_thirty_mebibytes_are_published_and_come_back(hub):
    weights = os.urandom(30 * MIB)
    name = fresh("large")
    package = tgz({"component.yaml": text_of(component(name)).encode(), "weights.bin": weights})
    answer, seconds = timed(lambda: publish(hub, package))
    assert answer.status_code == 201, answer.text[:500]
    base = f"/api/v1/assets/default/component/{name}/versions/1.0.0"
    back, read = timed(lambda: hub.get(base + "/download"))
    assert back.content == package
    print(f"\n30 MiB: published in {seconds:.2f} s, downloaded in {read:.2f} s")
    again, seconds = timed(lambda: publish(hub, package))
    assert again.status_code == 200
    form = hub.post("/api/v1/assets", files={"file": ("large.tgz", package)}, timeout=120)
    assert form.status_code == 200


def test_a_package_may_have_32_mebibytes_and_not_one_byte_more(hub):
    assert publish(hub, stored_zip(32 * MIB)).status_code == 201
    refuses(publish(hub, stored_zip(32 * MIB + 1)), "too_large")


def test_an_archive_may_expand_to_64_mebibytes_and_not_one_byte_more(hub):
    main = text_of(component(fresh("expands"))).encode()
    noise = os.urandom(MIB)  # all zeros would be refused as a bomb
    edge = 64 * MIB - len(main) - MIB
    members = {"component.yaml": main, "noise": noise}
    refuses(publish(hub, tgz(members | {"zeros": b"\0" * (edge + 1)})))
    answer = publish(hub, tgz(members | {"zeros": b"\0" * edge}))
    assert answer.status_code == 201, answer.text


def test_an_archive_may_have_a_thousand_members_and_not_one_more(hub):
    main = text_of(component(fresh("members"))).encode()
    members = {"component.yaml": main} | {f"samples/{i}.txt": b"%d" % i for i in range(999)}
    answer, seconds = timed(lambda: publish(hub, tgz(members)))
    assert answer.status_code == 201, answer.text[:500]
    print(f"\n1,000 members: published in {seconds:.2f} s")
    refuses(publish(hub, tgz(members | {"samples/one-more.txt": b""})))


def test_uploads_of_many_at_once_are_all_kept(hub):
    answers = []

    def send():
        weights = os.urandom(8 * MIB)
        package = tgz({"component.yaml": text_of(component(fresh("crowd"))).encode(), "weights.bin": weights})
        answers.append((publish(hub, package), hashlib.sha256(package).hexdigest()))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for answer, digest in answers:
        assert answer.status_code == 201, answer.text[:500]
        version = answer.json()
        back = hub.get(f"/api/v1/assets/default/component/{version['name']}/versions/1.0.0/download")
        assert hashlib.sha256(back.content).hexdigest() == digest


# ---- a large catalog


WORDS = "train evaluate table model image text split merge clean label score deploy fetch store graph".split()
ASSETS = 20000


@pytest.fixture(scope="module")
def crowded(hub, place, postgres):
    """A hub with 20,000 components."""
    crowded = type(hub)(place, postgres, "crowded", "--no-access-log")
    crowded.command("migrate")
    crowded.start()
    numbers = iter(range(ASSETS))
    failures = []

    def fill():
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {crowded.token_cached}"
            session.headers["Content-Type"] = "application/yaml"
            for i in numbers:
                words = [WORDS[i % 15], WORDS[i // 15 % 15], WORDS[i // 225 % 15]]
                document = text_of(
                    component(
                        f"{words[0]} {words[1]} {i}",
                        description=" ".join(words),
                        inputs={"in": "String"},
                        annotations={"component-hub.dev/tags": [words[2]]},
                    )
                )
                answer = session.post(crowded.url("/api/v1/assets"), data=document, timeout=60)
                if answer.status_code != 201:
                    failures.append(answer.text)

    crowded.token_cached
    threads = [threading.Thread(target=fill) for _ in range(6)]
    _, seconds = timed(lambda: ([t.start() for t in threads], [t.join() for t in threads]))
    assert failures == []
    print(f"\n{ASSETS} components: published in {seconds:.0f} s, {ASSETS / seconds:.0f} a second")
    yield crowded
    assert crowded.stop() == 0


QUERIES = {
    "one word": {"q": "train"},
    "a prefix": {"q": "tr"},
    "two words": {"q": "train table"},
    "a rare word": {"q": "12345"},
    "nothing": {"q": "nowhere"},
    "a tag": {"tag": "score"},
    "by name": {"sort": "name", "limit": 200},
    "newest": {"sort": "updated"},
    "facets": {"q": "model", "facets": "true"},
    "everything": {},
}


@pytest.mark.parametrize("kind", QUERIES)
def test_searching_twenty_thousand_is_quick(crowded, kind):
    taken = []
    with requests.Session() as session:
        for _ in range(200):
            answer, seconds = timed(
                lambda: session.get(crowded.url("/api/v1/assets"), params=QUERIES[kind], timeout=30)
            )
            assert answer.status_code == 200
            taken.append(seconds * 1000)
    p99 = statistics.quantiles(taken, n=100)[98]
    print(f"\n{kind}: median {statistics.median(taken):.1f} ms, p99 {p99:.1f} ms")
    assert p99 < 250


def test_all_of_twenty_thousand_are_listed_once(crowded):
    seen, cursor = [], ""
    while cursor is not None:
        page = crowded.get("/api/v1/assets", params={"sort": "name", "limit": 200, "cursor": cursor}).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == ASSETS and seen == sorted(seen)


# ---- large pipelines


def chain(count):
    """Tasks in rows of ten, each after the one before it in its row."""
    tasks = {}
    for i in range(count):
        tasks[f"t{i}"] = task("starter/echo", {"text": output(f"t{i - 10}", "output") if i >= 10 else "x"})
    return pipeline("Large", tasks)


def post_yaml(hub, path, document):
    data = text_of(document).encode()
    return hub.post(path, auth=False, data=data, headers={"Content-Type": "application/yaml"}, timeout=120)


def test_five_thousand_tasks_are_checked_and_one_more_is_refused(hub):
    answer, seconds = timed(lambda: post_yaml(hub, "/api/v1/check", chain(5000)))
    assert answer.status_code == 200
    assert [p for p in answer.json()["problems"] if p["severity"] == "error"] == []
    print(f"\n5,000 tasks: checked in {seconds:.2f} s")
    assert seconds < 10
    more = post_yaml(hub, "/api/v1/check", chain(5001)).json()["problems"]
    assert "too_many_tasks" in [p["code"] for p in more]


def test_what_is_too_large_to_be_inline_says_what_takes_the_space(hub):
    answer, seconds = timed(lambda: post_yaml(hub, "/api/v1/compile", chain(5000)))
    assert answer.status_code in (413, 422), answer.text[:500]
    assert "too_large" in [answer.json()["code"], *(p["code"] for p in answer.json()["problems"])]
    print(f"\n5,000 tasks: told to be too large in {seconds:.2f} s")
    assert seconds < 20
    answer, seconds = timed(lambda: post_yaml(hub, "/api/v1/compile", chain(400)))
    assert answer.status_code == 200, answer.text[:500]
    print(f"400 tasks: compiled in {seconds:.2f} s, {len(answer.content)} bytes")


def test_others_are_served_while_something_large_is_compiled(hub):
    document = text_of(chain(5000)).encode()
    done, taken = threading.Event(), []

    def compile_it():
        for _ in range(3):
            hub.post(
                "/api/v1/check",
                auth=False,
                data=document,
                headers={"Content-Type": "application/yaml"},
                timeout=120,
            )
        done.set()

    worker = threading.Thread(target=compile_it)
    worker.start()
    with requests.Session() as session:
        while not done.is_set():
            taken.append(timed(lambda: session.get(hub.url("/healthz"), timeout=30))[1] * 1000)
    worker.join()
    print(
        "\nwhile 5,000 tasks are checked: /healthz"
        f" median {statistics.median(taken):.1f} ms, worst {max(taken):.0f} ms"
    )
    assert statistics.quantiles(taken, n=100)[98] < 100


def test_two_hundred_tasks_run_to_the_end(hub):
    tasks = {f"t{i}": task(ECHO, {"text": str(i)}) for i in range(200)}
    answer = hub.post("/api/v1/runs", json={"document": pipeline("Wide", tasks)})
    assert answer.status_code == 201, answer.text[:500]
    run, seconds = timed(lambda: hub.wait_run(answer.json()["id"], timeout=300))
    assert run["state"] == "succeeded" and len(run["tasks"]) == 200
    print(f"\n200 tasks: run in {seconds:.1f} s")


# ---- large logs


def test_of_a_hundred_megabytes_of_log_the_ends_are_kept_with_a_marker_between(hub):
    total = 100_000_000
    answer = hub.post("/api/v1/runs", json={"document": script_pipeline(f"seq 1 20000000 | head -c {total}")})
    run, seconds = timed(lambda: hub.wait_run(answer.json()["id"], timeout=300))
    assert run["state"] == "succeeded", run
    got, read = timed(lambda: hub.get(f"/api/v1/runs/{run['id']}/logs?task=work").content)
    print(f"\n100 MB of log: taken in {seconds:.1f} s, {len(got)} bytes read in {read:.1f} s")
    expected = b"".join(b"%d\n" % i for i in range(1, 13_000_000))[:total]
    marker = re.search(rb"\n\[\.\.\. (\d+) bytes are left out here \.\.\.\]\n", got)
    head, tail, left_out = got[: marker.start()], got[marker.end() :], int(marker.group(1))
    assert len(head) + len(tail) + left_out == total
    assert 4 * MIB - 65536 <= len(head) <= 4 * MIB and expected.startswith(head)
    assert 12 * MIB - 65536 <= len(tail) <= 12 * MIB and expected.endswith(tail)
    stored = hub.postgres.sql(f"select sum(raw_len) from log_chunk where run_id = '{run['id']}'", hub.name)
    assert int(stored) == len(head) + len(tail)
