"""Columns: fields of packets by name, as rows of the library and as ``fyke table``."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fyke
from fyke.cli.main import main
from fyke.errors import UsageError
from fyke.layers.directory import every
from fyke.layers.layer import Layer
from fyke.tables.columns import OF_PACKET, Column, catalogue
from fyke.tables.forms import cell

AT = 1_700_000_000_123_456_789
ETHERNET = bytes.fromhex("020000000002" "020000000001")
UDP = bytes.fromhex("0035 1234 0008 0000")


def ip(source: str, payload: bytes, proto: int = 17) -> bytes:
    """An IPv4 packet; its source is all that differs."""
    return (bytes.fromhex("4500") + (20 + len(payload)).to_bytes(2, "big")
            + bytes.fromhex("0001 0000 40") + bytes([proto]) + bytes(2)
            + bytes(map(int, source.split("."))) + b"\x0a\0\0\2" + payload)


PLAIN = ETHERNET + b"\x08\0" + ip("10.0.0.1", UDP)
TUNNEL = ETHERNET + b"\x08\0" + ip("10.0.0.1", ip("10.9.0.1", UDP), 4)
SIX = ETHERNET + b"\x86\xdd" + bytes.fromhex("60000000 0008 1140") + bytes(15) + b"\1" + bytes(
    15) + b"\2" + UDP
TCP = ETHERNET + b"\x08\0" + ip("10.0.0.3", bytes.fromhex(
    "01bb 3039 fffffffe 80000001 5018 01f6 0000 0000") + b"abc", 6)
PING = ETHERNET + b"\x08\0" + ip("10.0.0.4", bytes.fromhex("0800 0000 0007 0002") + b"data", 1)
CUT = PLAIN[:28]  # in the IP header, in front of the addresses


@pytest.mark.parametrize(("name", "octets", "value"), [
    ("time", PLAIN, AT), ("date", PLAIN, "2023-11-14T22:13:20.123456789Z"),
    ("wire_length", PLAIN, 42), ("captured_length", PLAIN, 42), ("interface", PLAIN, None),
    ("interface_number", PLAIN, 0), ("direction", PLAIN, None),
    ("number", PLAIN, None), ("time_delta", PLAIN, None),
    ("link_type", PLAIN, "EN10MB"), ("layers", PLAIN, ["ether", "ip", "udp", "dns"]),
    ("comments", PLAIN, []), ("ipv4.src", PLAIN, "10.0.0.1"), ("ip.src", PLAIN, "10.0.0.1"),
    ("ip.src", SIX, "::1"), ("ipv4.src", SIX, None), ("ip.src", TUNNEL, "10.0.0.1"),
    ("ip.src#2", TUNNEL, "10.9.0.1"), ("ip.src#-1", TUNNEL, "10.9.0.1"),
    ("ip.src#-2", TUNNEL, "10.0.0.1"), ("ip.src#3", TUNNEL, None), ("ip.src#2", PLAIN, None),
    ("udp.src_port", PLAIN, 53), ("tcp.src_port", PLAIN, None),
    ("ethernet.src", PLAIN, "02:00:00:00:00:01"), ("ip.ttl", CUT, 64), ("ip.src", CUT, None),
    ("ip.src", b"", None), ("ip.src", b"\0", None),
])
def test_values(name: str, octets: bytes, value: Any) -> None:
    assert Column(name).value(fyke.Packet(octets, time=AT)) == value


def test_text_is_the_printed_line() -> None:
    packet = fyke.Packet(PLAIN, time=AT)
    assert Column("text").value(packet) == str(packet)


def test_records_and_lists_are_gone_into() -> None:
    question = bytes.fromhex("1234 0100 0002 0000 0000 0000") + (
        b"\1a\0\0\1\0\1" b"\1b\0\0\x1c\0\1")
    datagram = UDP[:4] + (8 + len(question)).to_bytes(2, "big") + b"\0\0" + question
    packet = fyke.Packet(ETHERNET + b"\x08\0" + ip("10.0.0.1", datagram))
    assert Column("dns.questions.name").value(packet) == ["a.", "b."]
    assert Column("dns.questions.type").value(packet) == ["A", "AAAA"]
    assert Column("dns.questions.nothing").value(packet) == [None, None]
    with pytest.raises(UsageError, match=r"there is no column .dns\.id\.nothing."):
        Column("dns.id.nothing")


@pytest.mark.parametrize(("name", "told"), [
    ("ip.scr", "there is no column 'ip.scr'; did you mean 'ip.src'? ip has version,"),
    ("ipp.src", "did you mean 'ip.src'?"), ("tmie", "did you mean 'time'?"),
    ("nothing.like.it", "'fyke table --list' tells all"), ("", "tells all"), ("ip", "ip has"),
    ("ip.src#", "# wants the number"), ("ip.src#0", "# wants the number"), ("time#2", "no column"),
    ("..", "tells all"), ("os.path", "no column"), ("../x.y", "no column"),
])
def test_a_name_that_nothing_has_is_refused(name: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        Column(name)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_column_that_is_listed_can_be_taken() -> None:
    packet = fyke.Packet(PLAIN)
    for layer, fields in catalogue().items():
        for field in fields:
            Column(f"{layer}.{field}").value(packet)
    for name in OF_PACKET:
        Column(name).value(packet)


def test_no_layer_hides_what_all_have() -> None:
    """A protocol's field of such a name would take the place of the layer's."""
    for kind in every():
        for name, what in (("name", str), ("alias", str), ("tag", bytes), ("fields", tuple)):
            assert isinstance(getattr(kind, name), what), kind
        assert issubclass(kind, Layer)


def test_a_field_that_a_layer_has_not_is_told() -> None:
    with pytest.raises(LookupError, match="udp has no field 'port'; it has src_port, dst_port"):
        fyke.Packet(PLAIN)["udp"]["port"]


@given(st.text())
def test_a_cell_has_nothing_that_steers_a_terminal(text: str) -> None:
    assert cell(text).isprintable()
    assert cell([text, 1, None]).isprintable()
    assert cell([{"name": text}]).isprintable()


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "trace.pcap"
    with fyke.write(path) as file:
        for octets in (PLAIN, TUNNEL, SIX):
            file.add(octets, time=AT)
    return path


def test_rows(trace: Path) -> None:
    assert list(fyke.rows(trace, ["time", "ip.src", "tcp.dst_port"])) == [
        (AT, "10.0.0.1", None), (AT, "10.0.0.1", None), (AT, "::1", None)]
    assert list(fyke.rows(trace, ["ip.src"], filter="ip6")) == [("::1",)]
    with pytest.raises(UsageError):
        fyke.rows(trace, ["ip.scr"])  # at once, not at the first row
    with pytest.raises(UsageError):
        fyke.rows(trace, [])
    with pytest.raises(fyke.SavefileError):
        fyke.rows(trace.parent / "nothing", ["time"])


def test_the_command(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["-e", "ip.src,udp.dst_port", "-e", "layers"]
    assert main(["table", str(trace), *names]) == 0
    assert capsys.readouterr().out == (
        "ip.src\tudp.dst_port\tlayers\n"
        "10.0.0.1\t4660\tether,ip,udp,dns\n"
        "10.0.0.1\t4660\tether,ip,ip,udp,dns\n"
        "::1\t4660\tether,ip6,udp,dns\n")
    assert main(["table", str(trace), *names, "--format", "csv", "-c", "1", "--no-header"]) == 0
    out = capsys.readouterr().out
    assert list(csv.reader(io.StringIO(out))) == [
        ["10.0.0.1", "4660", "ether,ip,udp,dns"]]
    assert main(["table", str(trace), *names, "--format", "json", "--filter", "ip6"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "ip.src": "::1", "udp.dst_port": 4660, "layers": ["ether", "ip6", "udp", "dns"]}


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "--list", "-e", "udp"]) == 0
    assert capsys.readouterr().out.split() == [
        "udp.src_port", "udp.dst_port", "udp.length", "udp.checksum"]
    assert main(["table", "--list"]) == 0
    out = capsys.readouterr().out
    assert "ip.src\n" in out and "time " in out


@pytest.mark.parametrize(("arguments", "status"), [
    ([], 1), (["-e", "time"], 1), (["x.pcap"], 1), (["--list", "-e", "nope"], 1),
    (["x.pcap", "-e", "__init__.name"], 1), (["x.pcap", "-e", "time", "-c", "0"], 2),
    (["x.pcap", "--format", "xls"], 2)])
def test_what_does_not_fit_is_one_line(arguments: list[str], status: int,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    if status == 2:
        with pytest.raises(SystemExit, match="2"):
            main(["table", *arguments])
    else:
        assert main(["table", *arguments]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("fyke table: ") and err.count("\n") == 1


def test_damage_is_told_after_the_whole_rows(trace: Path,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    torn = trace.with_name("torn.pcap")
    torn.write_bytes(trace.read_bytes()[:-1])
    assert main(["table", str(torn), str(trace), "-e", "ip.src", "--no-header"]) == 1
    out, err = capsys.readouterr()
    assert out.split() == ["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.1", "::1"]
    assert "torn.pcap: truncated dump file" in err


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_it_says_what_tshark_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "five.pcap"
    with fyke.write(path) as file:
        for octets in (PLAIN, TUNNEL, SIX, TCP, PING):
            file.add(octets, time=AT)
    pairs = {"frame.len": "wire_length", "eth.src": "ethernet.src", "ip.src": "ipv4.src",
             "ip.ttl": "ipv4.ttl", "ipv6.dst": "ipv6.dst", "tcp.srcport": "tcp.src_port",
             "tcp.dstport": "tcp.dst_port", "tcp.seq_raw": "tcp.seq",
             "tcp.window_size_value": "tcp.window", "udp.dstport": "udp.dst_port",
             "udp.length": "udp.length", "icmp.type": "icmp.type", "icmp.code": "icmp.code"}
    words = [word for name in pairs for word in ("-e", name)]
    theirs = subprocess.run(
        ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "occurrence=f", *words],
        capture_output=True, text=True, check=True).stdout
    assert main(["table", str(path), "-e", ",".join(pairs.values()), "--no-header"]) == 0
    assert capsys.readouterr().out.splitlines() == theirs.splitlines()
