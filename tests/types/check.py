"""Types as users see them, for ``make lint``: mypy --strict, and pyright where it is installed.

The examples have no error, and ``uses.py`` one on each line that says ``# wrong`` and on no other.
pyright comes with ``npm install pyright`` or, with a node of its own, ``pip install basedpyright``.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
USES = Path(__file__).with_name("uses.py")
FILES = [*sorted((ROOT / "examples").glob("*.py")), USES]
Errors = set[tuple[str, int]]  #: file and line


def marked() -> Errors:
    """The lines that are wrong."""
    lines = USES.read_text().splitlines()
    return {(str(USES), number) for number, line in enumerate(lines, 1)
            if line.endswith("# wrong")}


def by_mypy() -> Errors:
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--no-error-summary",
                           "--config-file=", *map(str, FILES)],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise SystemExit(done.stdout + done.stderr)
    found = re.findall(r"^(.+?):(\d+): error", done.stdout, re.MULTILINE)
    return {(str(ROOT / name), int(line)) for name, line in found}


def by_pyright(program: str) -> Errors:
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=ROOT, prefix=".pyright-") as config:
        json.dump({"typeCheckingMode": "strict", "pythonVersion": "3.11",
                   "include": [str(path.relative_to(ROOT)) for path in FILES]}, config)
        config.flush()
        done = subprocess.run([program, "--outputjson", "--pythonpath", sys.executable,
                               "-p", config.name], capture_output=True, text=True, check=False)
    try:
        told = json.loads(done.stdout)["generalDiagnostics"]
    except (ValueError, KeyError):
        raise SystemExit(f"{program}: {done.stdout}{done.stderr}") from None
    return {(one["file"], one["range"]["start"]["line"] + 1) for one in told
            if one["severity"] == "error"}


def compare(name: str, found: Errors) -> bool:
    """Whether a checker found what it should; what is wrong is printed."""
    wanted = marked()
    for path, line in sorted(found - wanted):
        print(f"{name}: {path}:{line}: an error that is none")
    for path, line in sorted(wanted - found):
        print(f"{name}: {path}:{line}: no error, and it is wrong")
    return found == wanted


def beside(name: str) -> str | None:
    """A program next to Python, or on the path."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def main() -> int:
    fine = compare("mypy", by_mypy())
    pyright = beside("pyright") or beside("basedpyright")
    if pyright is None:
        print("types: pyright is not installed (npm install pyright, pip install basedpyright): "
              "only mypy was asked")
    else:
        fine &= compare("pyright", by_pyright(pyright))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
