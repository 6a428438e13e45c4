"""fields.pyi, what type checkers see, has the classes, methods and functions that fields.py has."""

from __future__ import annotations

import ast
from pathlib import Path

from fyke import layers

FOLDER = Path(layers.__path__[0])


def parts(name: str) -> dict[str, set[str]]:
    """Public classes with their public methods, and functions with none, of a source."""
    found = {}
    for node in ast.parse((FOLDER / name).read_text()).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
            inside = node.body if isinstance(node, ast.ClassDef) else []
            found[node.name] = {one.name for one in inside
                                if isinstance(one, ast.FunctionDef) and one.name[0] != "_"}
    return found


def test_both_have_the_same_names() -> None:
    ours, seen = parts("fields.py"), parts("fields.pyi")
    assert set(seen) <= set(ours), "the page names what is not there"
    assert set(ours) <= set(seen), "the page lacks what is there"
    for name, methods in seen.items():
        assert methods <= ours[name] | inherited(name, ours), name


def inherited(name: str, ours: dict[str, set[str]]) -> set[str]:
    """Methods of the bases that the same source has."""
    for node in ast.parse((FOLDER / "fields.py").read_text()).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            found: set[str] = set()
            for base in node.bases:
                if isinstance(base, ast.Name) and base.id in ours:
                    found |= ours[base.id] | inherited(base.id, ours)
            return found
    return set()
