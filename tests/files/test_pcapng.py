"""pcapng: sections, interfaces, clocks, every packet block, options, torn files, and writing."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from capture_samples import (
    RECORDS,
    Dribble,
    block,
    drain,
    drain_whole,
    enhanced,
    interface,
    opened,
    option,
    pcapng,
    section,
)

from fyke.errors import OutputError, SavefileError
from fyke.files import pcapng_blocks as blocks
from fyke.files.octets import Torn
from fyke.files.pcapng_clock import Clock
from fyke.files.pcapng_options import Block, Interface, InterfaceStatistics, PacketOptions, Section
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record

ORDERS = pytest.mark.parametrize("order", ["<", ">"])


@ORDERS
def test_reads_enhanced_packets(order: str) -> None:
    reader = opened(pcapng(order=order))
    assert drain(reader) == RECORDS
    assert (reader.link_type, reader.snaplen, reader.big) == (1, 262144, order == ">")


@ORDERS
def test_reads_simple_and_obsolete_packets(order: str) -> None:
    simple = block(3, struct.pack(order + "I", 9) + b"12345", order)
    cut = block(3, struct.pack(order + "I", 3) + b"abc", order)
    old = block(2, struct.pack(order + "HHIIII", 0, 3, 0, 5, 2, 60) + b"hi", order)
    data = section(order) + interface(order, 113, 5) + simple + cut + old
    reader = opened(data)
    assert drain(reader) == [(0, b"12345", 9), (0, b"abc", 3), (5000, b"hi", 60)]
    reader = opened(data)
    packet = Record()
    assert reader.next(packet)
    assert packet.link_type == 113
    assert packet.meta is None
    assert reader.next(packet)
    assert reader.next(packet)
    assert packet.meta.drop_count == 3


@pytest.mark.parametrize(("resolution", "units", "expected"), [
    (6, 1_234_567, 1_234_567_000),
    (0, 7, 7 * 10**9),
    (3, 7, 7 * 10**6),
    (9, 2**40, 2**40),
    (12, 1999, 1),
    (19, 10**19, 10**9),
    (0x80, 3, 3 * 10**9),
    (0x80 | 10, 1536, 1_500_000_000),
    (0x80 | 20, 2**20 * 5 + 1, 5 * 10**9 + 953),
    (0x80 | 63, 2**63, 10**9),
    (0x80 | 63, 2**64 - 1, 1_999_999_999),
    (127, 2**64 - 1, 0),
    (6, 2**64 - 1, 2**63 - 1),
])
def test_any_resolution(resolution: int, units: int, expected: int) -> None:
    assert Clock(resolution, 0, 1, 0).nanoseconds(units) == expected
    data = section() + interface(options=option(9, bytes([resolution]))) + enhanced(units, b"", 0)
    assert drain(opened(data)) == [(expected, b"", 0)]


@pytest.mark.parametrize(("offset", "expected"), [
    (100, 101 * 10**9), (-100, -99 * 10**9), (2**63 - 1, 2**63 - 1), (-2**63, -2**63)])
def test_time_offset(offset: int, expected: int) -> None:
    raw = option(14, struct.pack("<q", offset)) + option(9, b"\x00")
    data = section() + interface(options=raw) + enhanced(1, b"", 0)
    assert drain(opened(data)) == [(expected, b"", 0)]


def test_sections_of_both_byte_orders_and_interfaces_of_different_link_types() -> None:
    data = (section("<") + interface("<", 1, options=option(2, b"eth0"))
            + interface("<", 113, options=option(9, b"\x09")) + enhanced(5, b"a", 1, number=1)
            + section(">") + interface(">", 101, options=option(2, b"tun0", ">"))
            + enhanced(7, b"b", 2, ">"))
    reader = opened(data)
    packet = Record()
    seen = []
    while reader.next(packet):
        seen.append((packet.interface, packet.link_type, packet.time, packet.raw(0, 1)))
    assert seen == [(1, 113, 5, b"a"), (2, 101, 7000, b"b")]
    assert [i.name for i in reader.interfaces] == ["eth0", "", "tun0"]


@ORDERS
def test_packet_options(order: str) -> None:
    raw = (option(1, "grüße".encode(), order) + option(1, b"again", order)
           + option(2, struct.pack(order + "I", 0x20002), order)
           + option(3, b"\x02\xde\xad\xbe\xef", order)
           + option(4, struct.pack(order + "Q", 9), order)
           + option(5, struct.pack(order + "Q", 2**63), order)
           + option(6, struct.pack(order + "I", 4), order) + option(7, b"\x01x", order)
           + option(0, b"", order))
    reader = opened(section(order) + interface(order) + enhanced(0, b"xyz", 3, order, options=raw))
    packet = Record()
    assert reader.next(packet)
    meta = packet.meta
    assert meta.comments == ["grüße", "again"]
    assert (meta.flags, meta.direction, meta.drop_count, meta.packet_id, meta.queue) == (
        0x20002, "out", 9, 2**63, 4)
    assert meta.hashes == [(2, b"\xde\xad\xbe\xef")]
    assert meta.verdicts == [(1, b"x")]


def test_a_cut_option_does_not_lose_the_packet() -> None:
    raw = option(1, b"kept") + struct.pack("<HH", 1, 500)
    reader = opened(section() + interface() + enhanced(0, b"xyz", 3, options=raw))
    packet = Record()
    assert reader.next(packet)
    assert packet.meta.comments == ["kept"]
    assert reader.bad_options == 1


IDB = section() + interface()


@pytest.mark.parametrize(("data", "message"), [
    (section(version=(1, 1)), "unsupported pcapng savefile version 1.1"),
    (section(), "no Interface Description Blocks"),
    (section() + enhanced(0, b"", 0), "a packet block before any Interface Description Blocks"),
    (section() + interface(options=option(9, b"ab")), "if_tsresol option with length 2 != 1"),
    (section() + interface(options=option(14, b"ab")), "if_tsoffset option with length 2 != 8"),
    (section() + interface(options=struct.pack("<HH", 2, 99)), "option 2 claims 99 bytes"),
    (IDB + enhanced(0, b"", 0, number=1), "arrived on interface 1, but there's no Interface"),
    (IDB + block(6, bytes(8)), "block of type 6 in pcapng dump file is too short"),
    (IDB + block(6, struct.pack("<IIIII", 0, 0, 0, 9, 9)), "invalid packet capture length 9"),
    (IDB + struct.pack("<III", 6, 11, 0), "has a length of 11 < 12"),
    (IDB + struct.pack("<III", 6, 33, 0), "length of 33 that is not a multiple of 4"),
    (IDB + struct.pack("<III", 6, 0xFFFFFFFC, 0), "pcapng block size 4294967292 > maximum"),
    (IDB + struct.pack("<III", 7, 12, 16), "in header 12 and trailer 16 don't match"),
    (IDB + struct.pack("<III", 0x0A0D0D0A, 28, 5), "bad byte order magic"),
    (IDB + struct.pack("<III", 0x0A0D0D0A, 24, 0x1A2B3C4D), "invalid length 24"),
])
def test_refuses_what_cannot_be_right(data: bytes, message: str) -> None:
    with pytest.raises(SavefileError, match=message):
        drain(opened(data))


def test_every_cut_gives_the_whole_packets_and_says_where() -> None:
    data = pcapng()
    head = len(section() + interface())
    ends = [head]
    for _, octets, _ in RECORDS:
        ends.append(ends[-1] + 32 + (len(octets) + 3) // 4 * 4)
    for cut in range(1, len(data)):
        if cut < head:
            with pytest.raises(SavefileError):
                opened(data[:cut])
            continue
        whole = sum(1 for end in ends[1:] if end <= cut)
        got, error = drain_whole(opened(data[:cut], buffer_size=32))
        assert got == RECORDS[:whole]
        if cut in ends:
            assert error is None
        else:
            begins = max(end for end in ends if end <= cut)
            assert isinstance(error, Torn)
            assert f"begins at byte {begins}, after {whole} packets" in str(error)


def test_a_pipe_that_dribbles_reads_the_same() -> None:
    for step in (1, 7, 100):
        assert drain(open_capture(Dribble(pcapng(), step), buffer_size=16)) == RECORDS


def copy(data: bytes) -> bytes:
    """A pcapng file read and written with everything carried."""
    reader = opened(data)
    out = io.BytesIO()
    sink = create(out, format="pcapng", interfaces=reader.interfaces, section=reader.section)
    reader.carry_to(sink.carry)
    packet = Record()
    while reader.next(packet):
        sink.add(packet)
    sink.finish()
    sink.flush()
    return out.getvalue()


def parts(data: bytes) -> list[Any]:
    """Everything that is in a file, in order, as far as it should survive a copy."""
    reader = opened(data)
    seen: list[Any] = []

    def carry(item: Any) -> None:
        if isinstance(item, Block):
            seen.append((item.kind, item.body, item.big))
        elif isinstance(item, InterfaceStatistics):
            seen.append((item.interface, item.time, item.start, item.end, item.options))
        elif isinstance(item, Section):
            seen.append((item.big, item.options))

    reader.carry_to(carry)
    packet = Record()
    while reader.next(packet):
        seen.append((packet.time, packet.raw(0, packet.caplen), packet.wirelen, packet.interface,
                     packet.meta and packet.meta.options))
    for one in reader.interfaces:
        kept = [o for o in one.options if o[0] not in (blocks.IF_TSRESOL, blocks.IF_TSOFFSET)]
        seen.append((one.link_type, one.snaplen, kept))
    return seen


def everything(order: str) -> bytes:
    """A file with one of each block."""
    names = struct.pack(order + "HH", 1, 8) + b"\1\2\3\4abc\0" + bytes(4)
    secrets = struct.pack(order + "II", 0x544C534B, 3) + b"abc"
    statistics = struct.pack(order + "III", 0, 0, 77) + option(
        4, struct.pack(order + "Q", 12), order) + option(
        2, struct.pack(order + "II", 0, 5), order) + bytes(4)
    return (section(order, option(4, b"maker", order) + option(2988, struct.pack(
                order + "I", 32473) + b"x", order) + bytes(4))
            + block(10, secrets, order)
            + interface(order, 1, 96, option(2, b"eth0", order)
                        + option(8, struct.pack(order + "Q", 10**9), order)
                        + option(9, b"\x03", order) + bytes(4))
            + block(4, names, order) + enhanced(3, b"abcde", 5, order)
            + block(9, b"__REALTIME_TIMESTAMP=1\n", order)
            + block(0xBAD, struct.pack(order + "I", 32473) + b"data", order)
            + enhanced(4, b"f", 5, order, options=option(1, b"why", order)
                       + option(2, struct.pack(order + "I", 1), order) + bytes(4))
            + block(0x7777, b"who knows", order) + block(5, statistics, order))


@ORDERS
def test_a_copy_loses_nothing(order: str) -> None:
    data = everything(order)
    assert len(parts(data)) == 10
    assert parts(copy(data)) == parts(data)
    both = data + everything("<") + everything(">")
    assert parts(copy(both)) == parts(both)


def test_blocks_that_forbid_copying_are_left_out() -> None:
    data = section() + interface() + block(0x40000BAD, bytes(8)) + enhanced(0, b"a", 1)
    assert [p for p in parts(copy(data)) if p[0] == 0x40000BAD] == []


def test_writes_interfaces_and_statistics() -> None:
    out = io.BytesIO()
    sink = create(out, format="pcapng", interfaces=[
        Interface(1, 96, name="eth0", filter="tcp port 80", os="Linux 6")],
        section=Section(hardware="x", os="Linux", application="fyke"))
    packet = Record(b"abc", 1, 123_456_789_012_345_678)
    packet.meta = PacketOptions()
    packet.meta.comment("hello")
    sink.add(packet)
    packet = Record(b"raw", 101, 5)
    packet.interface = 1
    sink.add(packet)
    sink.add_statistics(InterfaceStatistics(0, 99, received=10, dropped=1, start=5))
    sink.flush()
    reader = opened(out.getvalue())
    assert drain(reader) == [(123_456_789_012_345_678, b"abc", 3), (5, b"raw", 3)]
    eth0, tun = reader.interfaces
    assert (eth0.name, eth0.filter, eth0.os, eth0.snaplen) == ("eth0", "tcp port 80", "Linux 6", 96)
    assert tun.link_type == 101
    assert reader.section.application == "fyke"
    counters = reader.statistics[0]
    assert (counters.received, counters.dropped, counters.time, counters.start) == (10, 1, 99, 5)


def test_interfaces_with_large_numbers_are_described_as_they_come() -> None:
    out = io.BytesIO()
    sink = create(out, format="pcapng", snaplen=99, describe_new=lambda packet: Interface(
        packet.link_type, name=f"if{packet.interface}"))
    packet = Record(b"x", 276, 5)
    for number in (2_000_000_000, 0, 7, 2_000_000_000):
        packet.interface = number
        sink.add(packet)
    sink.flush()
    reader = opened(out.getvalue())
    seen = []
    while reader.next(packet):
        seen.append(reader.interfaces[packet.interface].name)
    assert seen == ["if2000000000", "if0", "if7", "if2000000000"]
    assert len(reader.interfaces) == 3


def test_this_host_is_told() -> None:
    from fyke.files.provenance import this_host
    out = io.BytesIO()
    create(out, format="pcapng", section=this_host("by hand"), interfaces=[Interface()]).flush()
    told = opened(out.getvalue()).section
    assert told.application.startswith("fyke ")
    assert told.os.startswith("Linux ")
    assert told.hardware
    assert told.comments == ["by hand"]


def test_an_empty_file_can_be_read_back() -> None:
    out = io.BytesIO()
    sink = create(out, format="pcapng", link_type=113, snaplen=77)
    sink.finish()
    sink.flush()
    reader = opened(out.getvalue())
    assert (drain(reader), reader.link_type, reader.snaplen) == ([], 113, 77)


def test_a_link_type_that_the_format_cannot_hold_is_refused() -> None:
    with pytest.raises(OutputError, match="holds link types up to 65535, not 70000; write pcap"):
        create(io.BytesIO(), format="pcapng", interfaces=[Interface(70000)])
    sink = create(io.BytesIO(), format="pcapng")
    with pytest.raises(OutputError, match="holds link types up to 65535"):
        sink.add(Record(b"", 70000))
