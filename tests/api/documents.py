"""Documents that the tests publish, compile and run: components made of a shell script, pipelines made of
tasks.

A script finds its inputs, then the paths of its outputs, as $0, $1, … in the order in which they are
declared.
"""

import io
import itertools
import tarfile
import uuid
import zipfile

import yaml

_numbers = itertools.count(1)


def fresh(prefix="t"):
    """A name that no other test uses."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}-{next(_numbers)}"


def text_of(document):
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=10**6)


def component(name, script="true", inputs=None, outputs=None, files=(), description=None, annotations=None):
    """inputs and outputs map a name to a type or the fields of a port; inputs in `files` arrive as a path."""

    def port(key, given):
        return {"name": key, **({"type": given} if isinstance(given, str) else given)}

    inputs, outputs = inputs or {}, outputs or {}
    arguments = [{"inputPath" if key in files else "inputValue": key} for key in inputs]
    arguments += [{"outputPath": key} for key in outputs]
    return {
        "name": name,
        **({"description": description} if description else {}),
        **({"metadata": {"annotations": annotations}} if annotations else {}),
        **({"inputs": [port(*each) for each in inputs.items()]} if inputs else {}),
        **({"outputs": [port(*each) for each in outputs.items()]} if outputs else {}),
        "implementation": {
            "container": {"image": "debian:12", "command": ["sh", "-ec", script], "args": arguments},
        },
    }


def given(name):
    return {"graphInput": {"inputName": name}}


def output(task, name):
    return {"taskOutput": {"taskId": task, "outputName": name}}


def equals(left, right):
    return {"==": {"op1": left, "op2": right}}


def task(reference, arguments=None, enabled=None, retries=None, **settings):
    """reference: a component, or the name of one. settings: depends_on=[…], timeout="1s", …"""
    made = {"componentRef": {"name": reference} if isinstance(reference, str) else {"spec": reference}}
    if arguments:
        made["arguments"] = arguments
    if enabled:
        made["isEnabled"] = enabled
    if retries:
        made["executionOptions"] = {"retryStrategy": {"maxRetries": retries}}
    if settings:
        made["annotations"] = {
            f"component-hub.dev/{key.replace('_', '-')}": value for key, value in settings.items()
        }
    return made


def pipeline(name, tasks, inputs=None, outputs=None, options=None):
    """inputs map a name to a type or fields; outputs map a name to (task, output)."""
    inputs, outputs = inputs or {}, outputs or {}
    graph = {"tasks": tasks}
    if outputs:
        graph["outputValues"] = {key: output(*value) for key, value in outputs.items()}
    return {
        "name": name,
        **({"metadata": {"annotations": {"component-hub.dev/options": options}}} if options else {}),
        **(
            {"inputs": [{"name": k, **({"type": v} if isinstance(v, str) else v)} for k, v in inputs.items()]}
            if inputs
            else {}
        ),
        **({"outputs": [{"name": key} for key in outputs]} if outputs else {}),
        "implementation": {"graph": graph},
    }


def script_pipeline(script, **keywords):
    """One task, `work`, that runs the script."""
    return pipeline(fresh("script"), {"work": task(component("Work", script), **keywords)})


ECHO = component("Say", 'printf "%s\\n" "$0"; printf %s "$0" > "$1"', {"text": "String"}, {"said": "String"})


def tgz(members):
    """A package of paths and their bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, data in members.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    return out.getvalue()

# A Tekton Task that nothing is to be said against.
GOOD_TASK = """\
apiVersion: tekton.dev/v1
kind: Task
metadata:
  name: good
spec:
  steps:
    - name: echo
      image: busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      script: echo hello
"""
MATRIX_PIPELINE = """\
apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: m}
spec:
  tasks:
    - name: a
      taskRef: {name: t}
      matrix: {params: [{name: x, value: ["1", "2"]}]}
"""
