"""The assembler: every form that tools print is read back; bad text says where and why."""

import random
import socket
import subprocess

import bpf_kernel
import bpf_programs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fyke.bpf import listing
from fyke.bpf.assembler import parse
from fyke.bpf.instructions import SKF_AD_OFF, Instruction
from fyke.bpf.opcodes import OPCODES
from fyke.errors import ProgramError

IP = ((0x28, 0, 0, 12), (0x15, 0, 1, 0x800), (6, 0, 0, 262144), (6, 0, 0, 0))

FORMS = {
    "tcpdump -ddd": "4\n40 0 0 12\n21 0 1 2048\n6 0 0 262144\n6 0 0 0\n",
    "iptables": "4,40 0 0 12,21 0 1 2048,6 0 0 262144,6 0 0 0",
    "iptables, with a last comma": "4,40 0 0 12,21 0 1 2048,6 0 0 262144,6 0 0 0,\n",
    "tcpdump -dd": "{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x00000800 },\n"
                   "{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },\n",
    "C on one line": "{0x28,0,0,12},{0x15,0,1,2048}, {6,0,0,262144},{ 6, 0, 0, 0 }",
    "tcpdump -d": "(000) ldh      [12]\n(001) jeq      #0x800           jt 2\tjf 3\n"
                  "(002) ret      #262144\n(003) ret      #0\n",
    "ss -0b": "Netid Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
              "p_raw 0      0                  *:lo               *    \n\tbpf filter (4):  "
              "0x28 0 0 12, 0x15 0 1 2048, 0x06 0 0 262144, 0x06 0 0 0,\n",
    "bpf_asm": "ldh [12]\njne #0x800, drop\nret #262144\ndrop: ret #0\n",
    "bpf_asm with everything": "/* IPv4\n only */ LDH [ 12 ] ; type\n start: begin: jeq #2048,yes,"
                               " no // two labels\nyes:\n\nret #0x40000\n  no: ret #0",
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(form):
    wanted = IP
    if "jne" in FORMS[form]:
        assert parse(FORMS[form]) == IP
    assert parse(FORMS[form]) == wanted
    assert parse(FORMS[form].replace("\n", "\r\n")) == wanted


ASM = [  # one line of bpf_asm, with the label l on the instruction after the next
    ("ld [4]", (0x20, 0, 0, 4)), ("ld [x+4]", (0x40, 0, 0, 4)), ("ld [%x + 4]", (0x40, 0, 0, 4)),
    ("ldh [x - 4]", (0x48, 0, 0, 0xFFFFFFFC)), ("ldb [x + -1]", (0x50, 0, 0, 0xFFFFFFFF)),
    ("ld M[15]", (0x60, 0, 0, 15)), ("ldx M[0]", (0x61, 0, 0, 0)), ("ld #-1", (0, 0, 0, 2**32 - 1)),
    ("ldi #010", (0, 0, 0, 8)), ("ldxi #0b101", (1, 0, 0, 5)), ("ldx #0xfF", (1, 0, 0, 255)),
    ("ld len", (0x80, 0, 0, 0)), ("ld #len", (0x80, 0, 0, 0)), ("ldx #pktlen", (0x81, 0, 0, 0)),
    ("ldxb 4*([14]&0xf)", (0xB1, 0, 0, 14)), ("ldx 4 * ( [ 14 ] & 0xf )", (0xB1, 0, 0, 14)),
    ("st M[3]", (2, 0, 0, 3)), ("stx M[3]", (3, 0, 0, 3)),
    ("ld vlan_avail", (0x20, 0, 0, SKF_AD_OFF + 48)),
    ("ldb [vlanp]", (0x30, 0, 0, SKF_AD_OFF + 48)),
    ("ldh #proto", (0x28, 0, 0, SKF_AD_OFF)), ("ld rand", (0x20, 0, 0, SKF_AD_OFF + 56)),
    ("add x", (0x0C, 0, 0, 0)), ("sub %x", (0x1C, 0, 0, 0)), ("mod #7", (0x94, 0, 0, 7)),
    ("neg", (0x84, 0, 0, 0)), ("tax", (7, 0, 0, 0)), ("txa", (0x87, 0, 0, 0)),
    ("ret a", (0x16, 0, 0, 0)), ("ret %a", (0x16, 0, 0, 0)), ("ret #-1", (6, 0, 0, 2**32 - 1)),
    ("jmp l", (5, 0, 0, 1)), ("ja l", (5, 0, 0, 1)), ("jeq #1, l", (0x15, 1, 0, 1)),
    ("jeq x, l, m", (0x1D, 1, 2, 0)), ("jneq #1, l", (0x15, 0, 1, 1)),
    ("jne %x, l", (0x1D, 0, 1, 0)), ("jlt #9, l", (0x35, 0, 1, 9)),
    ("jle #9, l", (0x25, 0, 1, 9)), ("jset #2, m, l", (0x45, 2, 1, 2)),
    ("jge #2, l", (0x35, 1, 0, 2)), ("jgt x, m", (0x2D, 2, 0, 0)),
]


@pytest.mark.parametrize(("line", "wanted"), ASM)
def test_asm_instructions(line, wanted):
    assert parse(f"{line}\ntax\nl: txa\nm: ret #0")[0] == wanted


BAD = [  # text, line, words of the message
    ("", None, "empty"), ("  \n\t\n", None, "empty"), ("; nothing", None, "no instructions"),
    ("2\n6 0 0 0\n", 1, "2 instructions are announced, 1 follow"),
    ("1\n6 0 0\n", 2, "expected code, jt, jf and k"), ("1\n6 0 0 x\n", 2, "'x' is no number"),
    ("1\n6 0 256 0\n", 2, "does not fit"), ("1\n6 0 0 4294967296", 2, "does not fit"),
    ("1\n-6 0 0 0", 2, "does not fit"), ("9" * 5000, 1, "no number"),
    ("{ 6, 0, 0, 0 },\n{ 6, 0, 0 },", 2, "expected code, jt, jf and k"),
    ("{ 6, 0, 0, 0 }, {", 1, "expected { code"), ("{ 6, 0, 0, 0 } junk", 1, "'junk'"),
    ("(000) ret #0\n(002) ret #0", 2, "expected instruction 1"),
    ("(000) frob [3]", 1, "no instruction 'frob'"), ("(000) unimp 0x8c", 1, "no instruction"),
    ("(000) jeq #1 jt 0\tjf 1", 1, "skips 0 to 255"), ("(000) jeq #1", 1, "0 places"),
    ("(000) ld [1] jt 1 jf 2", 1, "2 places"), ("(000) [", 1, "expected a line of tcpdump -d"),
    ("ld [1]\nld [y]\n", 2, "'[y]' is no operand"), ("ld\n", 1, "ld does not take"),
    ("jeq #1, nowhere", 1, "no label 'nowhere'"), ("a: tax\na: tax", 2, "stands twice"),
    ("jlt #1, a, b\na: tax\nb: tax", 1, "one label"), ("ret x", 1, "ret does not take"),
    ("0", None, "no instructions"), ("ja", 1, "one label"), ("ja #3", 1, "no label"),
    ("0: tax", 1, "': tax' is no operand"), ("a: 0: tax", 1, "is no operand"),
    ("tax #1", 1, "tax does not take"), ("ld #09", 1, "octal"),
    ("ld #0x1ffffffff", 1, "32 bits"), ("/* open\nld", 1, "not closed"), ("!!", 1, "expected an"),
    ("b: tax\njeq #1, b", 2, "skips 0 to 255"),
    ("jeq #0, far\n" + "tax\n" * 256 + "far: ret a", 1, "skips 0 to 255"),
    ("bpf filter (2): 0x06 0 0 0,", 1, "2 instructions are announced"),
    ("\x1b[2J [", 1, r"'\x1b[2J ['"),
]


@pytest.mark.parametrize(("text", "line", "words"), BAD)
def test_bad_text(text, line, words):
    with pytest.raises(ProgramError) as caught:
        parse(text)
    message = str(caught.value)
    assert words in message
    assert message.startswith(f"line {line}: ") or line is None
    assert message.isprintable() and len(message) < 200


def canonical(program):
    """Without the numbers that an instruction does not use, which only -dd and -ddd keep."""
    out = []
    for code, jt, jf, k in program:
        operand = OPCODES[code].operand
        branch = code & 7 == 5 and code != 5
        out.append(Instruction(code, jt if branch else 0, jf if branch else 0,
                               k if operand not in ("x", "", "#pktlen") else 0))
    return tuple(out)


def test_round_trips():
    rng = random.Random(7)
    for _ in range(300):
        program = bpf_programs.valid_program(rng, range(0, 64, 4))
        assert parse(listing.decimal(program)) == tuple(program)
        assert parse(listing.c(program)) == tuple(program)
        assert parse(listing.tcpdump(program)) == canonical(program)
        assert parse(listing.asm(program)) == canonical(program)


def test_every_instruction_goes_round():
    for code in OPCODES:
        for k in (0, 1, 14, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
            first = Instruction(code, 0, 0, 1 if code == 5 else k)
            program = [first, *[Instruction(6, 0, 0, 0)] * 3]
            assert parse(listing.tcpdump(program)) == canonical(program)
            assert parse(listing.asm(program)) == canonical(program)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80) | st.text("ldhrjeqxa#[]()0123456789,:;{}/* \n\tM+-", max_size=80))
