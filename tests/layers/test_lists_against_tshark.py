"""Values of the rarer protocols, lists too, are those that tshark reads of the same packets.

The table is shark_values.py; traffic is every capture that the tests have, and standard_traffic.py.
``|`` joins what two columns have.
A packet counts where it has one layer of a kind. Where a packet is damaged each program stops at a
place of its own: there single values are compared, lists are not.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import network_traffic
import pytest
import standard_traffic
from shark_values import DIFFERENT, MEANT, SAME

import all_captures
import fyke
from fyke.layers.application.rtp import Rtcp, Rtp
from fyke.wire import Record

PACKET_TYPES: dict[str, Any] = {"rtp": Rtp, "rtcp": Rtcp}
TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
OPTIONS = ["-n", *(word for option in (
    "tcp.desegment_tcp_streams:FALSE", "ip.defragment:FALSE", "ipv6.defragment:FALSE",
    "tcp.relative_sequence_numbers:FALSE", "sctp.relative_tsns:FALSE",
    "tcp.analyze_sequence_numbers:FALSE", "rpc.find_fragment_start:FALSE") for word in (
        "-o", option))]
BETWEEN = "\x1f"  # of several values of a field
MALFORMED = str(0x07000000)  # tshark's group of expert notes
DAMAGE = ("_ws.malformed", "_ws.expert.group")
NOT_TEXT = re.compile(r"(?:\\x[0-9a-f]{2}|\ufffd)+")


def theirs(path: Path, decode: tuple[str, ...] = ()) -> dict[int, dict[str, list[str]]]:
    """tshark's values of every packet, by its number."""
    fields = [*DAMAGE, *sorted({field for names in SAME.values() for told in names.values()
                                 for field in told.split("|")})]
    words = [word for field in ("frame.number", *fields) for word in ("-e", field)]
    done = subprocess.run(
        [str(TSHARK), *OPTIONS, *decode, "-r", str(path), "-T", "fields", "-E",
         f"aggregator={BETWEEN}", *words],
        capture_output=True, text=True, errors="replace", timeout=240, check=False)
    assert done.returncode in (0, 2), done.stderr  # 2: the file is cut short
    found = {}
    for line in done.stdout.split("\n"):
        number, *cells = line.split("\t")
        if number.isdigit() and len(cells) == len(fields):  # a text may hold an end of line
            found[int(number)] = {field: cell.split(BETWEEN) for field, cell in zip(
                fields, cells, strict=True) if cell}
    return found


def leaves(value: Any, path: list[str]) -> Iterator[Any]:
    """What a path finds: through lists, and ``?name`` to the values of records of that name."""
    if isinstance(value, list):
        for one in value:
            yield from leaves(one, path)
    elif value is None:
        return
    elif not path:
        yield value
    elif path[0][0] == "?":
        if isinstance(value, dict) and value.get("name") == path[0][1:]:
            yield from leaves(value.get("value"), path[1:])
    elif isinstance(value, dict):
        yield from leaves(value.get(path[0]), path[1:])


def plain(text: str) -> str:
    """As far as both programs write a text alike."""
    text = text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return NOT_TEXT.sub("?", text.lower())


def number(text: str, base: int) -> int | None:
    try:
        return int(text, base)
    except ValueError:
        return None


def octets(text: str) -> str:
    """The text that these octets are."""
    try:
        return bytes.fromhex(text).decode("utf-8", "backslashreplace")
    except ValueError:
        return text


def equal(ours: Any, text: str) -> bool:
    """Whether both mean the same: numbers in any base, octets with or without colons."""
    if isinstance(ours, bool):
        return text in (("1", "True") if ours else ("0", "False"))
    if isinstance(ours, int):
        return ours in (number(text, 0), number(text, 16))
    if isinstance(ours, float):
        return abs(ours - float(text)) < 1e-6
    if text == "<MISSING>":
        return ours == ""
    if plain(str(ours).split("\0")[0]) == plain(text):  # where tshark's texts end
        return True
    return plain(str(ours)) in (plain(text), plain(octets(text)), text.encode().hex(),
                                text.replace(":", "").lower())


