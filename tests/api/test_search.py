"""Searching: words, filters, orders, facets, pages that lose nothing while others publish, and hostile
questions.
"""

import threading

import pytest

from documents import component, fresh, pipeline, task, text_of


class Shelf:
    """A namespace of its own with a few assets."""

    def __init__(self, hub):
        self.hub, self.namespace = hub, fresh("shelf")

    def add(self, name, description="", tags=(), provider=None, **query):
        annotations = {"component-hub.dev/tags": list(tags)} if tags else {}
        if provider:
            annotations["component-hub.dev/provider"] = provider
        document = component(name, "true", description=description, annotations=annotations or None)
        answer = self.hub.publish(text_of(document), namespace=self.namespace, **query)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def add_pipeline(self, name, *uses):
        document = pipeline(name, {f"t{i}": task(use) for i, use in enumerate(uses)})
        answer = self.hub.publish(text_of(document), namespace=self.namespace)
        assert answer.status_code == 201, answer.text

    def patch(self, name, **body):
        url = f"/api/v1/assets/{self.namespace}/component/{name}"
        assert self.hub.call("PATCH", url, json=body, headers={"If-Match": "*"}).status_code == 200

    def ask(self, **query):
        answer = self.hub.get("/api/v1/assets", params={"namespace": self.namespace} | query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def names(self, **query):
        return [item["name"] for item in self.ask(**query)["items"]]

    def pages(self, between=lambda: None, **query):
        """All names, page by page."""
        seen, cursor = [], None
        while True:
            page = self.ask(**query, **({"cursor": cursor} if cursor else {}))
            assert len(page["items"]) <= query["limit"]
            seen += [item["name"] for item in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                return seen
            between()


@pytest.fixture(scope="module")
def shelf(hub):
    shelf = Shelf(hub)
    shelf.add("boost", "Gradient boosting of trees.", ["train", "trees"], "Forest Works")
    shelf.add("boost-tree", "One boosted tree.", ["trees"], "Forest Works")
    shelf.add("read-table", "Reads a table; naïve about Ünicode.", ["data"], "Table Makers")
    shelf.add("write-table", "Writes a table at 100% speed.", ["data"])
    shelf.add_pipeline("uses-two", "read-table", "boost")
    shelf.add_pipeline("uses-one", "read-table")
    shelf.patch("boost-tree", featured=True, labels={"stage": "prod", "team": "a=b"})
    shelf.patch("write-table", labels={"stage": "test"})
    return shelf


def test_words_are_found_in_name_title_description_and_keywords(shelf):
    assert set(shelf.names(q="gradient")) == {"boost"}
    assert set(shelf.names(q="GRADIENT boosting")) == {"boost"}
    assert set(shelf.names(q="trees")) == {"boost", "boost-tree"}
    assert set(shelf.names(q="table reads")) == {"read-table"}
    assert shelf.names(q="gradient table") == []


def test_the_beginning_of_a_word_is_enough_and_its_middle_is_not(shelf):
    assert set(shelf.names(q="grad")) == {"boost"}
    assert shelf.names(q="radient") == []
    assert shelf.names(q="naïv ünic") == ["read-table"]


def test_an_exact_name_comes_first_whatever_the_score(shelf):
    assert shelf.names(q="boost")[0] == "boost"
    assert shelf.names(q="Boost Tree")[0] == "boost-tree"
    assert shelf.names(q="boos")[0] == "boost-tree"  # featured


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"kind": "pipeline"}, {"uses-two", "uses-one"}),
        ({"kind": "model"}, set()),
        ({"tag": "trees"}, {"boost", "boost-tree"}),
        ({"tag": "tree"}, set()),
        ({"provider": "Table Makers"}, {"read-table"}),
        ({"label": "stage=prod"}, {"boost-tree"}),
        ({"label": "stage"}, {"boost-tree", "write-table"}),
        ({"label": "team=a=b"}, {"boost-tree"}),
        ({"label": "stage=none"}, set()),
        ({"featured": "true"}, {"boost-tree"}),
        ({"featured": "true", "tag": "data"}, set()),
        ({"featured": "false", "kind": "component", "tag": "data"}, {"read-table", "write-table"}),
        ({"q": "table", "label": "stage=test"}, {"write-table"}),
    ],
    ids=str,
)
def test_filters_narrow_the_list(shelf, query, expected):
    assert set(shelf.names(**query)) == expected


