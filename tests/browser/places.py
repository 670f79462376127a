"""Every page of the application: its name, its path, and a text that only its data brings."""

import pytest

PAGES = {
    "landing": ("/", "Train and Evaluate"),
    "kind": ("/components", "Featured"),
    "browse": ("/components/all", "Coin Flip"),
    "list": ("/pipelines/all?view=list", "Flip Coin"),
    "asset": ("/components/starter/coin-flip", "Forces the result"),
    "pipeline": ("/pipelines/starter/flip-coin", "Flip a coin and go one of two ways."),
    "versions": ("/components/starter/echo?tab=versions", "1.0.0"),
    "yaml": ("/components/starter/echo?tab=yaml", "implementation:"),
    "model": ("/models/starter/whisper-tiny", "Whisper"),
    "notebook": ("/notebooks/starter/explore-a-table", "Explore"),
    "operator": ("/operators/starter/spark-operator", "Spark"),
    "dataset": ("/datasets/starter/iris", "Iris"),
    "upload": ("/upload", "Drop"),
    "drafts": ("/creator", "Flip Coin"),
    "creator": ("/creator/{draft}", "flip"),
    "runs": ("/runs", "starter/sequential"),
    "run": ("/runs/{run}", "Succeeded"),
    "lint": ("/lint", "Try an example"),
    "workspace": ("/workspace", "local"),
}


def every_page(*but):
    return pytest.mark.parametrize("name", [name for name in PAGES if name not in but])


def path_of(name, run, draft):
    return PAGES[name][0].format(run=run, draft=draft)


def text_of(name):
    return PAGES[name][1]
