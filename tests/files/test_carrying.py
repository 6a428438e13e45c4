"""What a pcapng source says beside its packets, in files that follow each other."""

from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from capture_samples import block, enhanced, interface, opened, option, section

from file_rows import in_order
from fyke.cli.main import main
from fyke.dump.pour import pour
from fyke.files import carrying
from fyke.files.carrying import Carrier
from fyke.files.copying import create_like
from fyke.files.pcapng_options import (
    Block,
    Interface,
    InterfaceStatistics,
    Section,
    turned_names,
)
from fyke.files.reader import open_capture
from fyke.files.rotation import Rotation
from fyke.files.writer import create
from fyke.wire import Record

NAMES, SECRETS, COUNTERS, UNKNOWN = 4, 10, 5, 0x00ABCDEF


def names(order: str, name: bytes = b"host\0") -> bytes:
    return (struct.pack(order + "HH", 1, 4 + len(name)) + b"\x0a\0\0\1" + name
            + bytes(-(4 + len(name)) & 3) + bytes(4) + option(1, b"words", order)
            + bytes(4))


def secrets(order: str) -> bytes:
    return struct.pack(order + "II", 0x544C534B, 4) + b"key!"


def told(order: str = "<") -> bytes:
    """Names, two packets, secrets, a packet, something unknown, two packets, counters."""
    def packets(*units: int) -> bytes:
        return b"".join(enhanced(n, bytes(60), 60, order) for n in units)

    return (section(order) + interface(order) + block(NAMES, names(order), order) + packets(1, 2)
            + block(SECRETS, secrets(order), order) + packets(3)
            + block(UNKNOWN, b"what it is", order) + packets(4, 5)
            + block(COUNTERS, struct.pack(order + "III", 0, 0, 9), order))


def kinds(path: Path) -> str:
    """A letter for each thing in a file: p packets, n names, s secrets, u unknown, c counters."""
    reader: Any = open_capture(path)
    letters = {NAMES: "n", SECRETS: "s", UNKNOWN: "u"}
    found: list[str] = []

    def take(item: Any) -> None:
        if not isinstance(item, Section):
            found.append(letters[item.kind] if hasattr(item, "kind") else "c")

    reader.carry_to(take)
    packet = Record()
    while reader.next(packet):
        found.append("p")
    reader.close()
    return "".join(found)


@pytest.mark.parametrize("order", "<>")
def test_one_file_is_as_its_source(order: str, tmp_path: Path) -> None:
    (tmp_path / "in.pcapng").write_bytes(told(order))
    source = open_capture(tmp_path / "in.pcapng")
    pour(source, create_like(tmp_path / "out.pcapng", source))
    assert kinds(tmp_path / "out.pcapng") == kinds(tmp_path / "in.pcapng") == "nppspuppc"


def written_in_parts(tmp_path: Path, words: list[str]) -> list[str]:
    (tmp_path / "in.pcapng").write_bytes(told())
    (tmp_path / "parts").mkdir()
    assert main(words) == 0
    return [kinds(path) for path in in_order(tmp_path / "parts")]


def test_split_files(tmp_path: Path) -> None:
    assert written_in_parts(tmp_path, [
        "slice", str(tmp_path / "in.pcapng"), "-w", str(tmp_path / "parts" / "x.pcapng"),
        "--split-count", "2"]) == ["npps", "nspup", "nspc"]


def test_rotated_files(tmp_path: Path) -> None:
    source: Any = opened(told())
    carrier = Carrier(source)

    def begin(path: str) -> Any:
        return create_like(path, source, format="pcapng", carrier=carrier)

    pour(source, Rotation(str(tmp_path / "x"), begin, size=200))
    parts = [kinds(path) for path in in_order(tmp_path)]
    assert len(parts) > 2 and parts[0].startswith("np")
    assert all(part.startswith("ns") for part in parts[2:])
    assert ("".join(parts).count("u"), "".join(parts).count("c")) == (1, 1)
    assert sum(part.count("p") for part in parts) == 5


def test_connections_share_names(tmp_path: Path) -> None:
    source: Any = opened(told())
    carrier = Carrier(source)
    files = [create_like(tmp_path / f"{n}.pcapng", source, carrier=carrier) for n in range(2)]
    packet, count = Record(), 0
    while source.next(packet):
        files[count % 2].add(packet)
        count += 1
    for file in files:
        file.close()
    assert [kinds(tmp_path / f"{n}.pcapng") for n in range(2)] == ["npspp", "npsupc"]


def test_what_is_repeated_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "MAX_REPEATED", carrying.ITEM_OVERHEAD + len(names("<")))
    assert written_in_parts(tmp_path, [
        "slice", str(tmp_path / "in.pcapng"), "-w", str(tmp_path / "parts" / "x.pcapng"),
        "--split-count", "2"]) == ["npps", "npup", "npc"]


def test_what_waits_for_a_file_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(carrying, "MAX_WAITING", 1000)
    (tmp_path / "in.pcapng").write_bytes(
        section() + interface() + block(UNKNOWN, bytes(100)) * 9 + enhanced(1, b"x", 1))
    words = ["slice", str(tmp_path / "in.pcapng"), "--split-count", "2", "-w"]
    assert main([*words, str(tmp_path / "x.pcapng")]) == 0
    assert "6 blocks that are no packets are left out" in capsys.readouterr().err
    assert kinds(tmp_path / "x-00000.pcapng") == "uuup"
    assert main([*words, str(tmp_path / "x.pcap")]) == 0  # holds nothing but packets
    assert "blocks" not in capsys.readouterr().err


