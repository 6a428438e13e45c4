"""Room tables/: one vocabulary: names of other programs and of earlier releases, and what is said.

Such a name is taken as a column where it means the same. Who shows a table says so once: on
standard error, or as a warning.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from fyke.layers.directory import having
from fyke.layers.fields import old_names_of
from fyke.tables.wireshark_names import NEAR, SAME

if TYPE_CHECKING:
    from fyke.tables.columns import Column


def ours(path: str, of_packet: Container[str]) -> tuple[str, str]:
    """Our name of a column, and what to tell of the one that was given ("" of ours)."""
    if path in of_packet:
        return path, ""
    layer, dot, rest = path.partition(".")
    field, _, parts = rest.partition(".")
    if path in SAME and SAME[path] != path:
        return SAME[path], f"{path!r} is a name of Wireshark's; here it is {SAME[path]!r}"
    if not dot:
        return path, ""
    kinds = having(layer, field)
    now = [layer, field, parts] if parts else [layer, field]
    if not kinds:
        for kind in having(layer, ""):
            if field in old_names_of(kind):
                now[1] = old_names_of(kind)[field]
                kinds = [kind]
                break
    if kinds and not any(layer in (kind.name, kind.alias) for kind in kinds):
        now[0] = kinds[0].name
    name = ".".join(now)
    if name == path:
        return path, ""
    return f"{layer}.{'.'.join(now[1:])}", (
        f"{path!r} is an old name, which goes with the next release; it is {name!r} now")


def theirs(path: str) -> str:
    """What comes near a name of Wireshark's that means something else in part; "" if none is."""
    if path not in NEAR:
        return ""
    name, how = NEAR[path]
    return f", which is a name of Wireshark's; here it is {name}, {how}"


def warn(columns: Iterable[Column]) -> None:
    """Warn whoever called the function that calls this one."""
    import warnings
    for notice in notices(columns):
        warnings.warn(notice, FutureWarning, stacklevel=3)


def notices(columns: Iterable[Column]) -> list[str]:
    """What is to be told of columns, each once."""
    return list(dict.fromkeys(column.notice for column in columns if column.notice))
