"""Room tables/: what there is, as pages that are made from the sources.

``docs/fields.md``, the JSON schema (``fyke table --schema``) and the page for type checkers,
``layers/__init__.pyi``. ``python -m fyke.tables.reference`` writes the two files anew; a test
says when they are old.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fyke.layers.directory import every
from fyke.layers.fields import TYPES, Field, Flags, fields_of
from fyke.layers.layer import EVERY, Layer
from fyke.tables.columns import OF_PACKET, Column

#: Of the JSON that ``packet.to_dict()`` gives: another number where a program may have to change.
SCHEMA_VERSION = 1
HERE = Path(__file__).resolve().parent.parent
BITS = {"u8": 8, "u16": 16, "u24": 24, "u32": 32, "u48": 48, "u64": 64}
SIGNED = {"i8": 8, "i16": 16, "i32": 32, "i64": 64}
TEXTS = {"ipv4": {"format": "ipv4"}, "ipv6": {"format": "ipv6"},
         "mac": {"pattern": "^([0-9a-f]{2}(:[0-9a-f]{2})*)?$"}, "text": {},
         "bytes": {"pattern": "^([0-9a-f]{2})*$"}}


def kinds() -> dict[str, list[type[Layer]]]:
    """Every kind of layer that comes with fyke, by its name."""
    found: dict[str, list[type[Layer]]] = {}
    for kind in every():
        if kind.__module__.startswith("fyke."):
            found.setdefault(kind.name, []).append(kind)
    return {name: sorted(several, key=lambda kind: kind.__name__)
            for name, several in sorted(found.items())}


def fields_called(several: Iterable[type[Layer]]) -> dict[str, Field]:
    """The fields of all kinds that have one name."""
    found: dict[str, Field] = {}
    for kind in several:
        for name, field in fields_of(kind).items():
            found.setdefault(name, field)
    return found


#: What a text says and no field does, and why.
NOT_FIELDS = (
    ("results in NFS and Rx replies", "a reply does not say what was asked; the text of a run "
     "remembers the calls. Status and errors are fields"),
    ("sequence numbers that count from 0 or 1", "they count from the first packet of a "
     "connection; `fyke.flows` and `fyke.streams` know it"),
    ("TCP headers in SLIP and PPP that are compressed", "they say what has changed since the "
     "packet before"),
    ("the checksum that would be right", "`packet.replace` makes a packet that has it"),
    ("what -E decrypts", "keys are the printer's; the packet inside is not in the file"),
    ("names of hosts, ports, organisations", "they are not in the packet: numbers are"),
)


# --- docs/fields.md ---------------------------------------------------------------------------

def page() -> str:
    """Every column, as a page in Markdown."""
    lines = ["# Fields", "",
             "Made from the sources by `python -m fyke.tables.reference`. Each of these is a "
             "column of `fyke table` and `fyke.rows` (`ip.ttl`), and of a layer an attribute "
             '(`packet["ip"].ttl`, a number or octets) and an item (`packet["ip"]["ttl"]`, as '
             "people write it). Where nothing was captured the item and the column are empty and "
             "the attribute raises `fyke.Truncated`. `.` goes on into lists and records "
             "(`dns.answers.data`, `tcp.options.mss`), and to a flag (`tcp.flags.syn`).", "",
             "## Of a packet", "", "| column | what |", "|---|---|"]
    lines += [f"| `{name}` | {words} |" for name, (_, words) in OF_PACKET.items()]
    lines += ["", "## Of every layer", "", *table(EVERY)]
    for name, several in kinds().items():
        fields = fields_called(several)
        if not fields:
            continue
        others = sorted({other for kind in several for other in (kind.alias,) if other})
        also = f" (also `{'`, `'.join(others)}`)" if others else ""
        classes = ", ".join(f"`{kind.__name__}`" for kind in several)
        lines += ["", f"## {name}", "", f"{classes}{also}: {first_line(several[0])}", "",
                  *table(fields)]
    lines += ["", "## What texts show and fields do not", "",
              "A field depends on its packet alone, so that it is the same wherever a program "
              "meets the packet.", "", "| what | why |", "|---|---|"]
    lines += [f"| {what} | {why} |" for what, why in NOT_FIELDS]
    return "\n".join(lines) + "\n"


def table(fields: dict[str, Field]) -> list[str]:
    """Fields as rows; those that say nothing of themselves yet as a line of names."""
    said = {name: field for name, field in fields.items() if field.words or field.type != "any"}
    lines = ["| field | type | what |", "|---|---|---|"] if said else []
    for name, field in said.items():
        kind = TYPES.get(field.type, field.type) + (f", {field.unit}" if field.unit else "")
        lines.append(f"| `{name}` | {kind} | {cell(field.words + values_of(field))} |")
    rest = [name for name in fields if name not in said]
    if rest:
        lines += [""] * bool(lines) + ["Without words so far: " + ", ".join(
            f"`{name}`" for name in rest)]
    return lines


def values_of(field: Field) -> str:
    """The flags of a field, which are paths."""
    if not isinstance(field, Flags):
        return ""
    return f" (`.{'`, `.'.join(name for name in field.aliases if name.isidentifier())}`)"


def cell(text: str) -> str:
    """Text that ends no cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def first_line(kind: type[Layer]) -> str:
    """What a class says of itself."""
    lines = (kind.__dict__.get("__doc__") or "").strip().splitlines()
    return lines[0] if lines else ""


