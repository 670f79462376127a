"""Times the kfp SDK compiling a pipeline like that of compile_bench.c.

usage: kfp_compile.py TASKS RUNS     (in an environment with tests/requirements-kfp.txt)

Prints one line of JSON with medians in ms: `call` is `Compiler().compile()` alone, `whole` is from the Python function
to the file: the decorator, which builds the specification, and the call.
"""

import json
import statistics
import sys
import tempfile
import time

from kfp import compiler, components, dsl

TRAIN = components.load_component_from_text("""
name: Train
description: A component of ordinary size.
inputs:
- {name: table, type: CSV, optional: true, description: The table.}
- {name: label, type: String, default: label}
- {name: epochs, type: Integer, default: '200'}
- {name: learning_rate, type: Float, default: '0.5'}
- {name: note, type: Float, optional: true}
outputs:
- {name: model, type: CSV}
- {name: loss, type: Float}
implementation:
  container:
    image: python:3.11-alpine
    command: [python3, -u, -c, "import sys\\nprint(sys.argv)\\n"]
    args:
    - if: {cond: {isPresent: table}, then: [--table, {inputPath: table}]}
    - {inputValue: label}
    - {inputValue: epochs}
    - {inputValue: learning_rate}
    - {concat: ['note=', {inputValue: note}]}
    - {outputPath: model}
    - {outputPath: loss}
""")


def pipeline_of(count):
    """Chains of eight, fans from the first of each, files for every third: as compile_bench.c makes them."""

    @dsl.pipeline(name="large-pipeline")
    def large(epochs: int = 100, mode: str = "fast"):
        tasks = []
        for k in range(count):
            arguments = {"label": f"column {k}", "epochs": epochs}
            if k:
                arguments["note"] = tasks[k - 1 if k % 8 else k // 2].outputs["loss"]
            if k and k % 3 == 0:
                arguments["table"] = tasks[k // 3].outputs["model"]
            task = TRAIN(**arguments)
            if k % 7 == 6:
                task.after(tasks[k - 3])
            tasks.append(task)

    return large


def main():
    count, runs = int(sys.argv[1]), int(sys.argv[2])
    calls, wholes = [], []
    with tempfile.NamedTemporaryFile(suffix=".yaml") as out:
        for _ in range(runs):
            start = time.perf_counter()
            large = pipeline_of(count)
            built = time.perf_counter()
            compiler.Compiler().compile(large, out.name)
            done = time.perf_counter()
            calls.append((done - built) * 1e3)
            wholes.append((done - start) * 1e3)
    print(json.dumps({"call": statistics.median(calls), "whole": statistics.median(wholes)}))


if __name__ == "__main__":
    main()
