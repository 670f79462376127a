"""What a browser must load before a page can be used, compressed with gzip, stays within its budget."""

import gzip

import pytest
from playwright.sync_api import expect

from chromium import ROOT
from places import path_of, text_of

CATALOG, CREATOR = 100_000, 180_000
BUDGETS = {
    "landing": CATALOG, "kind": CATALOG, "browse": CATALOG, "asset": CATALOG, "upload": CATALOG, "runs": CATALOG,
    "workspace": CATALOG, "lint": CATALOG, "drafts": CATALOG, "run": CREATOR, "creator": CREATOR,
}


@pytest.mark.parametrize("name", BUDGETS)
def test_scripts_and_styles_of_a_page_stay_within_their_budget(new_page, finished_run, draft, name, record_property):
    page = new_page(path_of(name, finished_run, draft))
    expect(page.get_by_text(text_of(name)).first).to_be_visible()
    page.wait_for_timeout(500)
    names = page.evaluate("performance.getEntriesByType('resource').map(e => new URL(e.name).pathname)")
    files = {each for each in names if each.startswith("/assets/") and each.endswith((".js", ".css"))}
    assert files
    size = sum(len(gzip.compress((ROOT / "build" / "static" / each[1:]).read_bytes(), 9)) for each in files)
    print(f"{name}: {size} bytes in {len(files)} files")
    record_property("bytes", size)
    assert size <= BUDGETS[name]
