"""What a pcapng source says beside its packets, in files that follow each other."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from capture_samples import block, enhanced, interface, opened, option, section

from fyke.cli.main import main
from fyke.files import carrying
from fyke.files.carrying import Carrier
from fyke.files.copying import create_like, pour
from fyke.files.pcapng_options import Section, turned_names
from fyke.files.reader import open_capture
from fyke.files.rotation import Rotation
from fyke.wire import Packet

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
    packet = Packet()
    while reader.next(packet):
        found.append("p")
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
    return [kinds(path) for path in sorted((tmp_path / "parts").iterdir())]


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
    parts = [kinds(path) for path in sorted(tmp_path.iterdir())]
    assert len(parts) > 2 and parts[0].startswith("np")
    assert all(part.startswith("ns") for part in parts[2:])
    assert ("".join(parts).count("u"), "".join(parts).count("c")) == (1, 1)
    assert sum(part.count("p") for part in parts) == 5


def test_connections_share_names(tmp_path: Path) -> None:
    source: Any = opened(told())
    carrier = Carrier(source)
    files = [create_like(tmp_path / f"{n}.pcapng", source, carrier=carrier) for n in range(2)]
    packet, count = Packet(), 0
    while source.next(packet):
        files[count % 2].add(packet)
        count += 1
    for file in files:
        file.close()
    assert [kinds(tmp_path / f"{n}.pcapng") for n in range(2)] == ["npspp", "npsupc"]


def test_what_is_repeated_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "MAX_REPEATED", len(names("<")))
    assert written_in_parts(tmp_path, [
        "slice", str(tmp_path / "in.pcapng"), "-w", str(tmp_path / "parts" / "x.pcapng"),
        "--split-count", "2"]) == ["npps", "npup", "npc"]


def test_a_new_section_has_names_of_its_own(tmp_path: Path) -> None:
    source: Any = opened(told() + told(">"))
    carrier = Carrier(source)
    packet, count = Packet(), 0
    while source.next(packet):
        count += 1
        if count == 7:
            file = create_like(tmp_path / "x.pcapng", source, carrier=carrier)
        if count >= 7:
            file.add(packet)
    file.close()
    assert kinds(tmp_path / "x.pcapng") == "ncpspuppc"  # what has no file yet waits


def test_names_are_turned_with_the_byte_order() -> None:
    """Whatever is cut off."""
    assert turned_names(names(">"), False) == names("<")
    assert turned_names(names("<"), True) == names(">")
    for cut in range(len(names("<"))):
        turned_names(names("<")[:cut], True)


def test_merged_files_of_both_orders_keep_their_names(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, order in (("a", "<"), ("b", ">")):
        (tmp_path / name).write_bytes(told(order))
    assert main(["merge", str(tmp_path / "a"), str(tmp_path / "b"), "-w",
                 str(tmp_path / "x.pcapng")]) == 0
    assert "1 blocks of unknown types left out" in capsys.readouterr().err
    found = kinds(tmp_path / "x.pcapng")
    assert sorted(found) == sorted("nn" + "ss" + "u" + "cc" + "p" * 10)  # one unknown is left out
