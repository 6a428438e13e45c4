"""Layers that are called leaves set nothing that follows: read from their sources."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

import fyke
from fyke.columns.leaves import (
    EVERYWHERE,
    GUESSES,
    LEADS,
    LEAVES,
    NOWHERE,
    asks_beyond,
)
from fyke.layers.directory import every
from fyke.layers.transport.unprinted import ROOM

SOURCES = Path(fyke.__file__).parent.parent


def carries(module: str) -> bool:
    """Whether a file sets ``next`` to another kind, or makes layers itself."""
    tree = ast.parse((SOURCES / f"{module.replace('.', '/')}.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Attribute) and target.attr == "next"
                for target in node.targets) and ast.unparse(node.value) != "type(self)":
            return True
        if isinstance(node, ast.FunctionDef) and node.name in ("follow", "beyond"):
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


def test_guesses_are_named_as_their_files() -> None:
    for guesses in GUESSES.values():
        for guess in guesses:
            file, _, kind = guess.kind.partition(":")
            assert set(getattr(import_module(ROOM + file), kind).called()) == {file}


def test_who_looks_beyond_is_known() -> None:
    for kind in every():
        if kind.beyond is not fyke.Layer.beyond and kind.__module__.startswith("fyke."):
            assert kind.__module__ in GUESSES or kind.__module__ in LEADS


@pytest.mark.parametrize("kind, names, ports", [
    (fyke.Tcp, {"ip", "tcp"}, set()), (fyke.Tcp, {"tls"}, None), (fyke.Tcp, {"modbus"}, {502}),
    (fyke.Udp, {"ip"}, {2152, 2123}), (fyke.Udp, {"stun", "ip"}, None), (fyke.IPv4, {"ip"}, set()),
    (fyke.Udp, {"coap"}, {2152, 2123, 5683})])
def test_where_it_matters_what_is_beyond(kind: type[fyke.Layer], names: set[str],
                                         ports: set[int] | None) -> None:
    """GTP carries packets of all kinds, on its ports."""
    found = asks_beyond(kind, names)
    if ports is None:
        assert found is EVERYWHERE
    else:
        assert {port for port in range(65536) if found[port >> 3] >> (port & 7) & 1} == ports
        assert (found is NOWHERE) == (kind.beyond is fyke.Layer.beyond)
