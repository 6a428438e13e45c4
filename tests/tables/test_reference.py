"""Pages made from the sources are as the sources say; values are as the JSON schema says."""

from __future__ import annotations

import ipaddress
import json
import re
from pathlib import Path
from typing import Any

import pytest

import all_captures
import fyke
from fyke import layers
from fyke.cli.main import main
from fyke.tables import reference
from fyke.tables.columns import Column

HOW = "python -m fyke.tables.reference makes it anew"
ROOT = Path(__file__).parents[2]
SCHEMA = reference.schema()
JSON_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,), "string": (str,), "boolean": (bool,), "null": (type(None),),
    "number": (int, float), "array": (list,), "object": (dict,)}


def test_the_page_of_fields() -> None:
    assert (ROOT / "docs" / "fields.md").read_text() == reference.page(), HOW


def test_the_page_for_type_checkers() -> None:
    assert (reference.HERE / "layers" / "__init__.pyi").read_text() == reference.stub(), HOW


def test_every_kind_of_layer_is_there_by_its_class_name() -> None:
    for several in reference.kinds().values():
        for kind in several:
            assert getattr(layers, kind.__name__) is kind
    assert {"Dhcp", "Tcp", "Layer", "IP"} <= set(dir(layers))
    with pytest.raises(AttributeError):
        layers.Nonsense  # noqa: B018
    with pytest.raises(AttributeError):
        layers.nonsense  # noqa: B018


def fits(value: Any, told: dict[str, Any]) -> bool:
    """Whether a value is as the parts of JSON Schema say that the page uses."""
    if "anyOf" in told:
        return any(fits(value, one) for one in told["anyOf"])
    if "const" in told:
        return bool(value == told["const"])
    names = told.get("type", list(JSON_TYPES))
    kinds = [kind for name in ([names] if isinstance(names, str) else names)
             for kind in JSON_TYPES[name]]
    if type(value) not in kinds:
        return False
    if isinstance(value, int) and not told.get("minimum", value) <= value <= told.get(
            "maximum", value):
        return False
    if isinstance(value, str):
        if "pattern" in told and not re.search(told["pattern"], value):
            return False
        if told.get("format", "")[:2] == "ip":
            return ipaddress.ip_address(value).version == int(told["format"][-1])
    return True


SAMPLES = [packet.data for packet in fyke.read(all_captures.PROTOCOLS)]


def test_values_are_as_the_schema_says() -> None:
    """Whole packets and cut ones; integers are integers."""
    seen = set()
    for octets in SAMPLES:
        for cut in (0, 7, 33):
            told = fyke.Packet(octets[:len(octets) - cut], wire_length=len(octets)).to_dict()
            told = json.loads(json.dumps(told))
            assert told["schema"] == reference.SCHEMA_VERSION
            for layer in told["layers"]:
                known = SCHEMA["$defs"][layer["layer"]]["properties"]
                seen.add(layer["layer"])
                for name, value in layer.items():
                    assert fits(value, known[name]), (layer["layer"], name, value, known[name])
    assert len(seen) > 15


def test_the_schema_of_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(SCHEMA))
    names = ["number", "ip.src", "tcp.flags", "tcp.flags.syn", "udp.payload_length", "dns.answers"]
    assert main(["table", "--schema", "-e", ",".join(names)]) == 0
    told = json.loads(capsys.readouterr().out)["properties"]
    assert list(told) == names
    columns = [Column(name) for name in names]
    for octets in SAMPLES:
        packet = fyke.Packet(octets)
        for column in columns:
            assert fits(column.value(packet), told[column.name])


def test_help_says_the_words_of_a_field() -> None:
    import pydoc
    text = pydoc.plain(pydoc.render_doc(fyke.Udp))
    assert "source port, 0 when the sender wants no answer (integer of 16 bits)" in text
    assert "(integer of 16 bits, bytes)" in text
    assert {"src_port", "payload", "header"} <= set(dir(fyke.Udp()))
