"""The kfp SDK loads our components and compiles pipelines of them: those of the starter catalog, and those made from
code. It lives in an environment of its own, build/venv-kfp (scripts/venv.sh venv-kfp tests/requirements-kfp.txt).
"""

import json
import subprocess

import pytest
import yaml

from test_compile_golden import BINARY, CATALOG, ROOT

PYTHON = ROOT / "build" / "venv-kfp" / "bin" / "python"
FUNCTION = '''\
from typing import NamedTuple, Optional
from kfp.components import InputPath, OutputPath

def work(table_path: InputPath("CSV"), text: str, count: int = 3, rate: float = 0.5, on: bool = True,
         items: list = ["a"], options: dict = {"a": 1}, note: Optional[str] = None,
         model_path: OutputPath("Model") = None) -> NamedTuple("Out", [("total", int), ("said", str)]):
    """Works."""
    return (count, text)
'''


def loaded(paths):
    answer = subprocess.run(
        [PYTHON, ROOT / "tests" / "tools" / "kfp_load.py", *paths], check=True, capture_output=True, text=True, timeout=300
    )
    return {line["file"]: line for line in map(json.loads, answer.stdout.splitlines())}


def test_the_sdk_takes_every_component_of_the_starter_catalog():
    paths = sorted((CATALOG / "components").glob("*/component.yaml"))
    lines = loaded(paths).values()
    refused = {line["file"].split("/")[-2] for line in lines if "error" in line}
    # a Secret is a value here; to the SDK every type that it does not know is a file
    assert refused == {path.parent.name for path in paths if "type: Secret" in path.read_text()}
    assert len(lines) == len(paths) >= 33


@pytest.mark.parametrize("name, source", [("code.py", FUNCTION), ("code.sh", "echo $text > $said\n")])
def test_the_sdk_takes_components_made_from_code(tmp_path, name, source):
    code, path = tmp_path / name, tmp_path / "component.yaml"
    code.write_text(source)
    ports = [] if name == "code.py" else ["--input", "text:String", "--input", "count:Integer=3", "--output", "said:String"]
    done = subprocess.run([BINARY, "component", "new", code, *ports], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    path.write_text(done.stdout)
    line = loaded([path])[str(path)]
    assert "error" not in line, line
    assert len(line["inputs"]) == len(yaml.safe_load(done.stdout)["inputs"])
