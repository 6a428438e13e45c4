"""pcap: every variant libpcap reads, what it refuses, torn files, and what we write."""

from __future__ import annotations

import io
import json
import os
import struct
import threading
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from capture_samples import (
    RECORDS,
    Dribble,
    drain,
    drain_whole,
    opened,
    pcap,
    pcap_header,
)

from fyke.errors import OutputError, SavefileError, UsageError
from fyke.files.octets import Torn
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record

MICRO, NANO, KUZNETZOV = 0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("magic", [MICRO, NANO, KUZNETZOV])
def test_reads_every_magic_in_both_byte_orders(order: str, magic: int) -> None:
    reader = opened(pcap(order=order, magic=magic))
    assert drain(reader) == RECORDS
    assert reader.count == len(RECORDS)
    assert reader.big is (order == ">")
    assert reader.nanoseconds is (magic == NANO)


def test_nanoseconds_keep_all_nine_digits() -> None:
    records = [(1_234_567_890_123_456_789, b"x", 1)]
    assert drain(opened(pcap(records, magic=NANO))) == records


def test_a_fraction_that_is_none_is_kept() -> None:
    data = pcap_header() + struct.pack("<IIII", 5, 1_000_000, 0, 0)
    packet = Record()
    assert opened(data).next(packet)
    assert (packet.time, packet.fraction) == (5 * 10**9, 1_000_000)
    out = io.BytesIO()
    sink = create(out)
    sink.add(packet)
    sink.flush()
    assert out.getvalue() == data
    assert opened(pcap()).next(packet)
    assert packet.fraction == 0


@pytest.mark.parametrize(("version", "exchanged"), [
    ((2, 0), True), ((2, 2), True), ((2, 3), False), ((2, 3), True), ((2, 4), False),
    ((543, 0), True)])
def test_old_versions_exchange_the_lengths(version: tuple[int, int], exchanged: bool) -> None:
    assert drain(opened(pcap(version=version, exchanged=exchanged))) == RECORDS


@pytest.mark.parametrize(("header", "message"), [
    (pcap_header(version=(1, 4)), "unsupported pcap savefile version 1.4"),
    (pcap_header(version=(2, 5)), "unsupported pcap savefile version 2.5"),
    (pcap_header(version=(3, 0)), "unsupported pcap savefile version 3.0"),
    (pcap_header()[:10], "tried to read 24 file header bytes, only got 10"),
    (b"", "the file is empty"),
    (b"\xd4\xc3", "only got 2"),
    (b"GIF89a and more", "unknown file format"),
])
def test_refuses_bad_headers(header: bytes, message: str) -> None:
    with pytest.raises(SavefileError, match=message):
        opened(header)


def test_refuses_the_savefiles_that_libpcap_refuses(peers: Path) -> None:
    cases = peers / "libpcap" / "reject.json"
    tried = 0
    for case in json.loads(cases.read_text()):
        if "savefile" in case:
            wanted = case["errstr"].removeprefix("Failed opening: ")
            with pytest.raises(SavefileError, match=wanted):
                open_capture(peers / "libpcap" / "inputs" / case["savefile"])
            tried += 1
    assert tried == 4


@pytest.mark.parametrize(("snaplen", "effective"), [
    (0, 262144), (96, 96), (262145, 262145), (0x80000000, 262144), (0xFFFFFFFF, 262144)])
def test_snap_length(snaplen: int, effective: int) -> None:
    assert opened(pcap([], snaplen=snaplen)).snaplen == effective


def test_packets_longer_than_the_snap_length_are_cut_as_libpcap_does() -> None:
    got = drain(opened(pcap(snaplen=10)))
    assert got == [(time, data[:10], wirelen) for time, data, wirelen in RECORDS]


@pytest.mark.parametrize(("network", "link_type", "fcs"), [
    (1, 1, -1), (0x44000001, 1, 8), (0x24000071, 113, 4), (0x04000001, 1, 0), (12, 101, -1),
    (0x40000001, 1, -1)])
def test_link_type_and_fcs_bits(network: int, link_type: int, fcs: int) -> None:
    reader = opened(pcap([], network=network))
    assert (reader.link_type, reader.fcs_length) == (link_type, fcs)


def test_every_cut_gives_the_whole_packets_and_says_where() -> None:
    data = pcap()
    ends = [24]
    for _, octets, _ in RECORDS:
        ends.append(ends[-1] + 16 + len(octets))
    for cut in range(24, len(data)):
        whole = sum(1 for end in ends[1:] if end <= cut)
        got, error = drain_whole(opened(data[:cut], buffer_size=32))
        assert got == RECORDS[:whole]
        if cut in ends:
            assert error is None
        else:
            begins = max(end for end in ends if end <= cut)
            assert isinstance(error, Torn)
            assert f"packet {whole + 1}, whose record begins at byte {begins}" in str(error)
            have = cut - begins
            told = f"16 header bytes, only got {have}" if have < 16 else f"only got {have - 16} "
            assert told in str(error)


def test_a_pipe_that_dribbles_reads_the_same() -> None:
    for step in (1, 7, 100):
        assert drain(open_capture(Dribble(pcap(), step), buffer_size=16)) == RECORDS