def test_orders(shelf):
    everything = ["boost", "boost-tree", "read-table", "uses-one", "uses-two", "write-table"]
    assert shelf.names(sort="name") == everything
    assert shelf.names(sort="updated")[0] == "write-table"
    assert shelf.names(sort="used")[:2] == ["read-table", "boost"]
    assert shelf.names()[0] == "boost-tree"
    items = {item["name"]: item for item in shelf.ask()["items"]}
    assert (items["read-table"]["used_by"], items["boost"]["used_by"]) == (2, 1)


def test_facets_count_what_was_found(shelf):
    assert shelf.ask()["facets"] is None
    facets = shelf.ask(facets="true")["facets"]
    assert facets["kind"] == {"component": 4, "pipeline": 2}
    assert facets["tag"] == {"trees": 2, "data": 2, "train": 1}
    assert facets["provider"] == {"Forest Works": 2, "Table Makers": 1}
    assert facets["namespace"] == {shelf.namespace: 6}
    assert shelf.ask(facets="true", q="trees")["facets"]["kind"] == {"component": 2}
    assert shelf.ask(facets="true", q="nowhere")["facets"] in (
        {},
        {"kind": {}, "namespace": {}, "tag": {}, "provider": {}},
    )


@pytest.mark.parametrize("sort", ["relevance", "updated", "name", "used"])
def test_pages_lose_and_repeat_nothing_while_others_publish(hub, sort):
    shelf, other = Shelf(hub), Shelf(hub)
    first = [shelf.add(f"part-{i:02}", "counted")["name"] for i in range(24)]
    stop = threading.Event()

    def publish_more():
        count = 0
        while not stop.is_set() and count < 60:
            other.add(f"noise-{count}", "counted")
            shelf.add(f"later-{count}", "counted")
            count += 1

    noise = threading.Thread(target=publish_more)
    noise.start()
    try:
        seen = shelf.pages(sort=sort, limit=5, q="counted")
    finally:
        stop.set()
        noise.join()
    assert len(seen) == len(set(seen))
    assert [name for name in sorted(seen) if name in first] == first


def test_every_page_is_full_and_the_last_has_no_cursor(shelf):
    assert shelf.pages(sort="name", limit=2) == shelf.names(sort="name")
    assert shelf.ask(limit=6)["next_cursor"] is None
    assert shelf.ask(limit=5)["next_cursor"]


@pytest.mark.parametrize(
    "q",
    [
        "'",
        '"',
        "\\",
        "''; drop table asset; --",
        "%",
        "_",
        "a & b | !c",
        ":*",
        "a:*",
        "<->",
        "( (",
        "!",
        "boost' :*",
        "🎉",
        "e\u0301",
        "\u202e",
        "a" * 200,
        "null",
        "{}",
        "$1",
        "--",
        "/*",
        "\t \n",
        "ﬀ",
        "\ufeff",
    ],
    ids=repr,
)
def test_hostile_words_are_only_words(shelf, q):
    answer = shelf.hub.get("/api/v1/assets", params={"q": q, "namespace": shelf.namespace, "facets": "true"})
    assert answer.status_code == 200, answer.text
    if q in ("%", "_", "'", "!", "🎉") and q != "🎉":
        assert len(answer.json()["items"]) == 6  # no word in it: everything is found
    if q == "a & b | !c":
        assert answer.json()["items"] == []


@pytest.mark.parametrize(
    "raw", ["q=%00", "q=a%00b", "q=%ff%fe", "q=%ed%a0%80", "q=" + "x" * 201, "q=" + "x" * 10240]
)
def test_what_is_no_text_or_too_long_is_refused(hub, raw):
    answer = hub.get("/api/v1/assets?" + raw)
    assert 400 <= answer.status_code < 500, answer.status_code
    assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"limit": "1e1"},
        {"sort": "size"},
        {"featured": "1"},
        {"facets": "yes"},
        {"kind": "thing"},
        {"cursor": "x"},
        {"cursor": "%%%"},
        {"cursor": "WyJuYW1lIiwgImEiLCAiYiJd"},
        {"cursor": "x" * 3000},
    ],
    ids=str,
)
def test_parameters_out_of_range_are_refused(hub, query):
    answer = hub.get("/api/v1/assets", params=query)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["code"].startswith("bad_")


def test_a_cursor_belongs_to_the_order_that_gave_it(shelf):
    cursor = shelf.ask(sort="name", limit=1)["next_cursor"]
    answer = shelf.hub.get("/api/v1/assets", params={"cursor": cursor, "sort": "updated"})
    assert answer.status_code == 422 and answer.json()["code"] == "bad_cursor"
