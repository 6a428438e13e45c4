"""The public API: what the README shows, sync and async, on files and on a live interface."""

from __future__ import annotations

import ast
import copy
import json
import pickle
from pathlib import Path

import pytest

import fyke
from fyke.files.pcapng_options import PacketOptions

ARP = bytes.fromhex("ffffffffffff" "020000000001" "0806" "0001080006040001" "020000000001"
                    "0a000001" "000000000000" "0a000002")
TCP = bytes.fromhex("020000000002" "020000000001" "0800"
                    "4500002800010000400666cd0a0000010a000002"
                    "01bb303900000001000000005002200000000000")
AT = 1_700_000_000_123_456_789


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "trace.pcap"
    with fyke.write(path) as file:
        file.add(ARP, time=AT)
        file.add(fyke.Packet(TCP, time=AT + 1000, wire_length=1000))
    return path


def test_what_is_written_is_read(trace: Path) -> None:
    with fyke.read(trace) as packets:
        assert packets.link_type.name == "EN10MB"
        one, two = packets
    assert (one.data, one.time, one.wire_length) == (ARP, AT, len(ARP))
    assert (two.data, two.time, two.wire_length) == (TCP, AT + 1000, 1000)
    assert len(two) == two.captured_length == len(bytes(two)) == 54


@pytest.mark.parametrize(("expression", "found"), [
    ("arp", [ARP]), ("tcp port 443", [TCP]), ("", [ARP, TCP]), ("udp", []), ("greater 999", [TCP]),
])
def test_filters(trace: Path, expression: str, found: list[bytes]) -> None:
    assert [packet.data for packet in fyke.read(trace, filter=expression)] == found


def test_a_bad_filter_is_told_at_once(trace: Path) -> None:
    with pytest.raises(fyke.FilterError) as caught:
        fyke.read(trace, filter="prot 80")
    assert caught.value.column == 0
    assert caught.value.expression == "prot 80"


