"""A pcapng file copied by ``read`` and ``write`` says what the first one said."""

from __future__ import annotations

import copy
import heapq
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest
from door_files import DNS, FIRST, made

import fyke
from fyke.files import pcapng_blocks as blocks
from fyke.files.pcapng_options import Block, Interface, InterfaceStatistics, PacketOptions, Section
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record

NAMES = struct.pack("<HH", 1, 9) + bytes([10, 0, 0, 1]) + b"host\0" + bytes(3) + bytes(4)
SECRETS = struct.pack("<II", 0x544C534B, 8) + b"CLIENT 1"


def interface(name: str, link_type: int = 1) -> Interface:
    one = Interface(link_type, 1500, name=name, filter="udp", os="Linux of a test")
    one.set(blocks.IF_DESCRIPTION, f"the cable of {name}")
    one.set(blocks.IF_HARDWARE, "a card")
    one.set(blocks.IF_FCS_LENGTH, 4, size=1)
    one.comment(f"a comment on {name}")
    return one


def section(words: str, big: bool = False) -> Section:
    told = Section(big, hardware="a machine", os="an OS", application="a test")
    told.comment(words)
    told.options.append((2988, struct.pack("<I", 1) + b"custom"))
    return told


def rich(path: Path, words: str = "the section", *, big: bool = False, start: int = FIRST,
         names: tuple[str, ...] = ("eth0", "wlan0", "tun0")) -> Path:
    """A file with everything: two interfaces of one link type, one of another, blocks between."""
    sink: Any = create(path, format="pcapng", section=section(words, big), interfaces=[
        interface(name, 101 if name == "tun0" else 1) for name in names])
    for number in range(6):
        place = number % len(names)
        record = Record(DNS[14:] if names[place] == "tun0" else DNS,
                        101 if names[place] == "tun0" else 1, start + 1000 * number)
        record.interface = place
        if number % 2:
            record.meta = PacketOptions()
            record.meta.comment(f"packet {number}")
        sink.add(record)
        if number == 2:
            sink.carry(Block(blocks.NAME_RESOLUTION, NAMES, False))
            sink.carry(Block(blocks.DECRYPTION_SECRETS, SECRETS, False))
            sink.carry(Block(0x0BAD0000 | 7, b"whatever", big))
    for place in range(len(names)):
        counters = InterfaceStatistics(place, start + 10**6, received=7, dropped=place,
                                       start=start, end=start + 10**6)
        counters.comment("counted")
        sink.carry(counters)
    sink.close()
    return path


def copied(target: Path, *sources: Path, filter: str | None = None) -> Path:
    with fyke.write(target) as file:
        for source in sources:
            for packet in fyke.read(source, filter):
                file.add(packet)
    return target


def told(path: Path) -> dict[str, Any]:
    """What a file says, in a form to compare: sections, interfaces by packet, blocks, counters."""
    carried: list[Any] = []
    reader: Any = open_capture(path)
    reader.carry_to(carried.append)
    record = Record()
    found = []
    while reader.next(record):
        one = reader.interfaces[record.interface]
        found.append((one.name, record.link_type, record.time, record.octets(),
                      record.meta and record.meta.options))
    reader.close()
    return {
        "section": (reader.section.options, reader.section.big),
        "interfaces": [(one.link_type, one.snaplen, sorted(one.options))
                       for one in reader.interfaces],
        "packets": found,
        "blocks": [(one.kind, one.body) for one in carried if isinstance(one, Block)],
        "counters": [(one.interface, one.time, one.start, one.end, one.options)
                     for one in carried if isinstance(one, InterfaceStatistics)]}


@pytest.mark.parametrize("big", [False, True], ids=["little", "big"])
def test_everything_is_kept(tmp_path: Path, big: bool) -> None:
    source = rich(tmp_path / "in.pcapng", big=big)
    assert told(copied(tmp_path / "out.pcapng", source)) == told(source)


@pytest.mark.parametrize("big", [False, True], ids=["little", "big"])
@pytest.mark.parametrize("kind", ["pcapng", "pcap"])
def test_a_copy_is_that_of_dump(tmp_path: Path, kind: str, big: bool) -> None:
    from door_files import program
    source = rich(tmp_path / "in.pcapng", big=big) if kind == "pcapng" else \
        made(tmp_path / "in.pcap")
    done = program("import sys; from fyke.cli.main import main; sys.exit(main(["
                   f"'dump', '-r', '{source.name}', '-w', 'dump.pcapng']))", tmp_path)
    assert done.returncode == 0, done.stderr
    mine = copied(tmp_path / "mine.pcapng", source)
    assert mine.read_bytes() == (tmp_path / "dump.pcapng").read_bytes()


def test_a_part_of_it(tmp_path: Path) -> None:
    source = rich(tmp_path / "in.pcapng")
    with fyke.write(tmp_path / "out.pcapng") as file:
        for packet in fyke.read(source):
            if packet.time >= FIRST + 4000:
                file.add(packet)
    part, whole = told(tmp_path / "out.pcapng"), told(source)
    assert part["packets"] == whole["packets"][4:]
    assert {**part, "packets": 0} == {**whole, "packets": 0}


