"""Listings: tcpdump's -d, -dd and -ddd byte for byte, and bpf_asm's language."""

import ctypes
import json
import os
import pickle
from pathlib import Path

import pytest

from fyke.bpf import listing
from fyke.bpf.instructions import Instruction
from fyke.bpf.opcodes import OPCODES
from fyke.bpf.program import Program

PEERS = Path(os.environ.get("FYKE_PEERS", Path(__file__).parents[2] / "../shared/peers"))

HOST = Program([  # tcpdump -d host 1.2.3.4
    (40, 0, 0, 12), (21, 0, 4, 2048), (32, 0, 0, 26), (21, 8, 0, 16909060), (32, 0, 0, 30),
    (21, 6, 7, 16909060), (21, 1, 0, 2054), (21, 0, 5, 32821), (32, 0, 0, 28),
    (21, 2, 0, 16909060), (32, 0, 0, 38), (21, 0, 1, 16909060), (6, 0, 0, 262144), (6, 0, 0, 0)])

HOST_TEXT = """\
(000) ldh      [12]
(001) jeq      #0x800           jt 2\tjf 6
(002) ld       [26]
(003) jeq      #0x1020304       jt 12\tjf 4
(004) ld       [30]
(005) jeq      #0x1020304       jt 12\tjf 13
(006) jeq      #0x806           jt 8\tjf 7
(007) jeq      #0x8035          jt 8\tjf 13
(008) ld       [28]
(009) jeq      #0x1020304       jt 12\tjf 10
(010) ld       [38]
(011) jeq      #0x1020304       jt 12\tjf 13
(012) ret      #262144
(013) ret      #0
"""

IMAGES = [  # the whole instruction set, third of its program
    ((0x00, 0, 0, 17), "ld       #0x11"), ((0x20, 0, 0, 4), "ld       [4]"),
    ((0x28, 0, 0, 0xFFFFF02C), "ldh      [vlan_tci]"),
    ((0x30, 0, 0, 0xFFFFF030), "ldb      [vlanp]"),
    ((0x20, 0, 0, 0xFFFFF000), "ld       [proto]"), ((0x20, 0, 0, 0xFFFFF001), "ld       [-4095]"),
    ((0x28, 0, 0, 0xFFF00000), "ldh      [-1048576]"),
    ((0x40, 0, 0, 14), "ld       [x + 14]"), ((0x50, 0, 0, 0xFFFFFFFF), "ldb      [x + -1]"),
    ((0x48, 0, 0, 0), "ldh      [x + 0]"), ((0xB1, 0, 0, 14), "ldxb     4*([14]&0xf)"),
    ((0x80, 0, 0, 0), "ld       #pktlen"), ((0x81, 0, 0, 0), "ldx      #pktlen"),
    ((0x60, 0, 0, 15), "ld       M[15]"), ((0x61, 0, 0, 3), "ldx      M[3]"),
    ((0x02, 0, 0, 1), "st       M[1]"), ((0x03, 0, 0, 2), "stx      M[2]"),
    ((0x01, 0, 0, 255), "ldx      #0xff"), ((0x94, 0, 0, 7), "mod      #7"),
    ((0x9C, 0, 0, 0), "mod      x"), ((0xA4, 0, 0, 255), "xor      #0xff"),
    ((0xAC, 0, 0, 0), "xor      x"), ((0x84, 0, 0, 0), "neg      "), ((0x87, 0, 0, 0), "txa      "),
    ((0x05, 0, 0, 4), "ja       7"), ((0x05, 0, 0, 0xFFFFFFFE), "ja       1"),
    ((0x45, 0, 255, 1), "jset     #0x1             jt 3\tjf 258"),
    ((0x3D, 1, 2, 0), "jge      x                jt 4\tjf 5"),
    ((0x06, 0, 0, 0xFFFFFFFF), "ret      #-1"), ((0x16, 0, 0, 0), "ret      "),
    ((0x8C, 0, 0, 9), "unimp    0x8c"), ((0x6C, 0, 0, 0), "lsh      x"),
]


def test_tcpdump_d():
    assert listing.tcpdump(HOST) == HOST_TEXT
    assert listing.tcpdump(list(HOST.instructions)) == HOST_TEXT


def test_tcpdump_dd():
    lines = listing.c(HOST).splitlines()
    assert lines[:2] == ["{ 0x28, 0, 0, 0x0000000c },", "{ 0x15, 0, 4, 0x00000800 },"]
    assert len(lines) == len(HOST) == 14


def test_tcpdump_ddd():
    assert listing.decimal(HOST).splitlines()[:3] == ["14", "40 0 0 12", "21 0 4 2048"]


@pytest.mark.parametrize(("numbers", "text"), IMAGES)
def test_every_form(numbers, text):
    assert listing.image(Instruction(*numbers), 2) == "(002) " + text


def test_images_as_libpcap():
    try:
        libpcap = ctypes.CDLL("libpcap.so.0.8")
    except OSError:
        pytest.skip("libpcap.so.0.8 is not installed")
    libpcap.bpf_image.restype = ctypes.c_char_p
    for code in range(256):
        if code == 0x81:  # 1.10 does not know it yet
            continue
        for jt, jf, k in ((0, 0, 0), (1, 2, 14), (255, 0, 0xFFFFF02C), (3, 4, 0xFFFFFFF0)):
            raw = code.to_bytes(2, "little") + bytes((jt, jf)) + k.to_bytes(4, "little")
            theirs = libpcap.bpf_image(raw, 5).decode()
            assert listing.image(Instruction(code, jt, jf, k), 5) == theirs


def test_asm_has_labels_only_where_something_jumps():
    assert listing.asm([
        Instruction(0x28, 0, 0, 12), Instruction(0x15, 0, 1, 0x800), Instruction(0x16, 0, 0, 0),
        Instruction(6, 0, 0, 0xFFFFFFFF)]) == (
        "        ldh [12]\n        jeq #0x800, l2, l3\nl2:     ret a\nl3:     ret #4294967295\n")


def test_program_is_a_value():
    assert Program(HOST.instructions, expression="host 1.2.3.4") == HOST
    again = pickle.loads(pickle.dumps(HOST))
    assert again == HOST and again.snaplen == HOST.snaplen
    with pytest.raises(AttributeError):
        HOST.snaplen = 4
    assert len({HOST, again}) == 1


def test_the_table_is_the_kernels():
    assert len(OPCODES) == 49


def test_peers_list_without_unimp():
    path = PEERS / "libpcap" / "accept.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    for case in json.loads(path.read_text()):
        for which in ("opt", "unopt"):
            if case[which]:
                assert "unimp" not in listing.tcpdump(Program(case[which]))
