#!/usr/bin/env bash
# The Python environment of the tests, in build/venv, or another: venv.sh [NAME REQUIREMENTS]. Made anew when its
# requirements changed.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=build/${1:-venv} requirements=${2:-tests/requirements.txt}
[[ $folder/ready -nt $requirements ]] && exit 0
mkdir -p build
/usr/bin/python3 -m venv "$folder"
"$folder/bin/python" -m pip install -q --disable-pip-version-check -r "$requirements"
touch "$folder/ready"
