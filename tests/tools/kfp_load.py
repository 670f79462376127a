"""Loads components with the kfp SDK and compiles a pipeline of each: kfp_load.py FILE… (in build/venv-kfp).

Prints one line of JSON for each file: {"file", "inputs": [name, …]}, or {"file", "error"}.
"""

import json
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")

from kfp import compiler, components, dsl  # noqa: E402

CONSTANTS = {"String": "text", "Integer": 1, "Float": 0.5, "Boolean": True, "JsonArray": ["a"], "List": ["a"],
             "JsonObject": {"a": "b"}, "Dict": {"a": "b"}}


def compiled(component, inputs):
    """Needed values as constants, needed artifacts by importers."""
    wanted = component.component_spec.inputs or {}

    @dsl.pipeline(name="one-task")
    def one():
        arguments = {}
        for name in inputs:
            if wanted[name].optional:
                continue
            if wanted[name].type in CONSTANTS:
                arguments[name] = CONSTANTS[wanted[name].type]
            elif "@" in wanted[name].type:
                arguments[name] = dsl.importer(artifact_uri="gs://x/y", artifact_class=dsl.Artifact).output
        component(**arguments)

    with tempfile.NamedTemporaryFile(suffix=".yaml") as out:
        compiler.Compiler().compile(one, out.name)


for file in sys.argv[1:]:
    try:
        with open(file, encoding="utf-8") as text:
            component = components.load_component_from_text(text.read())
        inputs = list(component.component_spec.inputs or {})
        compiled(component, inputs)
        print(json.dumps({"file": file, "inputs": inputs}))
    except Exception as error:  # noqa: BLE001: told, whatever it is
        print(json.dumps({"file": file, "error": f"{type(error).__name__}: {error}"}))