def test_a_buffered_pipe_gives_packets_as_they_come() -> None:
    """A BufferedReader waits for all that it is asked for; whoever reads packets cannot."""
    reading, writing = os.pipe()
    os.write(writing, pcap())
    got: list[Any] = []

    def read() -> None:
        with os.fdopen(reading, "rb") as file:
            source, packet = open_capture(file), Record()
            while source.next(packet):
                got.append(packet.raw(0, packet.caplen))
            source.close()

    reader = threading.Thread(target=read)
    reader.start()
    deadline = monotonic() + 10
    while len(got) < len(RECORDS) and monotonic() < deadline:
        sleep(0.01)
    came = list(got)
    os.close(writing)
    reader.join(10)
    assert came == got == [data for _, data, _ in RECORDS]


def test_a_claim_of_four_gigabytes_allocates_nothing() -> None:
    data = pcap_header() + struct.pack("<IIII", 0, 0, 0xFFFFFFF0, 0xFFFFFFF0)
    reader = opened(data)
    with pytest.raises(SavefileError, match=r"invalid packet capture length 4294967280, bigger "
                                            r"than snaplen of 262144 .*at byte 24"):
        reader.next(Record())
    usb = pcap_header(network=189, snaplen=1 << 27) + struct.pack("<IIII", 0, 0, 1 << 27, 1 << 27)
    reader = opened(usb)
    with pytest.raises(Torn, match="tried to read 134217728 captured bytes, only got 0"):
        reader.next(Record())
    assert len(reader.octets.buffer) <= 1 << 19


def test_packets_stay_valid_until_the_next_call_when_the_buffer_grows() -> None:
    records = [(0, bytes([i & 255]) * (i * 37 % 5000), i * 37 % 5000) for i in range(300)]
    assert drain(opened(pcap(records), buffer_size=64)) == records


@pytest.mark.parametrize("nanoseconds", [False, True])
def test_writes_what_it_reads(nanoseconds: bool, tmp_path: Path) -> None:
    path = tmp_path / "out.pcap"
    sink = create(path, link_type=1, nanoseconds=nanoseconds)
    source = opened(pcap())
    packet = Record()
    while source.next(packet):
        sink.add(packet)
    sink.close()
    sink.close()
    assert sink.taken == sink.written == len(RECORDS)
    assert path.read_bytes() == pcap() if not nanoseconds else pcap(magic=NANO)
    assert drain(open_capture(path)) == RECORDS


def test_a_narrowed_packet_is_written_whole() -> None:
    out = io.BytesIO()
    sink = create(out, link_type=1)
    packet = Record(b"0123456789")
    packet.narrow(3)
    sink.add(packet)
    sink.flush()
    assert out.getvalue().endswith(b"0123456789")


def test_what_the_format_cannot_hold_is_refused() -> None:
    sink = create(io.BytesIO(), link_type=1)
    with pytest.raises(OutputError, match=r"one link type.*pcapng"):
        sink.add(Record(b"", 113))
    for time in (-1, 1 << 62):
        with pytest.raises(OutputError, match="cannot hold the time"):
            sink.add(Record(b"", 1, time))


def test_leaps_in_time_make_no_other_variant_of_an_ordinary_file() -> None:
    """Packets without a time, say, in front of others, and nothing but zeros in them."""
    records = [(0, bytes(90), 90), (1_700_000_000_000_000_000, bytes(500), 500)] * 3
    for order in "<>":
        assert drain(opened(pcap(records, order))) == records


def test_what_readers_would_cut_is_refused() -> None:
    for snaplen, longest in ((100, 100), (0, 262144), (1 << 31, 262144)):
        sink = create(io.BytesIO(), snaplen=snaplen)
        sink.add(Record(bytes(longest)))
        with pytest.raises(OutputError, match=f"snap length is {longest}: readers would"):
            sink.add(Record(bytes(longest + 1)))


@pytest.mark.parametrize("format", ["pcap", "pcapng"])
def test_a_closed_file_takes_no_packets(format: str) -> None:
    sink = create(io.BytesIO(), format=format)
    sink.add(Record(b"one"))
    sink.close()
    with pytest.raises(OutputError, match="closed; 1 packets written, 1 not written"):
        sink.add(Record(b"two"))
    sink.close()


def test_wrong_arguments_are_told() -> None:
    with pytest.raises(UsageError, match="binary mode"):
        create(io.StringIO())
    with pytest.raises(UsageError, match="binary mode"):
        open_capture(io.StringIO("text"))
    for snaplen in (-1, 1 << 32):
        with pytest.raises(UsageError, match="a snap length of"):
            create(io.BytesIO(), snaplen=snaplen)


def test_fcs_length_is_written() -> None:
    out = io.BytesIO()
    create(out, link_type=1, fcs_length=4).flush()
    assert opened(out.getvalue()).fcs_length == 4


class Full(io.RawIOBase):
    """A file on a disk that is full after so many octets."""

    def __init__(self, room: int) -> None:
        self.room = room

    def writable(self) -> bool:
        return True

    def write(self, data: memoryview) -> int:  # type: ignore[override]
        if self.room == 0:
            raise OSError(28, "No space left on device")
        count = min(self.room, len(data))
        self.room -= count
        return count


@pytest.mark.parametrize("format", ["pcap", "pcapng"])
def test_a_full_disk_says_how_many_packets_are_missing(format: str) -> None:
    header = {"pcap": 24, "pcapng": 28}[format]
    record = {"pcap": 16 + 100, "pcapng": 32 + 100}[format]
    if format == "pcapng":
        header += 32  # the interface, described before its first packet
    sink = create(Full(header + 3 * record + 50), link_type=1, format=format)
    packet = Record(bytes(100))
    for _ in range(10):
        sink.add(packet)
    with pytest.raises(OutputError, match="No space left on device; 3 packets written, 7 not"):
        sink.flush()
    sink.close()
