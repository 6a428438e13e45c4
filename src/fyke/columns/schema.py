"""Room columns/: what type a column has: it follows from the fields that it may be taken from.

A number is as wide as its field, an address a word of a dictionary (or, on request, octets), a
list a list. Of a name that several kinds of layer share (``ip.src``), the type that holds all.
"""

from __future__ import annotations

from collections.abc import Iterable

from fyke.columns.kinds import (
    BINARY,
    BITS,
    BLOCK,
    BOOL,
    FIXED,
    NUMBERS,
    OBJECT,
    TEXT,
    TEXTS,
    WORD,
    WORDS,
    Kind,
    list_of,
)
from fyke.errors import UsageError
from fyke.hints import Any
from fyke.layers.directory import having
from fyke.layers.fields import Field, Flags, Made, Unmoved
from fyke.layers.layer import Layer, field_of
from fyke.tables.columns import Column, columns

#: What a scan takes if nobody says which columns.
USUAL = ("time", "wire_length", "ether.src", "ether.dst", "vlan.id", "ip.src", "ip.dst", "ip.proto",
         "ip.ttl", "tcp.src_port", "tcp.dst_port", "tcp.flags", "udp.src_port", "udp.dst_port",
         "icmp.type", "arp.operation", "dns.questions.name")

#: Columns about the packet.
PACKET_KINDS = {
    "time": NUMBERS["time"], "date": TEXT, "wire_length": NUMBERS["u32"],
    "captured_length": NUMBERS["u32"], "interface": WORD, "interface_number": NUMBERS["u32"],
    "direction": WORD, "number": NUMBERS["u64"], "time_relative": NUMBERS["i64"],
    "time_delta": NUMBERS["i64"], "link_type": WORD,
    "layers": TEXTS, "comments": TEXTS, "text": TEXT, "process.pid": NUMBERS["i64"],
    "process.tid": NUMBERS["i64"], "process.name": WORD, "process.uid": NUMBERS["i64"],
    "process.user": WORD, "process.parent": NUMBERS["i64"], "process.parent_name": WORD,
    "process.start": NUMBERS["time"], "process.cgroup": WORD, "process.container": WORD,
    "process.arguments": TEXTS, "process.source": WORD,
}

#: Integers of 64 bits without a sign, in layers that do not say their fields' types yet; all
#: others fit into 64 bits with one.
WIDE = {"lisp.nonce", "zep.stamp", "isakmp.initiator", "isakmp.responder", "lsp-ping.sent",
        "lsp-ping.received", "ptp.correction", "ptp.clock_id", "usb.id", "vsock.src_cid",
        "vsock.dst_cid", "macsec.sci"}

#: Parts of records and options that are numbers; others are text.
PARTS = {
    "dns.answers.ttl": list_of(NUMBERS["u32"]), "dns.authorities.ttl": list_of(NUMBERS["u32"]),
    "dns.additionals.ttl": list_of(NUMBERS["u32"]),
}


class Wanted:
    """A column that was asked for, and its type."""

    __slots__ = ("column", "kind", "name")

    def __init__(self, column: Column, kind: Kind) -> None:
        self.column = column
        self.name = column.name
        self.kind = kind

    def __repr__(self) -> str:
        return f"<{self.name}: {self.kind.name}>"


def wanted(names: Iterable[str], addresses: str = "text") -> list[Wanted]:
    """The columns of these names with their types. UsageError for unknown names, and for twins."""
    found = [Wanted(column, kind_of(column, addresses == "binary")) for column in columns(names)]
    twins = {one.name for one in found if sum(other.name == one.name for other in found) > 1}
    if twins:
        raise UsageError(f"column {min(twins)!r} is wanted twice; each column has one name")
    return found


