"""The dialect fyke: what its words mean, live and in files, proven and in the kernel."""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from dialect_frames import FRAMES, INNER, ether, geneve, ip4, tcp, udp, vxlan

sys.path.insert(0, str(Path(__file__).parents[1] / "bpf"))
from bpf_kernel import kernel_takes

import fyke
from fyke.bpf.ancillary import Ancillary
from fyke.bpf.proof import Same, differ, implies
from fyke.errors import FilterError
from fyke.filter.compile import compile
from fyke.filter.lowering import walks
from fyke.filter.missed import missed
from fyke.filter.resolver import Resolver

UDP = {"udp", "udp vlan 0", "udp vlan 10", "udp vlan 20", "udp qinq", "udp 9100", "udp 4 tags",
       "udp ah", "dns", "dns answer", "udp first", "vxlan", "vxlan tagged", "geneve", "geneve ip"}
UDP6 = {"udp6 hop", "udp6 6 headers", "udp6 atomic", "udp6 first"}
TCP4 = {"tcp", "tcp options", "tcp padded", "dns tcp"}
TCP6 = {"tcp6", "tcp6 hop"}
LATER = {"udp later", "udp6 later"}
ARP = {"arp", "arp 20"}

#: Expressions, and the frames that they take.
CASES: dict[str, set[str]] = {
    "udp": UDP | UDP6 | LATER,
    "ip proto 17": UDP | {"udp later"},
    "ip6 proto 17": UDP6 | {"udp6 later"},
    "port 8000": {"udp", "udp vlan 0", "udp vlan 10", "udp vlan 20", "udp qinq", "udp 9100",
                  "udp 4 tags", "udp first", "udp ah"} | UDP6,
    "udp[2:2] = 8000": {"udp", "udp vlan 0", "udp vlan 10", "udp vlan 20", "udp qinq", "udp 9100",
                        "udp 4 tags", "udp first", "udp ah"} | UDP6,
    "portrange 8000-8001 and ip6": UDP6,
    "tcp": TCP4 | TCP6,
    "ip6 and tcp[tcpflags] & tcp-syn != 0": TCP6,
    "tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn": {"tcp", "tcp6 hop", "dns tcp"},
    "icmp6": {"mld", "mld vlan"},
    "icmp6[icmp6type] = 143": {"mld", "mld vlan"},
    "icmp": {"echo"},
    "ip6 protochain 58": {"mld", "mld vlan"},
    "ah": {"udp ah", "udp6 6 headers", "udp6 7 headers"},
    "proto 0": {name for name in FRAMES if "hop" in name or "headers" in name or "mld" in name},
    "ip6 proto 44": {"udp6 6 headers", "udp6 7 headers", "udp6 atomic", "udp6 first",
                     "udp6 later"},
    "vlan": {name for name, frame in FRAMES.items()
             if frame[12:14] in (b"\x81\0", b"\x88\xa8", b"\x91\0")},
    "vlan 20": {"udp vlan 20"},
    "vlan 10 and vlan 20": {"udp qinq"},
    "vlan 10 and vlan": {"udp qinq"},
    "vlan 30 and vlan 20 and udp": {"udp 9100"},
    "(vlan 10 and src 10.0.0.1) or (vlan 20 and src 10.0.0.2)": {
        "udp vlan 10", "udp qinq", "mpls vlan", "udp vlan 20"} - {"mpls vlan"},
    "vlan 20 or arp": {"udp vlan 20"} | ARP,
    "not vlan and udp port 8000": {"udp", "udp first", "udp ah"} | UDP6,
    "ether proto 0x8100 and udp": {"udp vlan 0", "udp vlan 10", "udp vlan 20", "udp 4 tags",
                                   "dns answer", "vxlan tagged"},
    "ether proto \\arp": ARP,
    "arp host 10.0.0.2": ARP,
    "arp src host 10.0.0.2": set(),
    "arp net 10.0.0.0/8": ARP,
    "stp": {"stp", "pvst"},
    "mpls": {"mpls", "mpls vlan"},
    "mpls 100 and tcp": {"mpls"},
    "(mpls 100 and tcp) or (mpls 200 and udp) or icmp": {"mpls", "mpls vlan", "echo"},
    "pppoes and tcp port 80": {"pppoe"},
    "pppoes 7 and ip or arp": {"pppoe"} | ARP,
    "vxlan and tcp": {"vxlan"},
    "(vxlan 7 and port 443) or (vxlan 8 and port 8000)": {"vxlan", "vxlan tagged"},
    "vxlan and vlan 3 and src 10.0.0.1": {"vxlan tagged"},
    "geneve and src 172.16.0.9": {"geneve", "geneve ip"},
    "geneve 7 and ether src 2:0:0:0:0:1": {"geneve"},
    "geneve and ether src 2:0:0:0:0:1": {"geneve"},
    "geneve and not ether src 2:0:0:0:0:1": {"geneve ip"},
    "vxlan and ether src 2:0:0:0:0:1": {"vxlan", "vxlan tagged"},
    # fields
    "ip.ttl < 5": {"tcp"} | {name for name in FRAMES if "6 " in name or "mld" in name or
                             name == "tcp6"} - {"udp6 x"},
    "ip.ttl < 5 and ip": {"tcp"},
    "ip.ttl >= 64": {name for name, frame in FRAMES.items() if "later" not in name} & (
        UDP | TCP4 | {"echo"}) - {"tcp"} | {"udp later"},
    "ip6.hop_limit = 1 and ip6.flow_label = 0x12345 and tcp": TCP6,
    "ip.src in {10.0.0.2, 2001:db8::/32} and tcp": TCP6,
    "ip.src = 10.0.0.2": {"udp vlan 20"},
    "ip.dst != 192.0.2.7": {name for name in FRAMES if ("6" in name and "mpls" not in name)
                            or "mld" in name},
    "ip.header_length > 20": {"tcp options", "dns answer"},
    "ip.offset = 800": {"udp later"},
    "ip.flags.mf": {"udp first"},
    "ip.version = 6 and ip.proto = 17": UDP6 | {"udp6 later"},
    "ip.length & 1 and arp": set(),
    "tcp.flags.syn": {"tcp", "tcp6", "tcp6 hop", "dns tcp"},
    "tcp.flags.syn = 0": {"tcp options", "tcp padded"},
    "tcp.flags & (tcp-syn|tcp-ack) = 0x12": {"tcp6"},
    "tcp.dst_port in {80, 443, 8000-8010} and ip6": TCP6,
    "tcp.header_length = 24 and tcp.seq = 7 and tcp.flags.psh": {"tcp options"},
    "udp.length != 13": {"udp6 x"} | {"dns", "dns answer", "vxlan", "vxlan tagged", "geneve",
                                      "geneve ip"},
    "icmp.type = 8 and icmp.id = 3 and icmp.seq = 4": {"echo"},
    "icmp6.type in {143}": {"mld", "mld vlan"},
    "arp.operation = 1 and arp.sender_ip = 10.0.0.1": ARP,
    "arp.target_ip in {10.0.0.2, 10.9.0.0/16}": ARP,
    "arp.target_mac = 0:0:0:0:0:0": {"arp"},
    "ether.type = 0x88a8": {"udp qinq"},
    "ether.src = 2:0:0:0:0:1 and arp": ARP,
    "vlan.id in {10-20} and udp": {"udp vlan 10", "udp vlan 20", "udp qinq"},
    "vlan.priority = 7": {"udp vlan 0"},
    "vlan.type = 0x8100": {"udp qinq", "udp 9100", "udp 4 tags", "udp 5 tags"},
    "vlan 10 and vlan.id = 20": {"udp qinq"},
    "dns.id = 7": {"dns", "dns answer"},
    "dns.id = 8": {"dns tcp"},
    "dns.is_response": {"dns answer"},
    "dns.rcode = 3 and dns.opcode = 0 and dns.flags & 0x8000": {"dns answer"},
    # the payload
    "payload[0:4] = 0x47455420": {"tcp options", "tcp6"},
    "payload[0] = 0x68": {"udp", "udp vlan 0", "udp vlan 10", "udp vlan 20", "udp qinq",
                          "udp 9100", "udp 4 tags", "udp first", "udp ah"} | UDP6,
    "tcp and not payload[0] >= 0": {"tcp", "tcp padded", "tcp6 hop"},
    "payload[ip[0] & 0] = 0x68 and ip": {"udp", "udp vlan 0", "udp vlan 10", "udp vlan 20",
                                         "udp qinq", "udp 9100", "udp 4 tags", "udp first",
                                         "udp ah"},
}
CASES["udp.length != 13"].discard("udp6 x")


