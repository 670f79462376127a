"""`make bench`: the hot paths, each as a ratio to a baseline measured in the same run on the same machine.

read     GET …/versions/sha256:… by wrk, against pgbench sending the very statement that the hub
         sends for it, prepared, over the same server.
compile  a pipeline of 500 tasks in process, against PyYAML's C loader and dumper on the same text.

Rounds alternate and medians are compared, because such machines drift.
"""

import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import yaml

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


def bench_compile():
    program = ROOT / "build" / "release" / "bench" / "compile_bench"
    with tempfile.TemporaryDirectory() as folder:
        document = pathlib.Path(folder) / "pipeline.yaml"
        subprocess.run([program, "--emit", document], check=True, stdout=subprocess.DEVNULL)
        text = document.read_text()
        pairs = []
        for _ in range(ROUNDS):
            out = subprocess.run([program], check=True, capture_output=True, text=True).stdout
            ours = json.loads(out)["ns_per_compile"] / 1e6
            start = time.perf_counter()
            yaml.dump(yaml.load(text, Loader=yaml.CSafeLoader), Dumper=yaml.CSafeDumper)
            pairs.append((ours, (time.perf_counter() - start) * 1e3))
    ours = statistics.median(pair[0] for pair in pairs)
    theirs = statistics.median(pair[1] for pair in pairs)
    ratios = sorted(base / own for own, base in pairs)
    print(f"compile   500 tasks, {len(text) / 1024:.0f} kB: {ours:.2f} ms   PyYAML C loader and dumper {theirs:.1f} ms")
    print(f"          ratio {theirs / ours:.1f}   (rounds {ratios[0]:.1f} to {ratios[-1]:.1f}; wished 10)")


if __name__ == "__main__":
    bench_read()
    bench_compile()
