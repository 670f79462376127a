"""The command line: help, exit codes, settings by flag and by variable, what the README says of them,
migrations.
"""

import os
import pathlib
import re
import shutil
import socket
import threading

import pytest
import yaml

from documents import ECHO, given, output, pipeline, script_pipeline, task, text_of
from watching import wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = ["serve", "migrate", "import", "compile", "convert", "lint", "component", "run"]


@pytest.fixture
def program(place):
    """Runs the program without any setting of its own."""

    def run(*arguments, env=None, **keywords):
        return place.run(
            place.binary, *arguments, env=place.environment(**(env or {})), check=False, **keywords
        )

    return run


@pytest.fixture
def folder(place, request):
    path = place.make("cli-" + str(abs(hash(request.node.nodeid)) % 10**8))
    os.chmod(path, 0o755)
    return path


@pytest.fixture
def write(folder):
    """write(document) gives the path of a file with it."""

    def put(document, name="pipeline.yaml"):
        path = folder / name
        path.write_text(document if isinstance(document, str) else text_of(document))
        return path

    return put


# ---- help


def test_the_version_is_that_of_the_tree(program, place):
    for arguments in (["version"], ["--version"]):
        done = program(*arguments)
        assert (done.returncode, done.stdout) == (
            0,
            f"component-hub {(ROOT / 'VERSION').read_text().strip()}\n",
        )


def test_without_a_command_it_says_which_there_are(program):
    done = program()
    assert done.returncode == 2 and done.stdout == ""
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", done.stderr, re.M), command
    for word in ("--help", "-h", "help"):
        asked = program(word)
        assert (asked.returncode, asked.stdout, asked.stderr) == (0, done.stderr, "")


def test_an_unknown_command_is_told(program):
    done = program("server")
    assert done.returncode == 2 and "no command server" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(program, command, flag):
    done = program(command, flag)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.lower().startswith(f"usage: component-hub {command}")
    assert "--help" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 120


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_flag_is_told_with_where_to_look(program, command):
    done = program(command, "--no-such-flag", "x")
    assert done.returncode == 2 and done.stdout == ""
    assert "no-such-flag" in done.stderr and "--help" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve", "--listen"],
        ["serve", "--listen", "8080"],
        ["serve", "--listen", "localhost:99999"],
        ["serve", "--listen", ":80"],
        ["serve", "--auth", "basic"],
        ["serve", "--loops", "many"],
        ["serve", "--parallel-tasks", "0"],
        ["serve", "--log-level", "loud"],
        ["serve", "--log-format=xml"],
        ["serve", "extra"],
        ["migrate", "extra"],
        ["migrate", "--database="],
        ["import"],
        ["compile"],
        ["lint"],
        ["run"],
        ["compile", "a", "b"],
        ["compile", "--output", "toml", "a"],
        ["lint", "--gate", "gamma", "a"],
        ["lint", "--format", "xml", "a"],
        ["lint", "--catalog", "/nowhere", "a"],
        ["run", "--parallel", "0", "a"],
        ["run", "--timeout", "soon", "a"],
        ["compile", "--param", "novalue", "a"],
    ],
    ids=" ".join,
)
def test_what_is_not_understood_is_refused_before_anything_happens(program, arguments):
    done = program(*arguments, timeout=20)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == "" and done.stderr


# ---- settings


def flags_of_help(program):
    """What --help prints: {flag: (variable or None, {commands})}."""
    found = {}
    for command in ("serve", "migrate", "import"):
        text = program(command, "--help").stdout
        for flag, body in re.findall(r"^  --([a-z-]+)[^\n]*\n      ([^\n]*)", text, re.M):
            variable = re.search(r"\((COMPONENT_HUB_[A-Z_]+)\)$", body)
            _, commands = found.setdefault(flag, (variable and variable.group(1), set()))
            commands.add(command)
    return found