def taken(expression: str, **how: object) -> set[str]:
    program = compile(expression, dialect="fyke", **how)  # type: ignore[arg-type]
    return {name for name, frame in FRAMES.items() if program.run(frame)}


@pytest.mark.parametrize("expression", CASES)
def test_what_an_expression_takes(expression: str) -> None:
    plain = compile(expression, dialect="fyke", optimize=False)
    assert {name for name, frame in FRAMES.items() if plain.run(frame)} == CASES[expression]
    if CASES[expression] or "length & 1" not in expression:
        program = compile(expression, dialect="fyke")
        assert {name for name, frame in FRAMES.items() if program.run(frame)} == CASES[expression]
        assert len(program) <= len(plain)
        assert kernel_takes(program.instructions)


def as_the_kernel_has_it(frame: bytes) -> tuple[bytes, Ancillary]:
    """The frame without its outermost tag, which is in the metadata."""
    kind, tci = struct.unpack_from(">HH", frame, 12)
    if kind not in (0x8100, 0x88A8):
        return frame, Ancillary()
    return frame[:12] + frame[16:], Ancillary(vlan_tag=tci, vlan_tag_present=1, vlan_tpid=kind)


@pytest.mark.parametrize("expression", [*CASES, "len = 71", "less 60", "greater 64"])
def test_live_means_the_same_as_in_a_file(expression: str) -> None:
    if "ip.length & 1" in expression:
        pytest.skip("rejects all packets")
    live = compile(expression, dialect="fyke", linux_extensions=True)
    plain = compile(expression, dialect="fyke", linux_extensions=True, optimize=False)
    file = compile(expression, dialect="fyke")
    assert kernel_takes(live.instructions)
    for name, frame in FRAMES.items():
        there, metadata = as_the_kernel_has_it(frame)
        wanted = bool(file.run(frame))
        assert bool(live.run(there, ancillary=metadata)) == wanted, name
        assert bool(plain.run(there, ancillary=metadata)) == wanted, name
        assert bool(live.run(frame, ancillary=Ancillary())) == wanted, name


