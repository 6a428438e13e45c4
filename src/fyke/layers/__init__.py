"""Protocols: one file each, found by table. Imports floor 0 and its own base only.

``fyke.layers.Dhcp`` is a kind of layer by its class's name, wherever its file is: as are all
others. ``__init__.pyi`` says them to type checkers; ``python -m fyke.tables.reference`` makes it.
"""

from __future__ import annotations


def __getattr__(name: str) -> type:
    if name[:1].isupper():
        from fyke.layers.directory import class_named
        kind = class_named(name)
        if kind is not None:
            globals()[name] = kind
            return kind
    raise AttributeError(f"module 'fyke.layers' has no attribute {name!r}")


def __dir__() -> list[str]:
    from fyke.layers.directory import every
    return sorted({*globals(), "IP", "Layer", *(kind.__name__ for kind in every())})
