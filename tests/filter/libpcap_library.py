"""The system's libpcap, through ctypes: what it makes of an expression."""

from __future__ import annotations

import ctypes

import pytest
from filter_programs import graph

from fyke.bpf.instructions import Instruction
from fyke.bpf.program import Program
from fyke.bpf.proof import Same, differ
from fyke.errors import FilterError
from fyke.filter.assemble import assemble
from fyke.filter.compile import compile
from fyke.filter.optimize import optimize
from fyke.linktypes import by_name

NETMASK_UNKNOWN = 0xFFFFFFFF
LONG = 0x20000  #: octets; in a packet of so many no load fails that means anything


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8),
                ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint), ("instructions", ctypes.POINTER(_Instruction)))


class Libpcap:
    """Skips the test that asks for it where the library is not installed."""

    def __init__(self) -> None:
        try:
            self.library = ctypes.CDLL("libpcap.so.0.8")
        except OSError:
            pytest.skip("libpcap.so.0.8 is not installed")
        self.library.pcap_open_dead.restype = ctypes.c_void_p
        self.library.pcap_open_dead.argtypes = (ctypes.c_int, ctypes.c_int)
        self.library.pcap_compile.argtypes = (ctypes.c_void_p, ctypes.POINTER(_Program),
                                              ctypes.c_char_p, ctypes.c_int, ctypes.c_uint32)
        self.library.pcap_geterr.restype = ctypes.c_char_p
        self.library.pcap_geterr.argtypes = (ctypes.c_void_p,)
        self.library.pcap_freecode.argtypes = (ctypes.POINTER(_Program),)
        self.library.pcap_close.argtypes = (ctypes.c_void_p,)

    def compile(self, expression: str, link_type: str = "EN10MB", *, snaplen: int = 262144,
                optimize: bool = True) -> tuple[Instruction, ...] | str:
        """The program, or the message of the error."""
        handle = self.library.pcap_open_dead(by_name(link_type).dlt, snaplen)
        program = _Program()
        try:
            if self.library.pcap_compile(handle, ctypes.byref(program), expression.encode(),
                                         int(optimize), NETMASK_UNKNOWN):
                return str(self.library.pcap_geterr(handle).decode("utf-8", "replace"))
            made = tuple(Instruction(each.code, each.jt, each.jf, each.k)
                         for each in program.instructions[:program.length])
            self.library.pcap_freecode(ctypes.byref(program))
            return made
        finally:
            self.library.pcap_close(handle)


def longer(libpcap: Libpcap, expression: str, link_type: str = "EN10MB") -> bool:
    """Whether libpcap's program is right, and ours is longer.

    libpcap 1.10 lowers some expressions in another way than 1.11, whose way is ours; then its own
    graph is optimised by us. Its optimiser is wrong where a test of bits is turned around, and
    may find so that all packets match, which they do for another reason.
    """
    theirs = libpcap.compile(expression, link_type)
    try:
        ours = compile(expression, link_type=link_type)
    except FilterError:
        return False
    if isinstance(theirs, str) or len(ours) <= len(theirs) or len(theirs) == 1:
        return False
    plain = libpcap.compile(expression, link_type, optimize=False)
    assert not isinstance(plain, str)
    if not isinstance(differ(Program(theirs), Program(plain), timeout=30.0, least=LONG), Same):
        return False
    return len(assemble(optimize(graph(plain)))[0]) > len(theirs)