def is_damaged(row: dict[str, list[str]], packet: fyke.Packet) -> bool:
    return ("_ws.malformed" in row or MALFORMED in row.get("_ws.expert.group", ())
            or packet.captured_length < packet.wire_length
            or any(layer.short for layer in packet.layers))


def differences(packets: Iterator[fyke.Packet], rows: dict[int, dict[str, list[str]]],
                compared: dict[str, int], placed: str = "",
                mutants: bool = False) -> Iterator[str]:
    """Every value that differs, or is missing, and is not explained."""
    for count, packet in enumerate(packets, 1):
        row = rows.get(count, {})
        layers = layers_of(packet, placed)
        names = [layer.name for layer in layers]
        for layer in layers:
            if layer.name not in SAME or names.count(layer.name) != 1:
                continue
            values = layer.to_dict()
            damaged = mutants or is_damaged(row, packet)
            for path, field in SAME[layer.name].items():
                told = [one for name in field.split("|") for one in row.get(name, ())]
                ours = [MEANT.get(field, {}).get(one, one) for way in path.split("|")
                        for one in leaves(values, way.split("."))]
                if not told or (damaged and (max(len(told), len(ours)) != 1 or not ours)):
                    continue
                name = f"{layer.name}.{path}"
                compared[name] = compared.get(name, 0) + 1
                if len(ours) == len(told) and all(map(equal, ours, told)):
                    continue
                explains = DIFFERENT.get(name)
                if not (explains and explains[1](layer, ours, told)):
                    yield f"packet {count} {name}: {field} {told[:12]}, ours {ours[:12]}"


def layers_of(packet: fyke.Packet, placed: str) -> list[Any]:
    """The packet's layers; ``placed`` stands on UDP's payload, where only a user tells."""
    if not placed:
        return packet.layers
    below = packet["udp"]
    layer = PACKET_TYPES[placed]()
    layer.below = below
    layer = layer.at(Record(below.payload), 0, len(below.payload))
    layer.decode()
    return [layer]


def checked(path: Path, decode: tuple[str, ...] = (), placed: str = "",
            mutants: bool = False) -> dict[str, int]:
    compared: dict[str, int] = {}
    with fyke.read(path) as packets:
        found = list(differences(iter(packets), theirs(path, decode), compared, placed, mutants))
    assert not found, f"{len(found)} differ:\n" + "\n".join(found)
    return compared


@pytest.mark.parametrize("name", standard_traffic.PACKETS)
def test_generated_traffic(name: str, tmp_path: Path) -> None:
    """Each protocol's messages, made by its standard; every column of its table is met."""
    path = tmp_path / "traffic.pcap"
    made = standard_traffic.PACKETS[name]
    path.write_bytes(network_traffic.savefile(made.frames, link_type=made.link_type))
    compared = checked(path, made.shark, made.placed)
    for layer in made.layers:
        met = {column for column in SAME[layer] if f"{layer}.{column}" in compared}
        assert not set(SAME[layer]) - met - made.unmet, (
            f"no packet of {layer} has {sorted(set(SAME[layer]) - met)}")


#: Packets that a search changed until a program took another branch: whatever tshark thinks of
#: them, they are damaged.
MUTANTS = ("corpus", "branches")


@pytest.mark.parametrize("mutants", [False, True], ids=["captures", "mutants"])
def test_every_capture(mutants: bool, tmp_path: Path) -> None:
    """All that the tests have."""
    path = tmp_path / "all.pcapng"
    names = [name for name in all_captures.paths()
             if mutants == any(part in MUTANTS for part in name.parts)]
    if mutants and all("files" in name.parts for name in names):
        pytest.skip("no packets here that a search has changed (FYKE_PEERS)")
    all_captures.joined(names, path)
    assert sum(checked(path, mutants=mutants).values()) > 200
