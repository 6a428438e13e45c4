"""Layers that are called leaves set nothing that follows: read from their sources."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

import fyke
from fyke.columns.leaves import LEAVES

SOURCES = Path(fyke.__file__).parent.parent


def carries(module: str) -> bool:
    """Whether a file sets ``next`` to another kind, or makes layers itself."""
    tree = ast.parse((SOURCES / f"{module.replace('.', '/')}.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Attribute) and target.attr == "next"
                for target in node.targets) and ast.unparse(node.value) != "type(self)":
            return True
        if isinstance(node, ast.FunctionDef) and node.name == "follow":
            return True
        if isinstance(node, ast.Attribute) and node.attr in ("child", "another", "carry"):
            return True
    return False


@pytest.mark.parametrize("module", sorted(LEAVES))
def test_nothing_follows(module: str) -> None:
    import_module(module)
    assert not carries(module)
    for kind in vars(import_module(module)).values():
        if isinstance(kind, type) and issubclass(kind, fyke.Layer) and kind.__module__ == module:
            for base in kind.__mro__:
                if base.__module__.startswith("fyke.layers.") and base.__module__ not in (
                        "fyke.layers.layer", "fyke.layers.fields"):
                    assert not carries(base.__module__), base
