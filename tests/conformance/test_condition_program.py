"""What comparisons in conditions mean (pipeline-creator/graph/compare.h): the program that computes them in a run and
the compiler, which decides what it knows already, against Python's exact numbers.

The program is taken from a compiled manifest and run with every awk of this machine.
"""

import itertools
import os
import random
import re
import shutil
import subprocess
from decimal import Decimal, getcontext
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("COMPONENT_HUB", ROOT / "build/release/component-hub"))
GOLDEN = ROOT / "tests/conformance/compile/golden/condition-order.yaml"

getcontext().prec = 200  # digits, more than any number here has

NUMBER = re.compile(r"[ \t\r\n]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[ \t\r\n]*\Z")
TEXTS = [
    "0", "-0", "0.0", ".0", "00", "1", "1.0", "01", "+1", "1.", ".5", "0.50", "-1", "-1.5", "10", "9", "100", "1e2", "1E+2",
    "1e-2", "0.01", "9007199254740992", "9007199254740993", "-9007199254740993", "123456789012345678901234567890",
    "123456789012345678901234567890.5", "1e30", "1e999999999", "1e-999999999", " 7\n", "\t7", "7 7", "nan", "NaN", "-nan",
    "inf", "-inf", "Infinity", "", " ", "a", "b", "B", "é", "z", "-", ".", "e5", "1e", "1e5x", "0x10", "1_000", "1,5", "$", "\\n",
    "1e1234567890", "1e0000000001", "%s", "a\nb", "true",
]


def number(text):
    """(rank, value): −∞, numbers and ∞ by rank; None when the text is no number."""
    bare = text.strip(" \t\r\n").lower()
    sign, word = (-1, bare[1:]) if bare[:1] == "-" else (1, bare[1:] if bare[:1] == "+" else bare)
    if word == "nan":
        return "nan"
    if word in ("inf", "infinity"):
        return (sign, 0)
    if not NUMBER.match(text):
        return None
    exponent = re.search(r"e[+-]?0*(\d*)$", word)
    if exponent and len(exponent.group(1)) > 9:
        return None
    mantissa, _, power = bare.partition("e")
    return (0, (Decimal(mantissa), int(power or 0)))


def less(x, y):
    """Of two values (Decimal, power of ten), without making numbers with 10**9 digits."""
    (a, p), (b, q) = x, y
    if not a or not b or (a < 0) != (b < 0):
        return a < b
    places = (a.adjusted() + p, b.adjusted() + q)
    if places[0] != places[1]:
        return (places[0] < places[1]) == (a > 0)
    return a.scaleb(-a.adjusted()) < b.scaleb(-b.adjusted())


def order(x, y):
    a, b = number(x), number(y)
    if a is None or b is None:
        one, other = x.encode(), y.encode()
        return (one > other) - (one < other)
    if "nan" in (a, b):
        return None
    if a[0] != b[0] or a[0]:
        return (a[0] > b[0]) - (a[0] < b[0])
    return less(b[1], a[1]) - less(a[1], b[1])


def holds(op, x, y):
    if op in ("==", "!="):
        return (x == y) == (op == "==")
    way = order(x, y)
    return way is not None and {"<": way < 0, "<=": way <= 0, ">": way > 0, ">=": way >= 0}[op]


def random_number(pick):
    digits = "".join(pick.choice("0019") for _ in range(pick.randint(1, 25)))
    if pick.random() < 0.5:
        at = pick.randint(0, len(digits))
        digits = digits[:at] + "." + digits[at:]
    return pick.choice(["", "-", "+"]) + digits + (f"e{pick.randint(-30, 30)}" if pick.random() < 0.3 else "")


def pairs():
    pick = random.Random(20261124)
    return list(itertools.product(TEXTS, TEXTS)) + [(random_number(pick), random_number(pick)) for _ in range(500)]


