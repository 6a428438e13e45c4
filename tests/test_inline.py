"""inline.pxd is a second view of wire.py's classes: what one has the other has too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import fyke

SOURCES = Path(fyke.__file__).parent
#: What wire.py does for itself only.
PRIVATE = {"pin", "leave", "room", "grow", "escape_char"}
#: Who may touch the bytes of a packet and the buffer of a line.
MAY_TOUCH = {"wire.py", "wire.pxd", "inline.pxd", "ink.pxd"}


def view(name: str, kind: str) -> tuple[set[str], set[str]]:
    """Fields (with their C types) and methods that a .pxd gives a class."""
    text = (SOURCES / name).read_text()
    body = re.split(rf"class (?:fyke\.wire\.)?{kind}\b.*:\n", text)[1]
    body = re.split(r"\n\S|ctypedef class", body)[0]
    fields: set[str] = set()
    methods: set[str] = set()
    depth = len(body) - len(body.lstrip())
    for line in body.splitlines():
        if not line[:depth + 1].strip():
            continue  # inside a method
        line = re.sub(r"\b(public|readonly|inline) ", "", line.strip())
        method = re.match(r"cp?def [\w ]*?(\w+)\(", line)
        if method:
            methods.add(method[1])
        elif line.startswith("cdef ") and "=" not in line:
            kind_of, first, *rest = re.split(r"(?<=\*)|\s+(?=\w+(?:,|$))|, ", line[5:], maxsplit=0)
            fields |= {f"{kind_of.strip()} {one.strip()}" for one in (first, *rest)}
    return fields, methods


@pytest.mark.parametrize("kind", ["Record", "Line"])
def test_same_fields_in_the_same_order(kind: str) -> None:
    """The struct is wire's own: only its fields' names and types are said again."""
    assert view("wire.pxd", kind)[0] == view("inline.pxd", kind)[0]


@pytest.mark.parametrize("kind", ["Record", "Line"])
def test_no_method_is_missing(kind: str) -> None:
    """One that is missing works, as a Python attribute: right, and far slower."""
    theirs, ours = view("wire.pxd", kind)[1], view("inline.pxd", kind)[1]
    assert theirs - PRIVATE == ours - {"fits"}


def test_nobody_else_touches_the_bytes() -> None:
    for path in SOURCES.rglob("*.p[yx]*"):
        if path.suffix in (".py", ".pxd") and path.name not in MAY_TOUCH:
            text = path.read_text()
            assert not re.search(r"\b(pkt|packet|line|window|record)\.(out|base)\b", text), path
            assert not re.search(r"\b(pkt|window)\.data\b", text), path
            assert "fyke.ink" not in text, path


def test_compiled_modules_use_the_inline_view() -> None:
    for path in SOURCES.rglob("*.pxd"):
        if path.name not in MAY_TOUCH:
            text = path.read_text()
            assert not re.search(r"from fyke.wire cimport .*\b(Record|Line)\b", text), path