def flags_of_readme():
    """The README's table, in the same form."""
    text = (ROOT / "README.md").read_text()
    found = {}
    for row in re.findall(r"^\| (`--.*) \|$", text, re.M):
        flags, variables, of, _ = re.split(r"(?<!\\) ?\| ?", row)
        names = re.findall(r"`--([a-z-]+)", flags)
        several = [part.strip() for part in of.split(";")]
        for i, name in enumerate(names):
            variable = re.search(r"`(COMPONENT_HUB_[A-Z_]+)`", variables)
            commands = several[i] if len(several) > 1 else several[0]
            found[name] = (variable and variable.group(1), set(commands.split(", ")))
    return found


def test_the_readme_lists_exactly_the_flags_that_help_prints(program):
    assert flags_of_readme() == flags_of_help(program)


def test_a_flag_wins_over_its_variable_and_a_wrong_variable_is_told(program, place, postgres):
    url, nowhere = postgres.create("cli_settings"), "postgresql:///nowhere?host=%2Fnowhere"
    command = ["migrate", "--share", place.share, "--dry-run"]
    assert program(*command, env={"COMPONENT_HUB_DATABASE": nowhere}).returncode == 2
    assert program(*command, env={"COMPONENT_HUB_DATABASE": url, "DATABASE_URL": nowhere}).returncode == 0
    assert program(*command, "--database", url, env={"COMPONENT_HUB_DATABASE": nowhere}).returncode == 0
    done = program("serve", env={"COMPONENT_HUB_LISTEN": "nonsense"}, timeout=20)
    assert done.returncode == 2 and "COMPONENT_HUB_LISTEN=nonsense" in done.stderr


def test_database_url_is_read_where_our_own_variable_is_not_set(program, place, postgres):
    url = postgres.create("cli_database_url")
    done = program("migrate", "--share", place.share, env={"DATABASE_URL": url})
    assert done.returncode == 0, done.stderr
    done = program(
        "migrate", f"--share={place.share}", "--database", url, env={"DATABASE_URL": "postgresql:///nowhere"}
    )
    assert (done.returncode, done.stdout) == (0, "The database is up to date.\n")


def test_the_port_that_is_taken_is_told(make_hub):
    hub = make_hub()
    other = hub.place.make("cli-port")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = hub.command(
            "serve", "--listen", f"127.0.0.1:{taken.getsockname()[1]}", "--state", other, check=False
        )
    assert done.returncode == 2 and "taken" in done.stderr
    for flag in re.findall(r"--[a-z-]+", done.stderr):
        assert flag in hub.command("serve", "--help").stdout, f"there is no {flag}"


def test_logs_are_text_or_json_as_asked(make_hub):
    hub = make_hub("--no-access-log", settings={"COMPONENT_HUB_LOG_LEVEL": "info"})
    hub.get("/api/v1/assets")
    assert any(e["msg"] == "listening" for e in hub.entries())
    assert not any(e["msg"] == "request" for e in hub.entries())
    hub.stop()
    hub.flags += ("--log-format", "text")
    mark = hub.log.stat().st_size
    process = hub.place.start(
        hub.place.binary, "serve", "--listen", "127.0.0.1:0", *hub.flags, env=hub.environment(),
        stdout=open(hub.log, "ab"), stderr=open(hub.log, "ab"),
    )  # fmt: skip
    try:
        wait_for(lambda: "listening" in hub.log.read_text()[mark:], "the text log")
        assert "{" not in hub.log.read_text()[mark:].splitlines()[0]
    finally:
        process.terminate()
        assert process.wait(40) == 0


# ---- migrations


@pytest.fixture
def migrations(place, folder, postgres):
    """A share folder of one's own, and a database that has its migrations."""
    shutil.copytree(place.share / "migrations", folder / "migrations")
    url = postgres.create(folder.name)
    return folder, ["migrate", "--share", str(folder), "--database", url]


def next_migration(folder, name):
    """The path of one more."""
    last = max(path.name for path in (folder / "migrations").glob("*.sql"))
    return folder / "migrations" / f"{int(last[:4]) + 1:04}_{name}.sql"


