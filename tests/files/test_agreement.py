"""What others write is read equal; what we write, others read equal."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from capture_samples import drain, pcap, pcapng

from fyke.dump.pour import pour
from fyke.files.copying import create_like
from fyke.files.reader import open_capture
from fyke.wire import Record

RNG = random.Random(3)
SENT = [(1_700_000_000_000_000_000 + n * 123_457_000,
         bytes.fromhex("02000000000102000000000288b5") + RNG.randbytes(RNG.randrange(46, 900)), 0)
        for n in range(60)]
SENT = [(time, data, len(data)) for time, data, _ in SENT]


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def command(*words: Any) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, timeout=60,
                          check=False)
    if done.returncode != 0 and b"isn't valid" in done.stderr:
        pytest.skip(done.stderr.decode(errors="replace").strip())
    assert done.returncode == 0, done.stderr
    return done.stdout.decode(errors="replace")


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    path = tmp_path / "sent.pcap"
    path.write_bytes(pcap(SENT))
    return path


def write(tmp_path: Path, sent: Path, name: str, **how: Any) -> Path:
    """The sent packets in a file made by us."""
    source = open_capture(sent)
    count, damage = pour(source, create_like(tmp_path / name, source, **how))
    assert (count, damage) == (len(SENT), None)
    return tmp_path / name


@pytest.mark.parametrize("form", ["pcap", "nsecpcap", "modpcap", "nokiapcap", "rh6_1pcap",
                                  "suse6_3pcap", "pcapng"])
def test_everything_editcap_writes_is_read(form: str, sent: Path, tmp_path: Path) -> None:
    command(tool("editcap"), "-F", form, sent, tmp_path / "out")
    assert drain(open_capture(tmp_path / "out")) == SENT


def test_what_mergecap_writes_is_read(sent: Path, tmp_path: Path) -> None:
    command(tool("mergecap"), "-w", tmp_path / "out.pcapng", sent, sent)
    assert drain(open_capture(tmp_path / "out.pcapng")) == [r for r in SENT for _ in range(2)]


@pytest.mark.parametrize("nano", [False, True])
def test_what_tcpdump_writes_is_read(nano: bool, sent: Path, tmp_path: Path) -> None:
    precision = ["--time-stamp-precision=nano"] if nano else []
    command(tool("tcpdump"), "-r", sent, "-w", tmp_path / "out", *precision)
    reader = open_capture(tmp_path / "out")
    assert drain(reader) == SENT
    assert reader.nanoseconds is nano


FILES = pytest.mark.parametrize("name", ["out.pcap", "out.pcapng"])


@FILES
def test_tcpdump_reads_what_we_write(name: str, sent: Path, tmp_path: Path) -> None:
    ours = write(tmp_path, sent, name)
    arguments = ["-tt", "-nn", "-xx", "-e"]
    assert command(tool("tcpdump"), *arguments, "-r", ours) == command(
        tool("tcpdump"), *arguments, "-r", sent)


@FILES
def test_tshark_reads_what_we_write(name: str, sent: Path, tmp_path: Path) -> None:
    ours = write(tmp_path, sent, name)
    fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len",
              "-e", "frame.md5_hash", "-o", "frame.generate_md5_hash:TRUE"]
    assert command(tool("tshark"), "-r", ours, *fields) == command(
        tool("tshark"), "-r", sent, *fields)


@FILES
def test_capinfos_reads_what_we_write(name: str, sent: Path, tmp_path: Path) -> None:
    ours = write(tmp_path, sent, name)

    def figures(path: Path) -> str:
        text = command(tool("capinfos"), "-c", "-d", "-u", "-a", "-e", "-M", "-T", "-r", path)
        return re.sub(r"(\.\d{6})000\b", r"\1", text.partition("\t")[2])

    assert figures(ours) == figures(sent)


@pytest.mark.parametrize("suffix", [".gz", ".zst", ".lz4"])
def test_tshark_reads_our_compressed_files(suffix: str, sent: Path, tmp_path: Path) -> None:
    if suffix != ".gz":
        pytest.importorskip({".zst": "zstandard", ".lz4": "lz4"}[suffix])
    ours = write(tmp_path, sent, "out.pcapng" + suffix)
    assert len(command(tool("tshark"), "-r", ours).splitlines()) == len(SENT)


def test_what_we_copy_of_a_big_endian_file_is_read_equal(sent: Path, tmp_path: Path) -> None:
    """It stays big endian."""
    source = tmp_path / "big.pcapng"
    source.write_bytes(pcapng(SENT, order=">"))
    ours = write(tmp_path, source, "out.pcapng")
    assert ours.read_bytes()[8:12] == bytes.fromhex("1a2b3c4d")
    words = ["-tt", "-nn", "-xx"]
    assert command(tool("tcpdump"), *words, "-r", ours) == command(
        tool("tcpdump"), *words, "-r", sent)
    fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len"]
    assert command(tool("tshark"), "-r", ours, *fields) == command(
        tool("tshark"), "-r", sent, *fields)


def test_comments_and_counters_are_seen_by_tshark(tmp_path: Path) -> None:
    from fyke.files.pcapng_options import Interface, InterfaceStatistics, PacketOptions, Section
    from fyke.files.writer import create
    path = tmp_path / "told.pcapng"
    sink: Any = create(path, interfaces=[Interface(1, name="eth7", filter="udp")],
                       section=Section(os="TheSystem", application="TheProgram"))
    packet = Record(SENT[0][1], 1, SENT[0][0])
    packet.meta = PacketOptions()
    packet.meta.comment("what a packet")
    sink.add(packet)
    sink.add_statistics(InterfaceStatistics(0, SENT[0][0], received=7, dropped=2))
    sink.close()
    assert "what a packet" in command(tool("tshark"), "-r", path, "-T", "fields", "-e",
                                      "frame.comment")
    seen = command(tool("capinfos"), path)
    for words in ("eth7", "TheSystem", "TheProgram", "udp"):
        assert words in seen
    assert re.search(r"Number of stat entries = 1", seen)


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_what_dumpcap_writes_is_read(form: str, sent: Path, tmp_path: Path) -> None:
    """dumpcap, capturing from a pipe."""
    how = ["-P"] if form == "pcap" else []
    with open(sent, "rb") as source:
        done = subprocess.run([tool("dumpcap"), *how, "-q", "-i", "-", "-w", tmp_path / "out"],
                              stdin=source, capture_output=True, timeout=60, check=False)
    if done.returncode and b"permission" in done.stderr.lower():
        pytest.skip(done.stderr.decode(errors="replace").strip())
    assert done.returncode == 0, done.stderr
    reader: Any = open_capture(tmp_path / "out")
    assert reader.format == form
    assert drain(reader) == SENT
    if form == "pcapng":
        assert reader.section.application.startswith("Dumpcap")
        assert reader.interfaces[0].name == "-"


def test_what_editcap_adds_is_read(sent: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("CLIENT_RANDOM " + "ab" * 32 + " " + "cd" * 48 + "\n")
    command(tool("editcap"), "-F", "pcapng", "-a", "2:a comment", "-a", "60:grüße",
            "--capture-comment", "of the capture", "--inject-secrets", f"tls,{keys}", sent,
            tmp_path / "out.pcapng")
    reader: Any = open_capture(tmp_path / "out.pcapng")
    carried: list[Any] = []
    reader.carry_to(carried.append)
    packet, said = Record(), {}
    for number in range(1, len(SENT) + 1):
        assert reader.next(packet)
        if packet.meta is not None:
            said[number] = packet.meta.comments
    reader.close()
    assert said == {2: ["a comment"], 60: ["grüße"]}
    assert reader.section.comments == ["of the capture"]
    secrets = [item for item in carried if getattr(item, "kind", 0) == 10]
    assert len(secrets) == 1 and keys.read_bytes() in secrets[0].body
    copy = write(tmp_path, tmp_path / "out.pcapng", "copy.pcapng")
    assert command(tool("capinfos"), "-k", copy).count("of the capture") == 1
    assert "decryption secrets in file: 1" in command(tool("capinfos"), copy)
    assert command(tool("tshark"), "-r", copy, "-T", "fields", "-e", "frame.comment").split() == [
        "a", "comment", "grüße"]


@pytest.mark.parametrize("mode", ["none", "all", "any"])
def test_what_mergecap_makes_of_interfaces_is_read(mode: str, sent: Path, tmp_path: Path) -> None:
    cooked = tmp_path / "cooked.pcap"
    cooked.write_bytes(pcap([(time + 1000, data, size) for time, data, size in SENT], network=113))
    command(tool("mergecap"), "-I", mode, "-w", tmp_path / "out.pcapng", sent, cooked, sent)
    reader: Any = open_capture(tmp_path / "out.pcapng")
    packet, found = Record(), []
    while reader.next(packet):
        assert packet.link_type == reader.interfaces[packet.interface].link_type
        found.append((packet.link_type, packet.raw(0, packet.caplen)))
    reader.close()
    assert found == [(kind, data) for _, data, _ in SENT for kind in (1, 1, 113)]


def test_tshark_sees_interfaces_comments_and_times_as_we_write_them(tmp_path: Path) -> None:
    """Several interfaces with link types of their own, comments, flags, all nine digits."""
    from fyke.files.pcapng_options import Interface, PacketOptions
    from fyke.files.writer import create
    path = tmp_path / "many.pcapng"
    kinds = [1, 101, 113, 1]
    sink = create(path, interfaces=[Interface(kind, name=f"if{n}") for n, kind in enumerate(kinds)])
    expected = []
    for number in range(80):
        time = SENT[0][0] + number * 1_000_000_007
        packet = Record(RNG.randbytes(number), kinds[number % 4], time)
        packet.wirelen = number + number % 3
        packet.interface = number % 4
        if number % 5 == 0:
            packet.meta = PacketOptions()
            packet.meta.comment(f"comment {number}")
        sink.add(packet)
        expected.append([f"{time // 10**9}.{time % 10**9:09d}", str(packet.wirelen),
                         str(number), f"if{number % 4}",
                         f"comment {number}" if number % 5 == 0 else ""])
    sink.close()
    said = command(tool("tshark"), "-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e",
                   "frame.len", "-e", "frame.cap_len", "-e", "frame.interface_name", "-e",
                   "frame.comment")
    assert [line.split("\t") for line in said.splitlines()] == expected


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("magic", [0xA1B2C3D4, 0xA1B23C4D])
def test_tcpdump_and_we_read_other_byte_orders_alike(order: str, magic: int,
                                                     tmp_path: Path) -> None:
    path = tmp_path / "in.pcap"
    path.write_bytes(pcap(SENT, order=order, magic=magic))
    assert drain(open_capture(path)) == SENT
    command(tool("tcpdump"), "-r", path, "-w", tmp_path / "theirs", "--nano")
    ours = write(tmp_path, path, "ours.pcap")
    assert drain(open_capture(tmp_path / "theirs")) == drain(open_capture(ours)) == SENT