@pytest.mark.parametrize(("link_type", "head"), [
    ("LINUX_SLL", bytes(14)), ("LINUX_SLL2", b"")])
def test_vlan_on_any(link_type: str, head: bytes) -> None:
    inside = ip4(17, udp())
    if head:
        tagged = head + bytes.fromhex("8100" "000a" "0800") + inside
        plain = head + b"\x08\0" + inside
    else:
        tagged = b"\x81\0" + bytes(18) + bytes.fromhex("000a" "0800") + inside
        plain = b"\x08\0" + bytes(18) + inside
    for expression, wanted in (("vlan 10 and udp", (True, False)), ("port 8000", (True, True)),
                               ("vlan.id = 10", (True, False)), ("not vlan", (False, True))):
        program = compile(expression, dialect="fyke", link_type=link_type)
        assert (bool(program.run(tagged)), bool(program.run(plain))) == wanted, expression


def test_80211_headers_of_all_lengths() -> None:
    body = bytes.fromhex("aaaa030000000800") + ip4(17, udp())
    program = compile("udp port 8000", dialect="fyke", link_type="IEEE802_11")
    for control, extra in ((b"\x08\x01", 0), (b"\x08\x03", 6), (b"\x88\x01", 2), (b"\x88\x03", 8),
                           (b"\x88\x81", 6), (b"\x88\x83", 12)):
        assert program.run(control + bytes(22 + extra) + body), control
    assert not program.run(b"\x84\0" + bytes(22) + body)


@pytest.mark.parametrize(("expression", "wanted"), [
    ("tcp port 80", [True, False, False]), ("not vlan and tcp", [True, False, False]),
    ("vlan and tcp port 80", [False, True, False]), ("vlan 20 and ip", [False, True, False]),
    ("vlan and vlan and tcp.flags.syn", [False, False, True]),
    ("(vlan 20 and port 80) or (vlan 21 and udp)", [False, True, False])])
def test_behind_tags_of_80211(expression: str, wanted: list[bool]) -> None:
    program = compile(expression, dialect="fyke", link_type="IEEE802_11")
    head = bytes([8]) + bytes(23) + bytes.fromhex("aaaa03000000")
    tags = bytes.fromhex("81000014"), bytes.fromhex("8100001e")
    inside = bytes.fromhex("0800") + ip4(6, tcp())
    frames = [head + inside, head + tags[0] + inside, head + tags[0] + tags[1] + inside]
    assert [bool(program.run(frame)) for frame in frames] == wanted


