"""Decoding writes nothing, text changes nothing: read from the sources of every layer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from fyke import layers
from fyke.layers.directory import every
from fyke.layers.layer import Layer

KINDS = [kind for kind in every() if kind.__module__.startswith("fyke.")]


#: What an option of the command line says about the frames themselves: -H, a draft's header.
SAID_BY_THE_USER = {"link.wlan:Wlan": {"read_mesh"}}


def name_of(kind: type[Layer]) -> str:
    return f"{kind.__module__.removeprefix('fyke.layers.')}:{kind.__name__}"


def test_every_layer_says_its_fields() -> None:
    """As descriptors, by which columns, words and types come; a plugin may list attributes."""
    assert not [name_of(kind) for kind in KINDS if kind.fields]


def methods_of(kind: type[Layer]) -> dict[str, ast.FunctionDef]:
    """The functions of a class and of its bases up to Layer, by name."""
    found: dict[str, ast.FunctionDef] = {}
    for base in kind.__mro__:
        if base in (Layer, *Layer.__mro__):
            continue
        place = Path(layers.__path__[0]).parent.joinpath(*base.__module__.split(".")[1:])
        source = place.with_suffix(".py").read_text()  # also of a compiled module
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef) and node.name == base.__name__:
                for one in node.body:
                    if isinstance(one, ast.FunctionDef):
                        found.setdefault(one.name, one)
    return found


def called_in(method: ast.FunctionDef) -> Iterator[str]:
    """Names of methods of its own that a method calls."""
    for node in ast.walk(method):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(
                node.func.value, ast.Name) and node.func.value.id == "self":
            yield node.func.attr


def changes(method: ast.FunctionDef) -> Iterator[str]:
    """What a method assigns to itself."""
    for node in ast.walk(method):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        elif isinstance(node, ast.Delete):
            targets = node.targets
        for target in targets:
            while isinstance(target, ast.Subscript):  # its key is only read
                target = target.value
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and (
                        part.value.id == "self"):
                    yield f"{method.name}, line {part.lineno}: self.{part.attr}"


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_no_text_changes_its_layer(kind: type[Layer]) -> None:
    """Neither a ``write*`` nor what it calls of its own; what is above is another layer's."""
    methods = methods_of(kind)
    waiting = [name for name in methods if name.startswith("write")]
    seen = set(waiting) | SAID_BY_THE_USER.get(name_of(kind), set())
    while waiting:
        method = methods[waiting.pop()]
        assert not list(changes(method))
        for name in called_in(method):
            if name in methods and name not in seen and name not in ("parse", "clear", "decode"):
                seen.add(name)
                waiting.append(name)
