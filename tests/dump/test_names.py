"""Names for numbers: a resolver that never answers holds nothing up."""

from __future__ import annotations

import threading
import time
from _thread import _count as threads  # those of _thread, which threading does not list

from fyke.dump.names import THREADS, HostNames, SystemNames


def test_a_resolver_that_never_answers() -> None:
    """Many addresses cost no more than the patience for all of them, and get numbers."""
    never, before = threading.Event(), threads()
    names = HostNames(lambda address: (never.wait(60) and None) or None, patience=0.02, in_all=0.06)
    begun = time.monotonic()
    for number in range(20000):
        assert names.name(f"10.0.{number >> 8}.{number & 255}") is None
    assert time.monotonic() - begun < 10  # far below 20000 × 0.02 s
    assert before < threads() <= before + THREADS
    never.set()


def test_a_late_name_is_used_from_then_on() -> None:
    gate = threading.Event()

    def lookup(address: str) -> bytes | None:
        gate.wait(20)
        return b"late.example"

    names = HostNames(lookup, patience=0.01, in_all=0.01)
    assert names.name("10.0.0.1") is None
    gate.set()
    for _ in range(500):
        if names.name("10.0.0.1"):
            break
        time.sleep(0.01)
    assert names.name("10.0.0.1") == b"late.example"


def test_a_slow_name_does_not_hold_up_others() -> None:
    gate = threading.Event()

    def lookup(address: str) -> bytes | None:
        if address == "10.0.0.1":
            gate.wait(20)
        return address.encode()

    names = HostNames(lookup, patience=5, in_all=5)
    names._patience = 0.01
    assert names.name("10.0.0.1") is None
    names._patience = 5
    assert names.name("10.0.0.2") == b"10.0.0.2"
    gate.set()


def test_without_domains_and_foreign() -> None:
    hosts = HostNames(lambda address: b"host.example.org")
    assert SystemNames(hosts).ipv4(0x0A000001) == b"host.example.org"
    assert SystemNames(hosts, domains=False).ipv4(0x0A000001) == b"host"
    local = SystemNames(hosts, local=(0x0A000000, 0xFF000000))
    assert local.ipv4(0x0A000001) == b"host.example.org"
    assert local.ipv4(0x0B000001) is None
    assert SystemNames(hosts, local=(0, 0)).ipv4(0x0B000001) == b"host.example.org"
