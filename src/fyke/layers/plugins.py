"""Protocols of other packages: what is installed beside fyke says them by entry points.

    [project.entry-points."fyke.layers"]
    "udp.port.4720" = "heartbeat:Heartbeat"

The name is a table and a number of it, as ``fyke.register`` takes them, the value a class, which is
imported when a packet first has that number. importlib.metadata reads the same files, but takes as
long to import as fyke to start (docs/adding-a-protocol.md).
"""

from __future__ import annotations

import os
import sys

from fyke import late
from fyke.hints import Any, Iterator, NamedTuple
from fyke.layers import tables

GROUP = b"[fyke.layers]"
INFO = "-info"  # how .dist-info and .egg-info end, the folders that say what a package is
MOST = 1 << 14  # octets of such a file that are read


class Entry(NamedTuple):
    """A line of an entry point."""

    package: str
    table: str
    key: int
    layer: str  #: "module:Class"


#: What fyke has, by table and number: it counts again where a plugin cannot be imported.
_BEFORE: dict[tuple[str, int], Any] = {}
_PACKAGES: dict[str, str] = {}


def register_all() -> None:
    """Say every entry to its table, before what fyke itself has there."""
    for entry in entries():
        if entry.table not in tables.names() or entry.key < 0:
            tell(entry.package, f"no protocol reads {entry.table} {entry.key}"
                 if entry.key >= 0 else f"{entry.table!r} names no table and number")
            continue
        place = tables.table(entry.table)
        _BEFORE.setdefault((entry.table, entry.key), place.entry(entry.key))
        _PACKAGES[entry.layer] = entry.package
        place.add(entry.key, entry.layer, first=True)


def load(table: str, key: int, layer: str) -> Any:
    """The class of a plugin; if there is none, what fyke has for the number, and a warning."""
    from fyke.layers.layer import Layer
    try:
        kind = late.named(layer)
        if not isinstance(kind, type) or not issubclass(kind, Layer):
            raise TypeError("it does not derive from fyke.Layer")
        kind()
    except Exception as error:  # whatever a stranger's module may raise
        tell(_PACKAGES.get(layer, layer),
             f"{layer} decodes no {table} {key}: {type(error).__name__}: {error}")
        return _BEFORE.get((table, key))
    return kind


def import_all() -> None:
    """Import every plugin's class: for whoever looks at all kinds of layer."""
    tables.read_rooms()
    for table, key in _BEFORE:
        tables.table(table).find(key)


def entries() -> Iterator[Entry]:
    """What the packages say that Python would find, the first of a name where there are several.

    Start-up is felt: most folders of modules hold a hundred packages, and none that says anything.
    """
    seen = set()
    ours = os.path.dirname(os.__file__)  # Python's own modules are no packages
    for folder in sys.path:
        if folder == ours or folder.endswith(("/lib-dynload", ".zip")):
            continue
        try:
            names = os.listdir(folder or os.curdir)
        except OSError:
            continue  # what is not there
        for name in names:
            if name[-5:] == INFO and name not in seen:
                seen.add(name)
                path = f"{folder or os.curdir}/{name}/entry_points.txt"
                if os.access(path, os.R_OK) and GROUP in (octets := octets_of(path)):
                    yield from said_in(name, octets)


def said_in(name: str, octets: bytes) -> Iterator[Entry]:
    """The entries of one file; nearly every file has none."""
    package = name.rpartition(".")[0].partition("-")[0]
    ours = False
    for line in octets.decode("utf-8", "backslashreplace").splitlines():
        word, _, value = (part.strip() for part in line.partition("="))
        if word.startswith("["):
            ours = word.encode() == GROUP
        elif ours and value and not word.startswith(("#", ";")):
            table, _, key = word.rpartition(".")
            number = int(key) if key.isdecimal() and key.isascii() and len(key) < 10 else -1
            yield Entry(package, table if number >= 0 else word, number,
                        value.partition("[")[0].strip())


def octets_of(path: str) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(handle, MOST)
    except OSError:
        return b""
    finally:
        os.close(handle)


def tell(package: str, what: str) -> None:
    """A warning of one line; the packets are shown without that protocol."""
    import warnings
    warnings.warn_explicit(f"plugin {package}: {what}", RuntimeWarning, "fyke", 0)
