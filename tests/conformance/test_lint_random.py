"""The linter against Tekton's own admission code on objects that are changed at random: the same verdict for each.

Environment: COMPONENT_HUB = the binary (build/release/component-hub), TEKTON_ORACLE = the oracle of
tests/conformance/tekton (build/tekton-oracle). The objects come from tests/fuzz/seeds/lint and from the golden files of
the compiler; the numbers are the same on every run.
"""

import copy
import json
import os
import random
import subprocess
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BINARY = Path(os.environ.get("COMPONENT_HUB", ROOT / "build/release/component-hub"))
ORACLE = Path(os.environ.get("TEKTON_ORACLE", ROOT / "build/tekton-oracle"))
OBJECTS = 1500
BATCH = 100

VALUES = [
    "", None, 1, -1, True, "x y", "Foo", "a.b", "a" * 64, "1h", "-1h", "0", "100Mi", "https://x/y", "/tekton/x",
    "continue", "in", "notin", "array", "object", "string", ["a"], {"a": "b"}, [1], 1.5, "#!win", "'a' == 'a'",
    "$(params.text)", "$(params.words[*])", "a $(params.words[*])", "$(params.nope)", "$(params.a.b.c)",
    "$(params['text'])", "$(tasks.one.results.r)", "$(tasks.one.results.r[*])", "$(tasks.one.status)",
    "$(steps.one.results.out)", "$(steps.one.outputs.a)", "$(context.task.name)", "$(context.taskRun.nope)",
    "$(results.out.path)", "$(step.results.out.path)", "$(VAR)",
]  # fmt: skip

pytestmark = [
    pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it"),
    pytest.mark.skipif(not ORACLE.exists(), reason=f"no Tekton oracle at {ORACLE}: it needs Go"),
]


def originals():
    texts = [p.read_text(encoding="utf-8")[1:] for p in sorted((ROOT / "tests/fuzz/seeds/lint").glob("*.yaml"))]
    texts += [p.read_text(encoding="utf-8") for p in sorted((HERE / "compile" / "golden").glob("*.yaml"))]
    found = [json.loads(json.dumps(o, default=str)) for text in texts for o in yaml.safe_load_all(text)]
    found = [o for o in found if str(o.get("apiVersion")).startswith("tekton.dev/")]
    old = [o | {"apiVersion": "tekton.dev/v1beta1"} for o in found if o["kind"] in ("Task", "Pipeline")]
    return found + old


def places(value, path=()):
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def change(draw, thing, parts):
    """Takes one thing out, replaces it, doubles it, or puts what stands under that name elsewhere in its place."""
    path = draw.choice([p for p in places(thing) if p not in (("apiVersion",), ("kind",))])
    owner, key = at(thing, path[:-1]), path[-1]
    way = draw.random()
    if way < 0.2:
        del owner[key]
    elif way < 0.6:
        owner[key] = copy.deepcopy(draw.choice(VALUES))
    elif way < 0.75 and isinstance(owner, list):
        owner.append(copy.deepcopy(owner[key]))
    elif isinstance(owner, dict):
        name = draw.choice(sorted(parts)) if draw.random() < 0.2 else key
        if name in parts:
            owner[name] = copy.deepcopy(draw.choice(parts[name]))


def changed_objects():
    draw = random.Random(20260131)
    things, parts = originals(), {}
    for thing in things:
        for path in places(thing):
            if isinstance(path[-1], str):
                parts.setdefault(path[-1], []).append(at(thing, path))
    for _ in range(OBJECTS):
        thing = copy.deepcopy(draw.choice(things))
        for _ in range(draw.choice([1, 1, 2, 3])):
            change(draw, thing, parts)
        yield thing


def verdicts(text, gate, folder):
    file = folder / "objects.yaml"
    file.write_text(text, encoding="utf-8")
    ours = subprocess.run(
        [BINARY, "lint", "--tekton-only", "--format", "json", "--gate", gate, file], capture_output=True, timeout=60
    )
    theirs = subprocess.run([ORACLE, "-gate", gate, file], capture_output=True, timeout=60)
    return json.loads(ours.stdout)[0]["documents"], [json.loads(line) for line in theirs.stdout.splitlines()]


@pytest.mark.parametrize("gate", ["stable", "beta", "alpha"])
def test_objects_changed_at_random_get_tektons_verdict(gate, tmp_path):
    objects, seen, wrong = list(changed_objects()), {}, []
    for first in range(0, OBJECTS, BATCH):
        batch = objects[first : first + BATCH]
        ours, theirs = verdicts("".join(f"---\n{json.dumps(o)}\n" for o in batch), gate, tmp_path)
        assert len(ours) == len(theirs) == len(batch)
        for thing, our, their in zip(batch, ours, theirs):
            # Writing a parameter without a value fails after admission: an error of ours, not of Tekton's rules.
            if "impossible ParamValues.Type" in their["message"]:
                continue
            seen[their["verdict"]] = seen.get(their["verdict"], 0) + 1
            if our["verdict"] != their["verdict"]:
                wrong.append(f"{our['verdict']}, not {their['verdict']}: {their['message']}\n{json.dumps(thing)}")
    assert not wrong, "\n".join(wrong[:5])
    assert min(seen.values()) > OBJECTS // 20 and len(seen) == 3