@pytest.mark.parametrize("suffix", ["pcap", "pcapng"])
def test_octets_are_of_the_files_link_type(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"raw.{suffix}"
    with fyke.write(path, link_type="RAW") as file:
        file.add(TCP[14:])
    packet, = fyke.read(path)
    assert packet.link_type.name == "RAW"
    assert packet[fyke.Tcp].src_port == 443


def test_layers(trace: Path) -> None:
    arp, tcp = fyke.read(trace)
    assert fyke.Arp in arp and fyke.Tcp not in arp
    assert (tcp[fyke.Tcp].src_port, tcp[fyke.Tcp].dst_port) == (443, 12345)
    assert [layer.name for layer in tcp.layers] == ["ether", "ip", "tcp"]
    assert tcp.get(fyke.Udp) is None
    with pytest.raises(LookupError, match="no udp layer in this packet; it has ether, ip"):
        tcp[fyke.Udp]


def test_layers_by_name(trace: Path) -> None:
    """For what fyke has no short name of its own for."""
    arp, tcp = fyke.read(trace)
    assert "arp" in arp and "tcp" not in arp
    assert tcp["tcp"] is tcp[fyke.Tcp]
    assert tcp.get("udp") is None
    with pytest.raises(LookupError, match="no dhcp layer in this packet"):
        tcp["dhcp"]


def test_layers_belong_to_their_packet() -> None:
    one, two = fyke.Packet(TCP), fyke.Packet(TCP.replace(b"\x01\xbb", b"\0\x50"))
    first = one[fyke.Tcp]
    assert two[fyke.Tcp].src_port == 80
    assert first.src_port == 443


def test_text_is_tcpdumps(trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arp, tcp = (str(packet).split(" ", 1)[1] for packet in fyke.read(trace))
    assert arp == "ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28"
    assert tcp.startswith("IP 10.0.0.1.443 > 10.0.0.2.12345: Flags [S]")


def test_json(trace: Path) -> None:
    for packet in fyke.read(trace):
        told = json.loads(json.dumps(packet.to_dict()))
        assert told["time"] == packet.time
        assert told["layers"][0]["layer"] == "ether"


@pytest.mark.parametrize("cut", range(len(TCP)))
def test_every_prefix_is_a_packet(cut: int) -> None:
    packet = fyke.Packet(TCP[:cut], wire_length=len(TCP))
    assert packet.captured_length == cut
    assert isinstance(str(packet), str) and isinstance(repr(packet), str)
    assert all(layer.short for layer in packet.layers[-1:]) or cut >= 14


def test_programs() -> None:
    program = fyke.compile("host 10.0.0.1")
    assert program.run(ARP) > 0
    assert program.run(TCP) == program.run(TCP, wire_length=1000) == 262144
    assert {"code", "jt", "jf", "k"} <= set(program.instructions[0]._fields)


def test_a_torn_file_gives_what_is_whole(trace: Path) -> None:
    trace.write_bytes(trace.read_bytes()[:-10])
    seen = []
    with pytest.raises(fyke.SavefileError, match="truncated"):
        for packet in fyke.read(trace):
            seen.append(packet.data)
    assert seen == [ARP]


def test_names() -> None:
    assert set(fyke.__all__) <= set(dir(fyke))
    for name in fyke.__all__:
        assert getattr(fyke, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'sniff'"):
        fyke.sniff  # noqa: B018


def test_text_does_not_depend_on_what_was_decoded_before(trace: Path) -> None:
    """Decoding narrows the window to what a length field says; the text begins anew."""
    for packet in fyke.read(trace):
        before = str(packet)
        assert packet.layers
        packet.record.narrow(20)
        assert str(packet) == before


def test_packets_are_equal_when_what_was_captured_is(trace: Path) -> None:
    packets = list(fyke.read(trace))
    assert packets == list(fyke.read(trace))
    assert len({*packets, *fyke.read(trace)}) == 2
    one = fyke.Packet(TCP, time=AT)
    for other in (fyke.Packet(TCP, time=AT + 1), fyke.Packet(TCP[:-1], time=AT), TCP,
                  fyke.Packet(TCP, time=AT, wire_length=99),
                  fyke.Packet(TCP, time=AT, link_type="RAW")):
        assert one != other


def test_packets_can_be_copied_and_sent(tmp_path: Path) -> None:
    """To another process, with what a pcapng file says of them."""
    packet = fyke.Packet(TCP, time=AT, link_type="EN10MB", wire_length=1000)
    words = PacketOptions()
    words.comment("look here")
    packet.record.meta = words
    assert packet.layers
    for other in (pickle.loads(pickle.dumps(packet)), copy.copy(packet), copy.deepcopy(packet)):
        assert other == packet
        assert other.comments == ("look here",)
        assert [layer.name for layer in other.layers] == ["ether", "ip", "tcp"]
    with fyke.write(tmp_path / "said.pcapng") as file:
        file.add(other)
    assert next(iter(fyke.read(tmp_path / "said.pcapng"))).comments == ("look here",)


def test_things_say_what_they_are(trace: Path) -> None:
    arp, tcp = fyke.read(trace)
    assert repr(tcp) == "<fyke.Packet ether/ip/tcp 54 of 1000 octets>"
    assert repr(tcp["tcp"]).startswith("<tcp src_port=443 dst_port=12345 seq=1 ")
    assert repr(arp["ether"]) == ("<ether dst='ff:ff:ff:ff:ff:ff' src='02:00:00:00:00:01' "
                                     "type=2054>")
    assert repr(fyke.Packet(TCP[:40])["tcp"]).endswith(" (cut short)>")
    assert str(fyke.compile("arp")).splitlines()[0] == "(000) ldh      [12]"


def test_type_checkers_know_every_public_name() -> None:
    """The lazy table and the imports for type checkers say the same."""
    told = {(alias.asname, f"{node.module}:{alias.name}")
            for node in ast.walk(ast.parse(Path(fyke.__file__).read_text()))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fyke.")
            for alias in node.names}
    assert told == {item for item in fyke._PLACES.items() if item[0] != "__version__"}
    for name in fyke.__all__:
        assert getattr(fyke, name) is not None