def test_two_files_one_after_the_other(tmp_path: Path) -> None:
    one = rich(tmp_path / "one.pcapng", "the first", names=("eth0", "eth1"))
    two = rich(tmp_path / "two.pcapng", "the second", names=("eth1", "eth2"))
    out = copied(tmp_path / "out.pcapng", one, two)
    assert told(out)["packets"] == told(one)["packets"] + told(two)["packets"]
    carried: list[Any] = []
    reader: Any = open_capture(out)
    first = reader.section.comments
    reader.carry_to(carried.append)
    while reader.next(Record()):
        pass
    reader.close()
    assert first == ["the first"]
    assert [one.comments for one in carried if isinstance(one, Section)] == [
        ["the first"], ["the second"]]


def test_merged_by_time(tmp_path: Path) -> None:
    sources = [rich(tmp_path / f"{number}.pcapng", "all the same", start=FIRST + 500 * number,
                    names=(f"eth{number}", "shared")) for number in range(3)]
    with fyke.write(tmp_path / "out.pcapng") as file:
        for packet in heapq.merge(*map(fyke.read, sources), key=lambda packet: packet.time):
            file.add(packet)
    merged = told(tmp_path / "out.pcapng")
    assert merged["packets"] == sorted((packet for source in sources
                                        for packet in told(source)["packets"]),
                                       key=lambda packet: packet[2])
    names = [dict(options)[blocks.IF_NAME] for _, _, options in merged["interfaces"]]
    assert names == [b"eth0", b"shared", b"eth1", b"eth2"]  # equal descriptions are one


def test_many_files_of_one_interface_make_one(tmp_path: Path) -> None:
    sources = [rich(tmp_path / f"{number}.pcapng", names=("eth0",)) for number in range(9)]
    assert len(told(copied(tmp_path / "out.pcapng", *sources))["interfaces"]) == 1


def test_alike_interfaces_of_one_file_stay_several(tmp_path: Path) -> None:
    sink: Any = create(tmp_path / "in.pcapng", format="pcapng",
                       interfaces=[interface("eth0"), interface("eth0")])
    for place in (0, 1, 1):
        record = Record(DNS, 1, FIRST)
        record.interface = place
        sink.add(record)
    sink.close()
    source = tmp_path / "in.pcapng"
    out = copied(tmp_path / "out.pcapng", source, source)
    assert len(told(out)["interfaces"]) == 2
    assert [packet.interface for packet in fyke.read(out)] == [0, 1, 1] * 2


def test_packets_keep_their_own_number(tmp_path: Path) -> None:
    """What is changed for the file is not changed for whoever has the packet."""
    one = rich(tmp_path / "one.pcapng", names=("a", "b"))
    two = rich(tmp_path / "two.pcapng", names=("c", "d"))
    kept = [*fyke.read(one), *fyke.read(two)]
    before = [packet.interface for packet in kept]
    with fyke.write(tmp_path / "out.pcapng") as file:
        for packet in reversed(kept):
            file.add(packet, time=9)
    assert [packet.interface for packet in kept] == before
    assert all(packet.time >= FIRST for packet in kept)
    names = [name for name, *_ in told(tmp_path / "out.pcapng")["packets"]]
    assert names == ["d", "c"] * 3 + ["b", "a"] * 3


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda one: one,
                                 lambda one: pickle.loads(pickle.dumps(one))])
def test_copied_packets(tmp_path: Path, way: Any) -> None:
    source = rich(tmp_path / "in.pcapng", names=("eth0", "eth1"))
    with fyke.write(tmp_path / "out.pcapng") as file:
        for packet in fyke.read(source):
            file.add(way(packet))
    found = [packet.comments for packet in fyke.read(tmp_path / "out.pcapng")]
    assert found == [packet.comments for packet in fyke.read(source)]
    names = {name for name, *_ in told(tmp_path / "out.pcapng")["packets"]}
    pickled = way(next(iter(fyke.read(source))))._mark is None
    assert names == ({""} if pickled else {"eth0", "eth1"})


def test_made_packets_beside_read_ones(tmp_path: Path) -> None:
    source = rich(tmp_path / "in.pcapng", names=("eth0",))
    with fyke.write(tmp_path / "out.pcapng") as file:
        file.add(DNS, time=1)
        for packet in fyke.read(source):
            file.add(packet)
        file.add(fyke.Packet(DNS, time=2))
    names = [name for name, *_ in told(tmp_path / "out.pcapng")["packets"]]
    assert names == ["", *["eth0"] * 6, ""]


def test_flushed_before_the_first_packet(tmp_path: Path) -> None:
    source = rich(tmp_path / "in.pcapng")
    with fyke.write(tmp_path / "out.pcapng") as file:
        file.flush()
        for packet in fyke.read(source):
            file.add(packet)
    assert told(tmp_path / "out.pcapng")["section"] == told(source)["section"]
    assert told(tmp_path / "out.pcapng")["packets"] == told(source)["packets"]


def test_nothing_written_is_still_a_capture(tmp_path: Path) -> None:
    with fyke.write(tmp_path / "out.pcapng", link_type="RAW"):
        pass
    with fyke.read(tmp_path / "out.pcapng") as packets:
        assert packets.link_type.name == "RAW"
        assert list(packets) == []


def test_into_pcap(tmp_path: Path) -> None:
    source = rich(tmp_path / "in.pcapng", names=("eth0", "eth1"))
    assert [packet.data for packet in fyke.read(copied(tmp_path / "out.pcap", source))] == [DNS] * 6