# --- the JSON schema --------------------------------------------------------------------------

def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``packet.to_dict()``."""
    layers = kinds()
    integer = {"type": "integer"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A packet as fyke tells it", "type": "object",
        "required": ["schema", "time", "wire_length", "captured_length", "layers"],
        "properties": {
            "schema": {"const": SCHEMA_VERSION},
            "time": {**integer, "description": OF_PACKET["time"][1]},
            "wire_length": {**integer, "description": OF_PACKET["wire_length"][1]},
            "captured_length": {**integer, "description": OF_PACKET["captured_length"][1]},
            "process": {"type": "object"},
            "layers": {"type": "array", "items": {
                "type": "object", "required": ["layer"],
                "properties": {"layer": {"type": "string"}},
                "allOf": [{"if": {"properties": {"layer": {"const": name}}},
                           "then": {"$ref": f"#/$defs/{name}"}} for name in layers]}}},
        "$defs": {name: {"type": "object", "properties": {
            "layer": {"const": name},
            **{one: merged(several, one) for one in fields_called(several)}}}
            for name, several in layers.items()},
    }


def merged(several: Iterable[type[Layer]], name: str) -> dict[str, Any]:
    """What a field may be in all kinds that have the layer's name."""
    found: list[dict[str, Any]] = []
    for kind in several:
        field = fields_of(kind).get(name)
        if field is not None and value_schema(field) not in found:
            found.append(value_schema(field))
    return found[0] if len(found) == 1 else {"anyOf": found}


def value_schema(field: Field) -> dict[str, Any]:
    """What a field's value may be in JSON: null where the packet has none."""
    told: dict[str, Any] = {}
    if field.type in BITS:
        told = {"type": ["integer", "null"], "minimum": 0,
                "maximum": (1 << BITS[field.type]) - 1}
    elif field.type in SIGNED:
        half = 1 << SIGNED[field.type] - 1
        told = {"type": ["integer", "null"], "minimum": -half, "maximum": half - 1}
    elif field.type in TEXTS:
        form = TEXTS[field.type] if field.at >= 0 or field.type[:2] == "by" else {}  # of any size
        told = {"type": ["string", "null"], **form}
    elif field.type != "any":
        told = {"type": [{"bool": "boolean", "float": "number", "time": "integer",
                          "list": "array"}[field.type], "null"]}
    words = field.words + (f" ({field.unit})" if field.unit and field.words else field.unit)
    return {**told, "description": words} if words else told


def row_schema(columns: Iterable[Column]) -> dict[str, Any]:
    """JSON Schema of a row of ``fyke table --format json``."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A row",
            "type": "object", "additionalProperties": False,
            "properties": {column.name: column_schema(column) for column in columns}}


def column_schema(column: Column) -> dict[str, Any]:
    """What a column's value may be."""
    if column.of_packet is not None:
        return {"description": OF_PACKET[column.path][1]}
    from fyke.layers.directory import having
    from fyke.layers.layer import field_of
    if column.parts:
        return {}
    found: list[dict[str, Any]] = []
    for kind in having(column.layer, column.field):
        field = field_of(kind, column.field)
        if field is not None and value_schema(field) not in found:
            found.append(value_schema(field))
    return found[0] if len(found) == 1 else {"anyOf": found}


# --- layers/__init__.pyi ----------------------------------------------------------------------

def stub() -> str:
    """Every kind of layer, for type checkers."""
    classes = {(kind.__module__, kind.__name__) for several in kinds().values()
               for kind in several} | {("fyke.layers.layer", "Layer"),
                                       ("fyke.layers.network.ip", "IP")}
    return ('"""Every kind of layer by its class\'s name: made by ``python -m '
            'fyke.tables.reference``."""\n\n' + "".join(
                f"from {module} import {name} as {name}\n" for module, name in sorted(classes)))


def main(folder: Path) -> int:
    """Write the pages anew."""
    (HERE / "layers" / "__init__.pyi").write_text(stub())
    (folder / "docs" / "fields.md").write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(HERE.parent.parent))
