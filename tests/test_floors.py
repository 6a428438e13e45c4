"""Imports point down only (docs/design.md): read from the sources, lazy imports included."""

from __future__ import annotations

import ast
from pathlib import Path

import fyke

SOURCES = Path(fyke.__file__).parent
FLOORS = {"nocython": 0, "hints": 0, "late": 0, "errors": 0, "version": 0, "closing": 0,
          "style": 1, "wire": 2, "source": 3, "linktypes": 3, "owner": 3, "arguments": 4,
          "netlink": 4, "calls": 4, "bpf": 4,
          "live": 5, "files": 5, "kernel": 5, "processes": 6, "layers": 6, "filter": 6,
          "sandbox": 6, "composing": 7, "conversations": 7, "anonymous": 8, "dump": 8, "packet": 9,
          "tables": 10, "columns": 11, "door": 12, "api": 13, "cli": 14, "dask": 14, "__init__": 15,
          "__main__": 15}
#: Rooms on one floor do not know each other, and some know less than the floors below.
MAY = {"bpf": {"linktypes", "wire", "errors", "source", "nocython", "hints"},
       "layers": {"linktypes", "style", "wire", "errors", "nocython", "hints", "late"},
       "filter": {"bpf", "linktypes", "wire", "errors", "nocython", "hints", "late"}}


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else "__init__"


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fyke"):
            if node.module == "fyke":
                found |= {f"fyke.{alias.name}" for alias in node.names}
            else:
                found.add(str(node.module))
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("fyke.")}
    return found


def test_imports_point_down() -> None:
    wrong = []
    for path in sorted(SOURCES.rglob("*.py")):
        here = path.relative_to(SOURCES).with_suffix("").parts[0]
        if here in ("__init__", "__main__"):
            continue
        for name in imports(path):
            there = room(name)
            allowed = MAY.get(here)
            fine = there == here or (
                there in allowed if allowed is not None else FLOORS[there] < FLOORS[here])
            if not fine:
                wrong.append(f"{path.relative_to(SOURCES)} imports {name}")
    assert not wrong


def test_every_room_has_a_floor() -> None:
    rooms = {path.stem if path.is_file() else path.name for path in SOURCES.iterdir()
             if path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists())}
    assert rooms <= set(FLOORS)


def test_no_circles() -> None:
    """Also none by lazy imports; what is imported for type checkers only does not count."""
    needs = {module_name(path): needed(path) for path in SOURCES.rglob("*.py")}
    for others in needs.values():
        others &= set(needs)
    while free := {name for name, others in needs.items() if not others & set(needs)}:
        needs = {name: others for name, others in needs.items() if name not in free}
    assert not needs


def module_name(path: Path) -> str:
    parts = ("fyke", *path.relative_to(SOURCES).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def needed(path: Path) -> set[str]:
    """What a module imports when it runs; of a folder, what of it is taken."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            is_folder = (SOURCES.parent / str(node.module).replace(".", "/")).is_dir()
            found |= inside if is_folder else {str(node.module)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found