def test_names_of_networks() -> None:
    names = Resolver(networks="lab 10.20.0.0/14\nhome 192.168\nback 127.0.0.0\n")
    for name, inside, outside in (("lab", "10.23.1.1", "10.24.0.1"),
                                  ("home", "192.168.9.9", "192.169.0.1"),
                                  ("back", "127.9.9.9", "128.0.0.1")):
        program = compile(f"src net {name}", dialect="fyke", resolver=names)
        assert program.run(ether(0x0800, ip4(17, udp(), source=inside)))
        assert not program.run(ether(0x0800, ip4(17, udp(), source=outside)))


def test_hosts_of_a_file(tmp_path: Path) -> None:
    listed = tmp_path / "hosts.txt"
    listed.write_text("# blocked\n10.0.0.2\n\n2001:db8::/32  # all\n172.16.0.0/12\n")
    assert taken(f"src host in {listed}") == set(taken("ip6 or src 10.0.0.2"))
    assert taken(f"ip.src in '{listed}' and udp") == taken("(ip6 or src 10.0.0.2) and udp")
    assert taken("tcp port in {80, 440-450}") == taken("tcp port 80")
    listed.write_text("10.0.0.2\n10.0.0.300\n")
    with pytest.raises(FilterError, match=r", line 2: ") as caught:
        taken(f"host in {listed}")
    assert caught.value.column == 8
    with pytest.raises(FilterError, match="No such file"):
        taken("host in /nowhere/at/all")


