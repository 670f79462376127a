"""Components from code, by the command line and the API: what comes out is a component, and does what the code does."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
import yaml

from documents import fresh, given, output, text_of
from watching import is_problem

ROOT = pathlib.Path(__file__).resolve().parents[2]
TYPED = '''\
import typing
from typing import NamedTuple, Optional
from kfp.components import InputPath, OutputPath, create_component_from_func

GREETING = "not used"


def typed(
    count: int,
    rate: float = 1e-2,
    loud: bool = False,
    names: typing.List[str] = ["a", 'b"c', "ü"],
    options: dict = {"deep": [1, 2.5, None, True]},
    note: Optional[str] = None,
    text: str = "it's \\"$(x)\\" {{x}} \\\\ \\u00fc",
) -> NamedTuple("Outputs", [("sum", float), ("whole", int), ("yes", bool), ("all", dict), ("list", list), ("said", str)]):
    """Takes one
    of each.

    More about it.

    Args:
        count: How many.
        rate (float): How fast,
            a share.

    Returns:
        sum: Both together.
    """
    # $(context.pipelineRun.name) {{workflow.name}} $$ `id` "quoted" 'single' ü
    import collections

    said = "$(x) {{x}} $$ `id` \\"q\\" 'q' ü|" + text + "|" + repr(note)
    Outputs = collections.namedtuple("Outputs", "sum whole yes all list said")
    return Outputs(count + rate, count, loud, {"names": names, "options": options}, [count, rate], said)
'''
FILES = '''\
def copy_lines(
    table_path: InputPath("CSV"),
    few_file_path: OutputPath("CSV"),
    most: int = 2,
) -> int:
    with open(table_path, encoding="utf-8") as f, open(few_file_path, "w", encoding="utf-8") as out:
        lines = f.readlines()[:most]
        out.writelines(lines)
    return len(lines)
'''


@pytest.fixture
def folder(place):
    path = place.make(fresh("code"))
    os.chmod(path, 0o755)
    return path


@pytest.fixture
def make(place, folder):
    """make(source, …options) gives the component, as component-hub component new writes it."""

    def run(source, *options, file="code.py", code=0):
        (folder / file).write_text(source, encoding="utf-8")
        done = place.run(place.binary, "component", "new", folder / file, *options, check=False)
        assert done.returncode == code, done.stderr
        return done if code else yaml.safe_load(done.stdout)

    return run


@pytest.fixture
def results(place, folder):
    """results(component, arguments, names) runs it on this machine and gives those outputs of it."""

    def run(component, arguments, outputs, before=None):
        tasks = {**(before or {}), "it": {"componentRef": {"name": "it"}, "arguments": arguments}}
        document = {
            "name": "Run it",
            "inputs": [{"name": "given", "default": "one\ntwo\nthree\n"}],
            "outputs": [{"name": name} for name in outputs],
            "implementation": {"graph": {
                "tasks": tasks, "outputValues": {name: output("it", name) for name in outputs},
            }},
        }
        (folder / "components" / "it").mkdir(parents=True, exist_ok=True)
        (folder / "components" / "it" / "component.yaml").write_text(text_of(component), encoding="utf-8")
        (folder / "pipeline.yaml").write_text(text_of(document), encoding="utf-8")
        done = place.run(
            place.binary, "run", "--output", "json", "--catalog", folder, folder / "pipeline.yaml", check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])["results"]

    return run


def called(component, arguments, outputs, folder):
    """What its command does here: arguments as a KFP engine would give them."""
    paths = {name: folder / "made" / name / "data" for name in outputs}

    def text(part):
        if isinstance(part, str):
            return [part]
        if "if" in part:
            there = part["if"]["cond"]["isPresent"] in arguments
            return [each for inner in part["if"]["then"] for each in text(inner)] if there else []
        (kind, name), = part.items()
        return [str(paths[name]) if kind == "outputPath" else arguments[name]]

    container = component["implementation"]["container"]
    command = [each for part in container["command"] + container.get("args", []) for each in text(part)]
    command[0] = {"python3": sys.executable}.get(command[0], command[0])
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    return done, {name: path.read_text("utf-8") for name, path in paths.items() if path.exists()}


# ---- what comes out


def test_a_function_with_every_type_becomes_a_component_with_descriptions_and_defaults(make):
    component = make(TYPED)
    assert (component["name"], component["description"]) == ("Typed", "Takes one of each.")
    assert component["inputs"] == [
        {"name": "count", "type": "Integer", "description": "How many."},
        {"name": "rate", "type": "Float", "description": "How fast, a share.", "default": "1e-2", "optional": True},
        {"name": "loud", "type": "Boolean", "default": "False", "optional": True},
        {"name": "names", "type": "JsonArray", "default": '["a","b\\"c","ü"]', "optional": True},
        {"name": "options", "type": "JsonObject", "default": '{"deep":[1,2.5,null,true]}', "optional": True},
        {"name": "note", "type": "String", "optional": True},
        {"name": "text", "type": "String", "default": 'it\'s "$(x)" {{x}} \\ ü', "optional": True},
    ]
    assert component["outputs"][:2] == [
        {"name": "sum", "type": "Float", "description": "Both together."}, {"name": "whole", "type": "Integer"},
    ]
    container = component["implementation"]["container"]
    assert (container["image"], container["command"][:3]) == ("python:3.11-slim", ["python3", "-u", "-c"])
    # The source is in it as it was typed.
    assert TYPED[TYPED.index("def typed"):].strip() in container["command"][3]


def test_the_parts_of_files_lose_path_and_file_from_their_names(make):
    component = make(FILES, "--name", "Few lines", "--image", "python:3.12-alpine")
    assert component["name"] == "Few lines"
    assert [(each["name"], each.get("type")) for each in component["inputs"]] == [("table", "CSV"), ("most", "Integer")]
    assert component["outputs"] == [{"name": "few", "type": "CSV"}, {"name": "Output", "type": "Integer"}]
    assert component["implementation"]["container"]["image"] == "python:3.12-alpine"


def test_what_comes_out_is_the_same_twice_and_written_to_a_file(make, place, folder):
    (folder / "code.py").write_text(FILES)
    texts = {place.run(place.binary, "component", "new", folder / "code.py").stdout for _ in range(2)}
    assert len(texts) == 1
    os.chmod(folder, 0o777)
    place.run(place.binary, "component", "new", folder / "code.py", "--output", folder / "made.yaml")
    assert {(folder / "made.yaml").read_text()} == texts


def test_packages_are_installed_first_and_are_no_part_of_a_script(make, folder):
    component = make(FILES, "--package", "pandas==2.2.0", "--package", "fsspec[http]>=2024,<2026")
    command = component["implementation"]["container"]["command"]
    assert command[:2] == ["sh", "-ec"]
    assert command[3:7] == ["sh", "pandas==2.2.0", "fsspec[http]>=2024,<2026", "--"]
    assert "pandas" not in command[2] and command[7:10] == ["python3", "-u", "-c"]
    # The script itself, with a pip that only says what it is given.
    tools = folder / "tools"
    tools.mkdir()
    (tools / "python3").write_text('#!/bin/sh\nfor last; do :; done\ncase "$*" in *pip*) cat "$last" ;; *) echo "ran $*" ;; esac\n')
    (tools / "python3").chmod(0o755)
    done = subprocess.run(
        [*command[:7], "python3", "x"], capture_output=True, text=True, env={"PATH": f"{tools}:{os.environ['PATH']}"}
    )
    assert done.stdout == "pandas==2.2.0\nfsspec[http]>=2024,<2026\nran x\n", done.stderr


def test_packages_warn_that_the_network_is_needed(make, place, folder):
    (folder / "code.py").write_text(FILES)
    done = place.run(place.binary, "component", "new", folder / "code.py", "--package", "pandas")
    assert "needs_network" in done.stderr
    for wrong in ("-r /etc/passwd", "a; b", "https://x/y.whl", "$(id)", "'", "../x", ""):
        assert "bad_package" in make(FILES, "--package", wrong, code=1).stderr


@pytest.mark.parametrize("name, title", [("coin-flip", "Coin Flip"), ("add", "Add"), ("divide", "Divide")])
def test_components_of_the_starter_catalog_are_those_of_the_functions_beside_them(make, name, title):
    folder = ROOT / "catalog" / "starter" / "components" / name
    stored = yaml.safe_load((folder / "component.yaml").read_text())
    del stored["metadata"]
    source = (folder / f"{name.replace('-', '_')}.py").read_text()
    assert make(source, "--name", title, "--image", "python:3.11-alpine") == stored


def test_the_pipeline_of_functions_calculates(place):
    folder = ROOT / "catalog" / "starter"
    path = folder / "pipelines" / "lightweight-python" / "pipeline.yaml"
    found = {}
    for arguments in ([], ["-p", "a=-7.5", "-p", "b=2", "-p", "c=0.25"]):
        done = place.run(
            place.binary, "run", "--output", "json", "--catalog", place.share / "catalog" / "starter", *arguments, "-",
            input=path.read_text(),
        )
        found[len(arguments)] = json.loads(done.stdout.splitlines()[-1])["results"]
    assert found == {0: {"sum": "18.0", "remainder": "5.0"}, 6: {"sum": "-1.75", "remainder": "0.5"}}


# ---- what it does


def test_a_function_gets_typed_values_and_defaults_and_gives_its_outputs(make, results):
    names = ["sum", "whole", "yes", "all", "list", "said"]
    found = results(make(TYPED), {"count": "40"}, names)
    assert (found["sum"], found["whole"], found["yes"]) == ("40.01", "40", "False")
    assert json.loads(found["all"]) == {"names": ["a", 'b"c', "ü"], "options": {"deep": [1, 2.5, None, True]}}
    assert json.loads(found["list"]) == [40, 0.01]
    plain = "$(x) {{x}} $$ `id` \"q\" 'q' ü|"
    assert found["said"] == plain + 'it\'s "$(x)" {{x}} \\ ü|None'
    found = results(
        make(TYPED),
        {"count": "-1", "rate": "2.5", "loud": "true", "names": "[]", "options": "{}", "note": "n", "text": "--count"},
        names,
    )
    assert (found["sum"], found["whole"], found["yes"]) == ("1.5", "-1", "True")
    assert found["said"] == plain + "--count|'n'"


def test_files_come_as_paths_and_are_made_in_folders_that_exist(make, results, folder):
    before = {
        "write": {
            "componentRef": {"spec": {
                "name": "Write",
                "inputs": [{"name": "text"}],
                "outputs": [{"name": "file", "type": "CSV"}],
                "implementation": {"container": {
                    "image": "busybox:1.36", "command": ["sh", "-ec", 'mkdir -p "$(dirname "$1")"; printf %s "$0" > "$1"'],
                    "args": [{"inputValue": "text"}, {"outputPath": "file"}],
                }},
            }},
            "arguments": {"text": given("given")},
        }
    }
    assert results(make(FILES), {"table": output("write", "file")}, ["Output"], before) == {"Output": "2"}
    (folder / "table.csv").write_text("one\ntwo\nthree\n")
    _, found = called(make(FILES), {"table": str(folder / "table.csv")}, ["few", "Output"], folder)
    assert found == {"few": "one\ntwo\n", "Output": "2"}


@pytest.mark.parametrize(
    "source, arguments, expected",
    [
        ("def f(a):\n    return None\n", {"a": "x"}, {}),
        ("def f(a) -> str: return a[::-1]\n", {"a": "äbc"}, {"Output": "cbä"}),
        ("def f(a: bool) -> list:\n\treturn (1, a)\n", {"a": "no"}, {"Output": "[1, false]"}),
        ("def f(*, a: 'My Type' = 'x') -> 'Other': return a\n", {}, {"Output": "x"}),
        ("def f(a: int | None) -> str: return repr(a)\n", {}, {"Output": "None"}),
        ("def f(a: 'CSV' = '''one\n# two'''):\n    '''Doc.'''\n", {}, {}),
        ("def f() -> NamedTuple('O', a=int, b=str):\n    return {'b': 'x', 'a': 1}\n", {}, {"a": "1", "b": "x"}),
        ("x = 1\ndef f() -> str:\n    x = 'own'\n    return x\nprint(x)\n", {}, {"Output": "own"}),
        ("def f() -> str:\n    return '''\nat the left\n'''\n# after\n", {}, {"Output": "\nat the left\n"}),
        ("def f(a: int = 0x1F, b: int = 1_000) -> int:\n    return a + b\n", {}, {"Output": "1031"}),
        ("def f(path: InputPath(), file: str) -> str:\n    return path + file\n", {"path": "p", "file": "f"}, {"Output": "pf"}),
    ],
)
def test_functions_of_many_forms_do_what_they_say(make, folder, source, arguments, expected):
    component = make(source)
    done, found = called(component, arguments, [each["name"] for each in component.get("outputs", [])], folder)
    assert done.returncode == 0, done.stderr
    assert found == expected


@pytest.mark.parametrize(
    "source, arguments, says",
    [
        ("def f() -> int: return 'x'\n", {}, "the output Output cannot be 'x'"),
        ("def f() -> NamedTuple('O', a=int, b=int): return (1,)\n", {}, "1 values are returned, not 2"),
        ("def f(a: bool): pass\n", {"a": "maybe"}, "not a boolean: 'maybe'"),
        ("def f(a: int): pass\n", {"a": "1.5"}, "invalid literal"),
    ],
)
def test_what_does_not_fit_fails_and_says_so(make, folder, source, arguments, says):
    component = make(source)
    done, _ = called(component, arguments, [each["name"] for each in component.get("outputs", [])], folder)
    assert done.returncode == 1 and says in done.stderr


# ---- scripts


SCRIPT = """\
#!/bin/sh
# $(who) {{who}} 'quoted' "double" ü
printf 'Hello, %s %s' "$who" "${times-no}" > "$text"
env | grep -c '^who=' > "$Number_of"
"""


def test_a_script_gets_its_inputs_as_variables_and_writes_its_outputs(make, results):
    component = make(
        SCRIPT, "--name", "Greet", "--input", "who:String=world", "--input", "times?:Integer", "--output", "text:String",
        "--output", "Number of:Integer", file="greet.sh",
    )
    assert component["inputs"] == [
        {"name": "who", "type": "String", "default": "world", "optional": True},
        {"name": "times", "type": "Integer", "optional": True},
    ]
    assert component["implementation"]["container"]["image"] == "busybox:1.36"
    assert SCRIPT in component["implementation"]["container"]["command"][2]
    assert results(component, {}, ["text", "Number of"]) == {"text": "Hello, world no", "number-of": "1\n"}
    found = results(component, {"who": '$(id) "; `id` \'ü', "times": "3"}, ["text"])
    assert found == {"text": 'Hello, $(id) "; `id` \'ü 3'}


def test_a_script_of_bash_is_run_by_bash(make, folder):
    component = make('#!/usr/bin/env bash\na=(x y)\nprintf %s "${a[1]}" > "$out"\n', "--name", "B", "--output", "out", file="b.sh")
    assert component["implementation"]["container"]["image"] == "bash:5.2"
    assert called(component, {}, ["out"], folder)[1] == {"out": "y"}


@pytest.mark.parametrize(
    "options, code",
    [
        (["--name", "x", "--input", "PATH"], "bad_name"),
        (["--name", "x", "--input", "1st"], "bad_name"),
        (["--name", "x", "--input", "a:B C"], "bad_type"),
        (["--name", "x", "--input", "a b", "--output", "a_b"], "duplicate_name"),
        (["--name", "x", "--package", "pandas"], "not_for_shell"),
        (["--name", "x", "--input", "n:Integer=many"], "bad_default"),
    ],
)
def test_ports_that_no_script_can_have_are_refused(make, options, code):
    assert f"[{code}]" in make("true\n", *options, file="x.sh", code=1).stderr


def test_a_script_is_called_as_its_file_where_it_has_no_name(make):
    assert make("true\n", file="count words.sh")["name"] == "count words"
    assert make("true\n", "--name", "Other", file="x.sh")["name"] == "Other"


def test_another_interpreter_is_refused(make):
    assert "is no shell" in make("#!/usr/bin/perl\n", "--name", "x", file="x.sh", code=1).stderr


# ---- what is refused


WRONG = [
    ("x = 1\n", "no_function", 0),
    ("def a(): pass\ndef b(): pass\n", "several_functions", 2),
    ("async def f(): pass\n", "no_function", 0),
    ("def f(a: np.ndarray): pass\n", "unsupported_type", 1),
    ("def f(\n  a: int,\n  b: Input[Dataset]): pass\n", "unsupported_type", 3),
    ("def f(*args): pass\n", "unsupported_parameter", 1),
    ("def f(a, /): pass\n", "unsupported_parameter", 1),
    ("def f(a=5): pass\n", "wrong_default", 1),
    ("def f(a: int = 'x'): pass\n", "wrong_default", 1),
    ("def f(a: int = True): pass\n", "unsupported_default", 1),
    ("def f(a: int = len('x')): pass\n", "unsupported_default", 1),
    ("def f(a: str = f'{x}'): pass\n", "syntax", 1),
    ("def f(a, a_path: InputPath()): pass\n", "duplicate_name", 1),
    ("def f() -> tuple: pass\n", "unsupported_return", 1),
    ("def f() -> NamedTuple('O', [x]): pass\n", "unsupported_return", 1),
    ("import json\n\ndef f(a):\n    return json.dumps(a)\n", "outside_name", 4),
    ("def g(): pass\ndef f(a):\n    return g()\n", "outside_name", 3),
    ("def f(a:\n", "syntax", 1),
    ("def f(a): return 'x\n", "syntax", 1),
    ("def f)a): pass\n", "syntax", 1),
    ("def _f(): pass\n", "no_function", 0),
]


@pytest.mark.parametrize("source, code, line", WRONG)
def test_what_is_not_understood_is_an_error_with_its_line(hub, source, code, line):
    request = {"language": "python", "source": source}
    if code == "outside_name":
        request["function"] = "f"
    answer = hub.post("/api/v1/components/from-code", auth=False, json=request)
    if (code, line) == ("unsupported_default", 1) and "True" in source:
        code = "wrong_default"
    is_problem(answer, 422, "bad_code")
    problem = answer.json()["problems"][0]
    assert (problem["code"], problem["line"] or 0, problem["severity"]) == (code, line, "error")


def test_the_command_line_says_where_it_is_and_what_to_write_instead(make):
    done = make("\n\ndef f(a: Input[Model]): pass\n", code=1)
    assert "code.py:3:10: error:" in done.stderr and "hint: artifacts of KFP 2" in done.stderr
    assert done.stdout == ""


def test_too_much_code_and_bytes_that_are_no_text_are_refused(make, place, folder):
    assert "too_large" in make("#" * (64 << 10) + "\n", code=1).stderr
    (folder / "bytes.py").write_bytes(b"def f(): pass\n# \xff\n")
    assert "not_utf8" in place.run(place.binary, "component", "new", folder / "bytes.py", check=False).stderr


# ---- the API


def made(hub, **request):
    return hub.post("/api/v1/components/from-code", auth=False, json=request)


def test_a_script_needs_a_name(hub):
    body = is_problem(made(hub, language="shell", source="true\n"), 422, "bad_code")
    assert [p["code"] for p in body["problems"]] == ["missing_name"]


def test_the_api_answers_the_component_that_the_command_line_writes(hub, make):
    answer = made(hub, language="python", source=TYPED)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/yaml")
    assert yaml.safe_load(answer.text) == make(TYPED)


def test_with_json_the_warnings_come_along_and_the_component_can_be_published(hub):
    answer = hub.post(
        "/api/v1/components/from-code", auth=False, headers={"Accept": "application/json"},
        json={"language": "python", "source": FILES, "packages": ["pandas"], "name": fresh("Few lines")},
    )
    assert [problem["code"] for problem in answer.json()["problems"]] == ["needs_network"]
    published = hub.publish(answer.json()["component"].encode())
    assert published.status_code == 201, published.text
    assert published.json()["kind"] == "component"


def test_a_script_has_its_ports_in_the_request(hub, folder):
    answer = made(
        hub, language="shell", name="Say", source='printf %s "$what" > "$said"\n',
        inputs=[{"name": "what", "type": "String", "description": "To say.", "default": "this"}],
        outputs=[{"name": "said", "description": "What was said."}],
    )
    component = yaml.safe_load(answer.text)
    assert component["inputs"] == [
        {"name": "what", "type": "String", "description": "To say.", "default": "this", "optional": True}
    ]
    assert called(component, {"what": "that"}, ["said"], folder)[1] == {"said": "that"}


@pytest.mark.parametrize(
    "request_",
    [
        {"source": "x"}, {"language": "perl", "source": "x"}, {"language": "python"}, {"language": "python", "source": 1},
        {"language": "python", "source": "x", "packages": "pandas"}, {"language": "python", "source": "x", "packages": [1]},
        {"language": "shell", "source": "x", "inputs": ["a"]}, {"language": "shell", "source": "x", "inputs": [{"name": 1}]},
        {"language": "shell", "source": "x", "inputs": [{"name": "a", "optional": "yes"}]},
        {"language": "python", "source": "x", "packages": ["a"] * 51},
    ],
)
def test_requests_of_another_shape_are_refused(hub, request_):
    is_problem(made(hub, **request_), 422, "bad_request")


def test_nothing_is_stored(hub):
    before = hub.get("/api/v1/assets", params={"limit": 1, "facets": "true"}).json()["facets"]
    assert made(hub, language="python", source=TYPED).status_code == 200
    assert hub.get("/api/v1/assets", params={"limit": 1, "facets": "true"}).json()["facets"] == before