AWKS = [a for a in (["busybox", "awk"], ["mawk"], ["gawk"], ["gawk", "--posix"], ["original-awk"]) if shutil.which(a[0])]


@pytest.fixture(scope="module")
def program():
    tasks = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))["spec"]["pipelineSpec"]["tasks"]
    task = next(t for t in tasks if t["name"] == "too-good-condition")
    return task["taskSpec"]["steps"][0]["command"]


@pytest.mark.parametrize("awk", AWKS, ids=" ".join)
def test_the_program_compares_as_said(awk, program, tmp_path):
    """All pairs in one go: the program is a stack machine, so that its answer can be a chain of them. A pair that is
    wrong makes the whole wrong, and is then looked for."""
    (tmp_path / "awk").write_text(f'#!/bin/sh\nexec {shutil.which(awk[0])} {" ".join(awk[1:])} "$@"\n', encoding="utf-8")
    (tmp_path / "awk").chmod(0o755)

    def answer(chosen):
        env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        words = []
        for i, (x, y) in enumerate(chosen):
            env |= {f"HUB_VALUE_{2 * i + 1}": x, f"HUB_VALUE_{2 * i + 2}": y}
            for word, op in (("eq", "=="), ("lt", "<"), ("le", "<=")):
                words += [str(2 * i + 1), str(2 * i + 2), word] + ([] if holds(op, x, y) else ["not"])
                words += ["and"] if len(words) > 4 else []
        result = tmp_path / "result"
        done = subprocess.run([*program, result, *words], env=env, capture_output=True, timeout=60, check=True)
        assert done.stdout == result.read_bytes() + b"\n"
        return result.read_text() == "true"

    def wrong(chosen):
        if answer(chosen):
            return []
        middle = len(chosen) // 2
        return chosen if len(chosen) == 1 else wrong(chosen[:middle]) or wrong(chosen[middle:])

    everything = pairs()
    for start in range(0, len(everything), 400):
        assert wrong(everything[start:start + 400]) == []


@pytest.mark.parametrize("words,expected", [
    ("1 2 eq 3 4 lt or", "true"), ("1 2 eq 3 4 lt and", "false"), ("1 2 eq not 3 4 lt and", "true"),
    ("3 4 lt 1 2 eq not and 1 1 eq and not", "false"),
])
def test_and_or_not(words, expected, program, tmp_path):
    env = {"PATH": os.environ["PATH"], "HUB_VALUE_1": "a", "HUB_VALUE_2": "b", "HUB_VALUE_3": "9", "HUB_VALUE_4": "10"}
    subprocess.run([*program, tmp_path / "r", *words.split()], env=env, timeout=10, check=True)
    assert (tmp_path / "r").read_bytes() == expected.encode()


def test_the_compiler_decides_the_same(tmp_path):
    pick = random.Random(7)
    chosen = pick.sample(pairs(), 600)
    component = {"spec": {"name": "A", "implementation": {"container": {"image": "busybox", "command": ["true"]}}}}
    tasks = {"always": {"componentRef": component}}
    expected = {}
    for i, (x, y) in enumerate(chosen):
        op = pick.choice(["==", "!=", "<", "<=", ">", ">="])
        negated = pick.random() < 0.3
        test = {op: {"op1": x, "op2": y}}
        tasks[f"t{i}"] = {"componentRef": component, "isEnabled": {"not": test} if negated else test}
        expected[f"t{i}"] = holds(op, x, y) != negated
    path = tmp_path / "p.yaml"
    path.write_text(yaml.safe_dump({"name": "P", "implementation": {"graph": {"tasks": tasks}}}), encoding="utf-8")
    done = subprocess.run([BINARY, "compile", path], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    compiled = yaml.safe_load(done.stdout)["spec"]["pipelineSpec"]["tasks"]
    found = {t["name"]: "when" not in t for t in compiled if t["name"] != "always"}
    wrong = {name: chosen[int(name[1:])] for name in expected if found[name] != expected[name]}
    assert wrong == {}
