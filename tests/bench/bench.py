"""`make bench`: the hot paths, each as a ratio to a baseline measured in the same run on the same machine.

read     GET …/versions/sha256:… by wrk, against pgbench sending the very statement that the hub
         sends for it, prepared, over the same server.
compile  pipelines of 3, 50 and 500 tasks in process, against the kfp SDK's compile call on a like pipeline, and
         against libyaml parsing and emitting the bytes that come out.

Rounds alternate and medians are compared, because such machines drift.
"""

import json
import pathlib
import re
import statistics
import subprocess
import sys
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from conftest import POSTGRES_BIN, Hub, Place, Postgres  # noqa: E402

ROUNDS = 5
SECONDS = 3
WRK_CONNECTIONS = 64
PGBENCH_CLIENTS = 16


def statement(name):
    """The text of one of the hub's named statements."""
    for path in sorted((ROOT / "registry" / "sql").glob("*.sql")):
        for part in path.read_text().split("-- name: ")[1:]:
            first, _, rest = part.partition("\n")
            if first.strip() == name:
                lines = [line for line in rest.splitlines() if not line.startswith("--")]
                return "\n".join(lines).strip()
    raise SystemExit(f"no statement {name}")


def wrk(url):
    out = subprocess.run(
        ["wrk", "-t1", f"-c{WRK_CONNECTIONS}", f"-d{SECONDS}s", "--latency", url],
        check=True, capture_output=True, text=True,
    ).stdout
    if "Non-2xx" in out:
        raise SystemExit("the hub answered errors:\n" + out)
    latency = re.search(r"99%\s+(\S+)", out).group(1)
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", out).group(1)), latency


def pgbench(place, postgres, database, script, variables):
    defines = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
    out = place.run(
        POSTGRES_BIN / "pgbench", "-n", "-h", postgres.socket, "-M", "prepared", "-c", PGBENCH_CLIENTS, "-j", 1,
        "-T", SECONDS, "-f", script, *defines, database,
    ).stdout
    return float(re.search(r"tps = ([0-9.]+)", out).group(1))


def bench_read():
    place = Place()
    postgres = Postgres(place)
    hub = Hub(place, postgres, "bench", "--no-access-log")
    try:
        hub.command("migrate")
        hub.command("import", "--quiet", place.share / "catalog" / "starter")
        hub.start()
        asset = hub.get("/api/v1/assets/starter/component/echo").json()
        variables = {"ns": "starter", "kind": "component", "name": "echo", "ref": asset["latest"]["digest"]}
        text = statement("version_pinned")
        for number, name in enumerate(("ns", "kind", "name", "ref"), 1):
            text = text.replace(f"${number}", f":{name}")
        script = place.folder / "read.sql"
        script.write_text(text + ";\n")
        url = hub.url("/api/v1/assets/starter/component/echo/versions/" + variables["ref"])
        wrk(url), pgbench(place, postgres, "bench", script, variables)  # warm
        pairs = [(wrk(url), pgbench(place, postgres, "bench", script, variables)) for _ in range(ROUNDS)]
    finally:
        hub.stop()
        postgres.stop("immediate")
    ours = statistics.median(rate for (rate, _), _ in pairs)
    theirs = statistics.median(rate for _, rate in pairs)
    ratios = sorted(rate / base for (rate, _), base in pairs)
    print(f"read      hub {ours:,.0f}/s (p99 {pairs[-1][0][1]})   pgbench, same statement prepared {theirs:,.0f}/s")
    print(f"          ratio {ours / theirs:.2f}   (rounds {ratios[0]:.2f} to {ratios[-1]:.2f}; wished 0.8)")


def compile_round(tasks, runs):
    """One run of each, right after another: ours, libyaml's and the SDK's times in ms."""
    program = ROOT / "build" / "release" / "bench" / "compile_bench"
    python = ROOT / "build" / "venv-kfp" / "bin" / "python"
    kfp = ROOT / "tests" / "bench" / "kfp_compile.py"
    ours = json.loads(subprocess.run(
        [program, "--tasks", str(tasks), "--runs", str(runs * 10)], check=True, capture_output=True, text=True,
    ).stdout)
    theirs = json.loads(subprocess.run(
        [python, "-W", "ignore", kfp, str(tasks), str(runs)], check=True, capture_output=True, text=True,
    ).stdout)
    return {key[3:]: ns / 1e6 for key, ns in ours.items() if key.startswith("ns_")} | theirs


def bench_compile():
    for tasks, runs in ((3, 20), (50, 5), (500, 3)):
        rounds = [compile_round(tasks, runs) for _ in range(ROUNDS)]

        def told(over, under):
            ratios = sorted(r[over] / r[under] for r in rounds)
            return f"{statistics.median(ratios):.3g} (rounds {ratios[0]:.3g} to {ratios[-1]:.3g})"

        ms = {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}
        print(f"compile   {tasks} tasks: from text {ms['from_text']:.3f} ms, from memory {ms['from_tree']:.3f} ms   "
              f"kfp call {ms['call']:.1f} ms, with its decorator {ms['whole']:.1f} ms   libyaml {ms['libyaml']:.3f} ms")
        print(f"          ratio to the kfp call, from memory {told('call', 'from_tree')}; wished 300 at 500 tasks")
        print(f"          ratio to kfp as a whole, from text {told('whole', 'from_text')}")
        print(f"          ratio to libyaml, from text        {told('libyaml', 'from_text')}; wished 1")


if __name__ == "__main__":
    bench_read()
    bench_compile()
