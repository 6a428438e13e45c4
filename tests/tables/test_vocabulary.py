"""One vocabulary: the names of Wireshark's, old ones, and those that filters use."""

from __future__ import annotations

import shutil
import subprocess
import warnings

import pytest

import all_captures
import fyke
from fyke.bpf.fields import EITHER, LAYERS
from fyke.bpf.fields import Field as Place
from fyke.cli.main import main
from fyke.errors import UsageError
from fyke.layers.directory import having
from fyke.tables.columns import OF_PACKET, USUAL, Column
from fyke.tables.vocabulary import theirs
from fyke.tables.wireshark_names import NEAR, SAME

TSHARK = shutil.which("tshark")
SAMPLES = [packet.data for packet in fyke.read(all_captures.PROTOCOLS)]


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_wireshark_has_these_fields() -> None:
    told = subprocess.run([str(TSHARK), "-G", "fields"], capture_output=True, text=True,
                          timeout=120, check=True).stdout
    known = {line.split("\t")[2] for line in told.splitlines() if line.startswith("F\t")}
    assert not [name for name in (*SAME, *NEAR) if name not in known and name[:4] != "_ws."]
    assert len(SAME) >= 150


@pytest.mark.parametrize("name", SAME)
def test_names_of_wireshark_are_columns(name: str) -> None:
    column = Column(name)
    assert column.name == name
    assert (SAME[name] in column.notice) is (name != SAME[name])
    assert Column(SAME[name]).notice == ""


@pytest.mark.parametrize("name", NEAR)
def test_others_are_refused_with_ours(name: str) -> None:
    assert not set(NEAR) & set(SAME)
    with pytest.raises(UsageError) as caught:
        Column(name)
    assert NEAR[name][0] in str(caught.value)
    assert theirs(name)
    for ours in NEAR[name][0].split(" and "):
        assert Column(ours).notice == ""


@pytest.mark.parametrize(("old", "now"), [
    ("ipv6.flow_label", "ip6.flow_label"), ("ethernet.type", "ether.type"),
    ("udp.udp_length", "udp.length"),
    ("ipv4.total_length", "ip.length"), ("ip.total_length", "ip.length"),
    ("dns.question", "dns.question_count"), ("arp.sender_protocol", "arp.sender_ip"),
    ("vxlan-gpe.vni", "vxlangpe.vni"), ("ipv4.src#2", "ip.src"),
])
def test_old_names_are_taken_and_told(old: str, now: str) -> None:
    notice = Column(old).notice
    assert repr(now) in notice
    assert "old name" in notice


def test_an_old_name_of_one_version_means_it_still() -> None:
    six = next(packet for packet in map(fyke.Packet, SAMPLES) if "ip6" in packet)
    assert Column("ipv4.src").value(six) is None
    assert Column("ip.src").value(six) is not None
    four = next(packet for packet in map(fyke.Packet, SAMPLES) if fyke.IPv4 in packet)
    assert Column("ipv4.total_length").value(four) == four[fyke.IPv4].length
    assert Column("ipv6.hlim").value(six) == six[fyke.IPv6].hop_limit


def test_rows_warn_and_tables_tell(capsys: pytest.CaptureFixture[str]) -> None:
    path = all_captures.PROTOCOLS
    with pytest.warns(FutureWarning, match=r"'udp\.srcport' is a name of Wireshark's; here it is "
                                           r"'udp\.src_port'"):
        list(fyke.rows(path, ["udp.srcport"]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        list(fyke.rows(path, ["udp.src_port", "vlan.id"]))
    assert main(["table", str(path), "-c", "3", "-e", "frame.number,frame.number"]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == ["frame.number\tframe.number", "1\t1", "2\t2", "3\t3"]
    assert told.err.splitlines() == [
        "fyke table: 'frame.number' is a name of Wireshark's; here it is 'number'"]
    assert main(["table", str(path), "-e", "frame.time_epoch"]) == 1
    assert "here it is time, in nanoseconds" in capsys.readouterr().err


def test_a_table_without_columns_shows_the_usual_ones(
        capsys: pytest.CaptureFixture[str]) -> None:
    path = all_captures.PROTOCOLS
    assert main(["table", str(path), "-c", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("\t") == list(USUAL)
    assert lines[1].startswith("1\t")
    assert all(Column(name).notice == "" for name in USUAL)


NAMES = [(layer, name) for layer, fields in LAYERS.items() for name in fields]


@pytest.mark.parametrize(("layer", "name"), NAMES, ids=[".".join(case) for case in NAMES])
def test_filters_name_fields_as_layers_do(layer: str, name: str) -> None:
    """Every field of the filter language is a column, and has the same value there."""
    place = LAYERS[layer][name]
    column = Column(f"{layer}.{name}")
    assert column.notice == ""
    seen = 0
    for packet in map(fyke.Packet, SAMPLES):
        found = next((one for one in packet.layers if one.name == layer), None)
        if layer == "arp" and found and found["hardware_length"] + found["protocol_length"] != 10:
            continue
        if found is None or found.off + place.at + place.size > packet.captured_length:
            continue
        value = column.value(packet) if layer != "ip" else value_of(found, name)
        if value is None:  # of some types of message only
            continue
        off = found.off + (getattr(found, "shift", 0))
        assert number(value) == read(packet.data, off, place), packet
        seen += 1
    if layer not in ("sctp",):
        assert seen, f"no sample has {layer}.{name}"


def value_of(layer: fyke.Layer, name: str) -> object:
    """A value of a layer by the rest of a path."""
    field, _, part = name.partition(".")
    value = layer.to_dict()[field]
    if not part:
        return value
    from fyke.layers.fields import fields_of
    return fields_of(type(layer))[field].inside(value, part)


def read(octets: bytes, off: int, place: Place) -> int:
    """What the filter language reads there."""
    value = int.from_bytes(octets[off + place.at:off + place.at + place.size], "big")
    if place.mask:
        value &= place.mask
    return value >> place.shift if place.shift >= 0 else value << -place.shift


def number(value: object) -> int:
    """A value as a number: addresses are octets."""
    if isinstance(value, str):
        import ipaddress
        return int(value.replace(":", ""), 16) if value.count(":") == 5 and "::" not in value \
            and len(value) == 17 else int(ipaddress.ip_address(value))
    assert isinstance(value, int)
    return int(value)


def test_what_ip_means_of_either_version_is_so_in_layers() -> None:
    for ours, six in EITHER.items():
        assert having("ip", ours), ours
        assert having("ip6", six), six


def test_every_column_of_a_packet_has_words() -> None:
    assert all(words for _, words in OF_PACKET.values())
    for name in OF_PACKET:
        assert Column(name).notice == ""