def as_objects(names: Iterable[str]) -> list[Wanted]:
    """The columns with the types that rows of Python values take: what ``Column.value`` gives.

    Numbers, truths and addresses of one field are read as they are; all else is an object.
    """
    found = []
    for column in columns(names):
        kind = kind_of(column, False) if not column.parts else OBJECT
        quick = (kind.form in (FIXED, BITS) or (kind.form == WORDS and column.of_packet is None)
                 ) and not any(field.type == "any" for field in fields_meant(column))
        found.append(Wanted(column, kind if quick else OBJECT))
    return found


def fields_meant(column: Column) -> list[Field]:
    """The fields that a column of layers may be taken from."""
    if column.of_packet is not None:
        return []
    fields = [field_of(layer, column.field)
              for layer in having(column.layer, column.field)]
    return [field for field in fields if field is not None]


def kind_of(column: Column, binary: bool) -> Kind:
    """The type of a column; ``binary``: addresses as octets."""
    path = column.path
    if column.of_packet is not None:
        return PACKET_KINDS[path]
    parts = ".".join(column.parts)
    found: Kind | None = None
    for layer in having(column.layer, column.field):
        field = field_of(layer, column.field)
        assert field is not None  # it is one of those that have it
        kind = kind_of_part(path, field, parts) if parts else kind_of_field(
            path, layer, field, binary)
        found = kind if found is None else joined(found, kind)
    assert found is not None  # Column has looked
    return found


def kind_of_field(path: str, layer: type[Layer], field: Field, binary: bool) -> Kind:
    """The type of a whole field."""
    type = field.type
    if type in NUMBERS:
        return NUMBERS[type]
    if type == "any" and isinstance(field, Unmoved):
        return kind_of_annotation(path, annotation(layer, path.partition(".")[2]))
    if type in ("ipv4", "ipv6", "mac"):
        if not binary:
            return WORD
        if isinstance(field, (Unmoved, Made)):
            return BINARY  # of any size
        return BLOCK[{"ipv4": 4, "ipv6": 16, "mac": 6}[type]]
    return {"bool": BOOL, "bytes": BINARY, "list": TEXTS}.get(type, TEXT)


def kind_of_annotation(path: str, words: str) -> Kind:
    """The type of an attribute that a layer sets by itself."""
    word = words.partition("[")[0].partition(" ")[0]
    if word in ("int", ""):
        return NUMBERS["u64" if path in WIDE else "i64"]
    if word in ("list", "tuple"):
        return TEXTS
    return {"bool": BOOL, "bytes": BINARY, "float": NUMBERS["float"]}.get(word, TEXT)


def annotation(layer: type[Layer], name: str) -> str:
    """What a class says of an attribute or property of its own; "" if it says nothing."""
    for base in layer.__mro__:
        said = vars(base).get("__annotations__", {}).get(name)
        if said is None:
            said = getattr(getattr(vars(base).get(name), "fget", None), "__annotations__", {}).get(
                "return")
        if said is not None:
            return said if isinstance(said, str) else getattr(said, "__name__", "")
    return ""


def kind_of_part(path: str, field: Field, parts: str) -> Kind:
    """The type of what a path finds inside a field."""
    if path in PARTS:
        return PARTS[path]
    if isinstance(field, Flags):
        return WORD if parts == "letters" else BOOL
    if parts == "name" and field.names is not None:
        return WORD
    if field.type == "list" and not getattr(field, "keyed", False):
        return TEXTS
    return TEXT


def joined(one: Kind, other: Kind) -> Kind:
    """A type that holds the values of both."""
    if one == other:
        return one
    if one.form == other.form and one in NUMBERS.values() and other in NUMBERS.values():
        return max(one, other, key=lambda kind: (kind.width, kind.signed))
    blocks = [kind for kind in (one, other) if kind in BLOCK.values() or kind == BINARY]
    return BINARY if len(blocks) == 2 else TEXT


def types_of(found: Iterable[Wanted]) -> dict[str, str]:
    """Name to type, as people read them."""
    return {one.name: one.kind.name for one in found}


def plain_text(value: Any) -> str:
    """A value of no other type as text: text as it is, all else as JSON."""
    if isinstance(value, str):
        return value
    from fyke.tables.forms import as_json
    return as_json(value)