def test_migrations_are_applied_once_and_in_order(program, migrations):
    folder, command = migrations
    names = sorted(path.name for path in (folder / "migrations").glob("*.sql"))
    dry = program(*command, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert [line.split()[-1].removesuffix(".sql") for line in dry.stdout.splitlines()] == [
        name.removesuffix(".sql") for name in names
    ]
    done = program(*command)
    assert done.returncode == 0 and done.stdout.replace("applied", "would apply") == dry.stdout
    assert program(*command).stdout == "The database is up to date.\n"
    more = next_migration(folder, "more")
    more.write_text("CREATE TABLE more (id integer);\n")
    assert program(*command).stdout.startswith("applied " + more.stem)
    (folder / "migrations" / "9999_gap.sql").write_text("SELECT 1;\n")
    assert program(*command).returncode == 1


def test_an_edited_migration_is_refused(program, migrations):
    folder, command = migrations
    assert program(*command).returncode == 0
    first = sorted((folder / "migrations").glob("*.sql"))[0]
    first.write_text(first.read_text() + "\n-- a harmless thought\n")
    done = program(*command)
    assert done.returncode == 1
    assert first.name.removesuffix(".sql") in done.stderr and "edited" in done.stderr


def test_a_missing_migration_is_refused(program, migrations):
    folder, command = migrations
    assert program(*command).returncode == 0
    first = sorted((folder / "migrations").glob("*.sql"))[0]
    first.unlink()
    done = program(*command)
    assert done.returncode == 1 and first.name.removesuffix(".sql") in done.stderr


def test_a_migration_that_fails_leaves_nothing_behind(program, migrations, postgres):
    folder, command = migrations
    assert program(*command).returncode == 0
    half = next_migration(folder, "half")
    half.write_text("CREATE TABLE half (id integer);\nSELECT 1/0;\n")
    done = program(*command)
    assert done.returncode != 0 and half.stem in done.stderr and "division by zero" in done.stderr
    assert postgres.sql("select to_regclass('half') is null", folder.name) == "t"


def test_two_that_migrate_at_once_do_it_once(program, migrations):
    _, command = migrations
    done = []
    threads = [threading.Thread(target=lambda: done.append(program(*command))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [d.returncode for d in done] == [0] * 4, [d.stderr for d in done]
    assert sum("applied 0001" in d.stdout for d in done) == 1


def test_without_a_database_the_exit_code_is_2(program, place):
    gone = ["--database", "postgresql:///x?host=%2Fnowhere"]
    assert program("migrate", "--share", place.share, *gone).returncode == 2
    assert program("import", *gone, place.share / "catalog" / "starter").returncode == 2


# ---- import


def test_import_tells_what_is_wrong_and_goes_on_with_the_rest(make_hub, folder):
    hub = make_hub()
    for name, text in (("good", text_of(ECHO)), ("bad", "name: bad\nimplementation: {container: {}}\n")):
        (folder / "components" / name).mkdir(parents=True)
        (folder / "components" / name / "component.yaml").write_text(text)
    done = hub.command("import", "--namespace", "mine", folder, check=False)
    assert done.returncode == 1
    assert "1 published, 0 there already, 1 failed" in done.stdout
    assert "bad" in done.stderr
    assert hub.get("/api/v1/assets/mine/component/good").status_code == 200
    done = hub.command("import", "--namespace", "mine", "--dry-run", folder / "components" / "good")
    assert "0 published, 1 there already" in done.stdout


def test_import_of_a_folder_that_is_not_there_fails(make_hub):
    hub = make_hub()
    done = hub.command("import", "/no/such/folder", check=False)
    assert done.returncode in (1, 2) and "/no/such/folder" in done.stderr


# ---- compile and run


def test_compile_exit_codes(program, write, folder):
    good = write(pipeline("Good", {"a": task(ECHO, {"text": "x"})}))
    assert program("compile", good).returncode == 0
    assert program("compile", "--check", good).stdout == ""
    as_json = program("compile", "--output", "json", good)
    assert as_json.stdout.startswith('{"apiVersion"') or '"kind":"PipelineRun"' in as_json.stdout.replace(
        " ", ""
    )
    bad = write(pipeline("Bad", {"a": task(ECHO, {"txt": "x"})}), "bad.yaml")
    done = program("compile", bad)
    assert done.returncode == 1 and done.stdout == ""
    assert re.search(r"bad\.yaml:\d+:\d+: error: ", done.stderr)
    assert program("compile", folder / "nothing.yaml").returncode == 2
    assert program("compile", "--catalog", folder / "nothing", good).returncode == 2


def test_compile_resumes_a_run_from_a_file(program, write, folder):
    document = write(
        pipeline("Rest", {"a": task(ECHO, {"text": "x"}), "b": task(ECHO, {"text": output("a", "said")})})
    )
    run = folder / "run.json"
    run.write_text('{"tasks": [{"name": "a", "state": "succeeded", "matrix": null, "results": {"said": "stored"}}]}')
    done = program("compile", "--resume", run, document)
    assert done.returncode == 0, done.stderr
    tasks = yaml.safe_load(done.stdout)["spec"]["pipelineSpec"]["tasks"]
    assert [t["name"] for t in tasks] == ["b"] and tasks[0]["params"][0]["value"] == "stored"
    run.write_text("{}")
    assert program("compile", "--resume", run, document).returncode == 2


def test_compile_to_references_needs_to_know_where_the_hub_is(program, write):
    document = write(pipeline("Refs", {"a": task(ECHO, {"text": "x"})}))
    assert program("compile", "--as", "references", "--hub", "https://hub.example.org", document).returncode == 0
    for hub in ([], ["--hub", "hub.example.org"], ["--hub", "http://x/"], ["--hub", "http://$(x)"]):
        done = program("compile", "--as", "references", *hub, document)
        assert done.returncode == 2 and "--hub" in done.stderr


def test_compile_reads_standard_input(program, write):
    path = write(pipeline("Piped", {"a": task(ECHO, {"text": "x"})}))
    done = program("compile", "-", stdin=open(path))
    assert done.returncode == 0 and done.stdout == program("compile", path).stdout


def test_run_says_what_happens_and_ends_with_the_runs_outcome(program, write):
    tasks = {"a": task(ECHO, {"text": given("w")}), "b": task(ECHO, {"text": output("a", "said")})}
    good = write(pipeline("Good", tasks, {"w": "String"}, {"said": ("b", "said")}))
    done = program("run", "--param", "w=it works", good)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "said: it works" in done.stdout and "succeeded" in done.stdout
    quiet = program("run", "--quiet", "--param", "w=it works", good)
    assert quiet.returncode == 0 and len(quiet.stdout) < len(done.stdout)
    bad = write(script_pipeline("echo out; exit 9"), "bad.yaml")
    done = program("run", bad)
    assert done.returncode == 1 and "code 9" in done.stdout
    late = program("run", "--timeout", "1s", write(script_pipeline("sleep 300"), "late.yaml"))
    assert late.returncode == 1 and "timed_out" in late.stdout
    missing = program("run", write(pipeline("Good", tasks, {"w": "String"}), "needs.yaml"))
    assert missing.returncode == 1


def test_run_is_interrupted_like_other_programs(place, write):
    path = write(script_pipeline("echo begun; sleep 300"))
    process = place.start(place.binary, "run", path, stdout=-1, stderr=-1, text=True)
    for line in process.stdout:
        if "begun" in line:
            break
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 130


def test_run_leaves_nothing_behind(program, write, folder):
    state = folder / "runs"
    state.mkdir(mode=0o700)
    shutil.chown(state, "component-hub", "component-hub") if os.geteuid() == 0 else None
    assert program("run", "--state-dir", state, write(script_pipeline("echo x > /tmp/left"))).returncode == 0
    left = [str(path) for path in state.rglob("*") if path.is_file() and "left" in path.name]
    assert left == []
    assert len(list(state.iterdir())) <= 1
