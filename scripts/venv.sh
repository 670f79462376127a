#!/usr/bin/env bash
# The Python environment of the tests, in build/venv; made anew when tests/requirements.txt changed.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ build/venv/ready -nt tests/requirements.txt ]] && exit 0
mkdir -p build
/usr/bin/python3 -m venv build/venv
build/venv/bin/python -m pip install -q --disable-pip-version-check -r tests/requirements.txt
touch build/venv/ready
