"""Lets these tests use the helpers of the API tests."""

import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "api"))