def test_any_text_is_a_program_or_a_program_error(text):
    try:
        assert parse(text)
    except ProgramError as error:
        assert "\n" not in str(error)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.integers(0, 300), st.characters())
def test_a_changed_character(form, at, character):
    text = FORMS[form]
    try:
        parse(text[:at] + character + text[at + 1:])
    except ProgramError as error:
        assert str(error).isprintable()


@pytest.mark.parametrize("text", [
    "/*" * 50000, "(000) ld " + " " * 100000 + "x", "{" * 100000, "1\n" + "6 " * 100000,
    "a:" * 50000, "[" * 100000, "ld [x + " + " " * 100000, "4,:" * 50000])
def test_long_nonsense_is_refused_quickly(text):
    with pytest.raises(ProgramError) as caught:
        parse(text)
    assert len(str(caught.value)) < 200


def show_filter():
    """What ss -0b prints of a filtered packet socket in this namespace."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        bpf_kernel.attach(sock, IP)
        sock.bind(("lo", 3))
        return subprocess.run(["ss", "-0b"], capture_output=True, text=True, check=True).stdout


@pytest.mark.live
def test_what_ss_prints():
    try:
        text = bpf_kernel.in_namespace(show_filter)
    except AssertionError as error:
        if "FileNotFoundError" not in str(error):
            raise
        pytest.skip("ss is not installed")
    assert parse(text) == IP