@pytest.mark.parametrize(("expression", "column", "words"), [
    ("tcp and ip.tll < 5", 8, "did you mean 'ip.ttl'"),
    ("ip.ttl < 256", 9, "255"),
    ("ip.ttl", 6, "expected a comparison"),
    ("ip.src < 10.0.0.1", 9, "addresses have no"),
    ("ip.src = 10.0.0", 9, "expected an address"),
    ("tcp.dst_port in {80, 70-60}", 21, "is empty"),
    ("tcp.dst_port in {80 443}", 20, "expected ','"),
    ("tcp.flags.syn = 2", 16, "more than the field can hold"),
    ("vlan.dei & x", 11, "expected 0 or 1"),
    ("host in {10.0.0.1", 17, "expected ',' or '}'"),
    ("mpls and vlan", 9, "no VLAN match after MPLS"),
])
def test_errors(expression: str, column: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile(expression, dialect="fyke")
    assert words in str(caught.value)
    assert caught.value.column == column


def test_the_old_language_knows_nothing_of_it() -> None:
    with pytest.raises(FilterError, match="words of the dialect fyke"):
        compile("ip.ttl < 5")
    for expression in ("payload[0] = 1", "host in {10.0.0.1}"):
        with pytest.raises(FilterError):
            compile(expression, resolver=Resolver())
    with pytest.raises(fyke.FykeError, match="no dialect 'perl'"):
        compile("tcp", dialect="perl")


PROVEN = ["ip.ttl < 5", "arp host 10.0.0.1", "stp", "vlan 10 and vlan 20 and ip",
          "(vlan 10 and src 1.2.3.4) or (vlan 20 and src 5.6.7.8)", "mpls 5 and ip",
          "ip.src in {10.0.0.0/8, 192.0.2.7}", "tcp", "icmp6", "host 1.2.3.4 and port 80"]


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("expression", PROVEN)
def test_optimised_takes_what_plain_takes_proven(expression: str, live: bool) -> None:
    how = {"dialect": "fyke", "linux_extensions": live}
    assert implies(compile(expression, optimize=False, **how), compile(expression, **how),
                   timeout=120) == Same()


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("expression", [
    *PROVEN, "port 53", "udp", "tcp[tcpflags] & tcp-syn != 0", "udp[2:2] = 8000", "tcp.flags.syn",
    "icmp6[icmp6type] = 143", "tcp.dst_port in {80, 443, 8000-8010}", "payload[0] = 0x47"])
def test_optimised_is_plain_proven(expression: str, live: bool) -> None:
    """For packets that are long enough; with as many tags and headers as are stepped over."""
    how = {"dialect": "fyke", "linux_extensions": live}
    assert differ(compile(expression, **how), compile(expression, optimize=False, **how),
                  timeout=120, least=0x20000) == Same()


@pytest.mark.parametrize("live", [False, True])
def test_optimised_is_plain_proven_of_dns(live: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With two tags and no extension headers: more was not decided in minutes."""
    for name, most in (("MOST_TAGS", 2), ("MOST_EXTENSIONS", 0), ("MOST_AUTHENTICATIONS", 0)):
        monkeypatch.setattr(walks, name, most)
    how = {"dialect": "fyke", "linux_extensions": live}
    assert differ(compile("dns.id = 7", **how), compile("dns.id = 7", optimize=False, **how),
                  timeout=120, least=0x20000) == Same()


def test_optimised_is_plain_on_damaged_frames() -> None:
    rng = random.Random(5)
    programs = [(compile(text, dialect="fyke"), compile(text, dialect="fyke", optimize=False), text)
                for text in CASES if "length & 1" not in text]
    for _ in range(300):
        frame = bytearray(rng.choice(list(FRAMES.values())))
        for _ in range(rng.randrange(4)):
            frame[rng.randrange(len(frame))] = rng.choice((0, 6, 17, 43, 44, 51, 58, 60, 0x81, 255))
        frame += bytes(4096)  # nothing is behind its end
        for program, plain, text in programs:
            assert program.run(frame) == plain.run(frame), (text, frame.hex())


def test_a_cut_frame_is_refused_by_no_test_that_stands_before_the_walk() -> None:
    short = ether(0x0800, b"")
    assert compile("ether src 2:0:0:0:0:1 or port 53", dialect="fyke").run(short)
    assert compile("less 100 or tcp", dialect="fyke").run(b"")
    assert not compile("tcp or less 100", dialect="fyke").run(b"")


def test_scopes_do_not_run_out_of_words() -> None:
    one = "(vxlan {0} and src 10.0.0.{0} and tcp port {0} and len > {0})"
    many = " or ".join(one.format(number) for number in range(20))
    assert compile(many, dialect="fyke")
    assert compile("(len > 50 and tcp) or (len > 60 and payload[0] = 1) or ip.ttl + 0 = 1"
                   .replace("ip.ttl + 0", "ip[8]"), dialect="fyke").run(
        ether(0x0800, ip4(6, tcp())))


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize(("expression", "outer", "inner"), [
    ("geneve 1 and geneve 2 and port 443", geneve, geneve),
    ("vxlan 1 and vxlan 2 and src 172.16.0.9 and tcp.flags.syn", vxlan, vxlan),
    ("vxlan 1 and geneve 2 and ether src 2:0:0:0:0:1 and tcp", vxlan, geneve),
    ("geneve 1 and vxlan 2 and not vlan and dst port 443", geneve, vxlan)])
def test_tunnels_within_tunnels(expression: str, outer: Callable[[int, bytes], bytes],
                                inner: Callable[[int, bytes], bytes], live: bool) -> None:
    program = compile(expression, dialect="fyke", linux_extensions=live)
    assert kernel_takes(program.instructions)
    within = ether(0x0800, inner(2, INNER))
    assert program.run(ether(0x0800, outer(1, within)), ancillary=Ancillary())
    tagged, metadata = as_the_kernel_has_it(ether(0x0800, outer(1, within), ("c", 5)))
    assert not live or program.run(tagged, ancillary=metadata)
    assert not program.run(within, ancillary=Ancillary())
    assert not program.run(ether(0x0800, outer(1, INNER)), ancillary=Ancillary())


def test_too_many_tunnels_are_refused_before_they_fill_the_memory() -> None:
    terms = " or ".join(f"(mpls {number} and port 80)" for number in range(1000))
    with pytest.raises(FilterError, match="too many tunnels, sessions and labels") as caught:
        compile(terms, dialect="fyke", optimize=False)
    assert terms[caught.value.column:].startswith("port 80")


def test_why() -> None:
    program = compile("tcp.flags.syn", dialect="fyke")
    assert "tcp.flags" in str(program.explain(FRAMES["tcp6 hop"]))
    assert "ip.proto is 17 (UDP)" in str(program.explain(FRAMES["udp qinq"]))
    later = compile("port 8000", dialect="fyke").explain(FRAMES["udp later"])
    assert "of a later fragment" in str(later)


@pytest.mark.parametrize(("expression", "words"), [
    ("(vlan 10 and src 1.2.3.4) or (vlan 20 and src 5.6.7.8)", "shifts all"),
    ("tcp[13] & 2 != 0", "IPv4 only"), ("icmp6", "extension headers"), ("stp", "PVST+"),
    ("vlan 10 and ip", None), ("tcp port 80", None), ("((", None), ("", None)])
def test_hints(expression: str, words: str | None) -> None:
    said = missed(expression)
    assert (said is None) if words is None else (words in str(said))