def test_a_new_section_has_names_of_its_own(tmp_path: Path) -> None:
    source: Any = opened(told() + told(">"))
    carrier = Carrier(source)
    packet, count = Record(), 0
    while source.next(packet):
        count += 1
        if count == 7:
            file = create_like(tmp_path / "x.pcapng", source, carrier=carrier)
        if count >= 7:
            file.add(packet)
    file.close()
    # What has no file yet waits; the unknown ones are in sections of their order, with the names.
    assert kinds(tmp_path / "x.pcapng") == "nuncpspunsppc"


def test_names_are_turned_with_the_byte_order() -> None:
    """Whatever is cut off."""
    assert turned_names(names(">"), False) == names("<")
    assert turned_names(names("<"), True) == names(">")
    for cut in range(len(names("<"))):
        turned_names(names("<")[:cut], True)


def everything(path: Path) -> list[Any]:
    """Packets and carried things in the order of the file."""
    reader: Any = open_capture(path)
    found: list[Any] = []
    reader.carry_to(found.append)
    packet = Record()
    while reader.next(packet):
        found.append(packet.copy())
    reader.close()
    assert reader.bad_options == 0
    return found


def unknown(found: list[Any]) -> list[tuple[bool, bytes]]:
    return [(item.big, item.body) for item in found
            if isinstance(item, Block) and item.kind == UNKNOWN]


@pytest.mark.parametrize("orders", ["<>", "><", "<><", ">>"])
@pytest.mark.parametrize("words", [["merge"], ["merge", "-a"], ["dump"], ["dump", "--merge"]])
def test_unknown_blocks_of_both_orders_are_carried(orders: str, words: list[str],
                                                   tmp_path: Path) -> None:
    paths = []
    for number, order in enumerate(orders):
        paths.append(str(tmp_path / f"{number}"))
        (tmp_path / f"{number}").write_bytes(told(order))
    out = str(tmp_path / "x.pcapng")
    if words[0] == "dump":
        assert main([*words, *(f"-r{path}" for path in paths), "-w", out]) == 0
    else:
        assert main([*words, *paths, "-w", out]) == 0
    found = everything(tmp_path / "x.pcapng")
    assert sorted(unknown(found)) == sorted((order == ">", b"what it is\0\0") for order in orders)
    times = [item.time for item in found if isinstance(item, Record)]
    one = [n * 1000 for n in range(1, 6)]
    assert times == (sorted(one * len(orders)) if "merge" in words[-1] else one * len(orders))
    assert sum(isinstance(item, InterfaceStatistics) for item in found) == len(orders)
    # Sections begin for unknown blocks only, or where the next file says something else.
    sections = sum(isinstance(item, Section) for item in found)
    assert sections == 1 + sum(a != b for a, b in pairwise(orders))


def test_a_section_that_begins_for_a_block_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    several = [Interface(1, name="eth0"), Interface(101, name="tun0"), Interface(1, name="eth1")]
    sink = create(path, interfaces=several, section=Section(os="Somewhere"))
    packets = [(2, 1), (0, 1), (1, 101)]
    for number, (interface_, link_type) in enumerate(packets * 2):
        packet = Record(bytes([number]) * 5, link_type, number)
        packet.interface = interface_
        sink.add(packet)
        sink.carry(Block(UNKNOWN, b"\0\0\0" + bytes([number]), number % 2 == 0))
    sink.close()
    reader: Any = open_capture(path)
    heard: list[Any] = []
    reader.carry_to(heard.append)
    packet = Record()
    for number, (interface_, link_type) in enumerate(packets * 2):
        assert reader.next(packet)
        assert reader.section.os == "Somewhere"
        told_of = reader.interfaces[packet.interface]
        assert (packet.time, packet.link_type, told_of.name) == (
            number, link_type, several[interface_].name)
    assert not reader.next(packet)
    reader.close()
    assert unknown(heard) == [(n % 2 == 0, b"\0\0\0" + bytes([n])) for n in range(6)]


def test_the_headers_of_joined_sections(tmp_path: Path) -> None:
    def file(name: str, comment: bytes, system: bytes) -> str:
        options = option(1, comment) + option(3, system) + option(4, b"app") + bytes(4)
        (tmp_path / name).write_bytes(section(options=options) + block(NAMES, names("<"))
                                      + interface() + enhanced(1, b"p", 1))
        return str(tmp_path / name)

    inputs = [file("a", b"one", b"Linux"), file("b", b"two", b"Linux"), file("c", b"two", b"BSD")]
    out = tmp_path / "x.pcapng"
    assert main(["merge", *inputs, "-w", str(out)]) == 0
    merged: Any = open_capture(out)
    merged.close()
    assert (merged.section.comments, merged.section.os, merged.section.application) == (
        ["one", "two"], "", "app")
    assert kinds(out) == "nnnppp"
    assert main(["merge", "-a", *inputs, inputs[2], "-w", str(out)]) == 0
    told_by = [(item.comments, item.os) for item in everything(out) if isinstance(item, Section)]
    assert told_by == [(["one"], "Linux"), (["two"], "Linux"), (["two"], "BSD")]
    assert kinds(out) == "npnpnpnp"  # names in front of the first interface too
