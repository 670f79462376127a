"""Part of `make bench`: Tekton's rules over a PipelineRun of 500 tasks, in process, in C and in Tekton's own Go code.

Both begin with the text in memory and end with the verdict. Tekton's code needs Go; without it only ours is timed.
"""

import json
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ORACLE = ROOT / "build/tekton-oracle"
TIMES = 50  # how much faster ours has to be


def main():
    if shutil.which("go"):
        subprocess.run(["go", "build", "-o", ORACLE, "."], cwd=ROOT / "tests/conformance/tekton", check=True)
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run.json"
        ours = json.loads(subprocess.check_output([ROOT / "build/release/bench/lint_bench", "--emit", run]))
        print(f"rules, {ours['tasks']} tasks, {ours['bytes']} bytes: {ours['ns_from_text'] / 1e6:.1f} ms from text", end="")
        print(f", {ours['ns_from_tree'] / 1e6:.1f} ms from the parsed document")
        if ORACLE.exists():
            theirs = json.loads(subprocess.check_output([ORACLE, "-bench", "10", run]))["ns"]
            times = theirs / ours["ns_from_text"]
            print(f"   Tekton's code: {theirs / 1e6:.1f} ms, {times:.0f} times as long (wanted: {TIMES})")


if __name__ == "__main__":
    main()
