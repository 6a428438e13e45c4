"""Rights are given up after the tap is open, and it works on without them (in a child process)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from network import Network

pytestmark = pytest.mark.live

START = """
import os, sys
from fyke.live.privileges import drop
from fyke.live.tap import open_tap
from fyke.wire import Record
import socket
from fyke.live.namespaces import open_socket
tap = open_tap("lo", namespace=sys.argv[1])
out = open_socket(sys.argv[1], socket.AF_INET, socket.SOCK_DGRAM, 0)
drop(sys.argv[2] if len(sys.argv) > 2 else None)
out.sendto(b"hello", ("127.0.0.1", 9))
tap.stop()
packet, count = Record(), 0
while True:
    while tap.next(packet):
        count += 1
    if not tap.wait(1):
        break
status = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines()
              if ":\\t" in line)
print(count >= 1, tap.statistics().received >= 1)
print([int(status[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")])
print(status["NoNewPrivs"])
print(os.getresuid(), os.getresgid())
"""


def child(*words: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", START, *words], capture_output=True, text=True,
                          timeout=30, check=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    return done.stdout.splitlines()


def test_capabilities_are_dropped(network: Network) -> None:
    assert child(network.namespace()) == [
        "True True", "[0, 0, 0, 0]", "1", f"{(os.geteuid(),) * 3} {(os.getegid(),) * 3}"]


def test_another_user(network: Network) -> None:
    with open("/proc/self/uid_map") as file:
        if int(file.read().split()[2]) < 65535:
            pytest.skip("inside a user namespace without other users")
    lines = child(network.namespace(), "nobody")
    assert lines[:3] == ["True True", "[0, 0, 0, 0]", "1"]
    assert lines[3].startswith("(65534, 65534, 65534)")


def test_unknown_user(network: Network) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        child(network.namespace(), "no-such-user-here")
    assert "there is no user 'no-such-user-here'" in caught.value.stderr


ONLY_NET_RAW = """
import ctypes, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
raw = 1 << 13  # CAP_NET_RAW, include/uapi/linux/capability.h
assert not libc.capset(struct.pack("@Ii", 0x20080522, 0), struct.pack("@6I", raw, raw, 0, 0, 0, 0))
from fyke.live.tap import open_tap
for ring in (True, False):
    with open_tap("lo", ring=ring, promiscuous=True) as tap:
        print(tap.name, tap.notes)
"""


def test_net_raw_is_enough(network: Network) -> None:
    done = subprocess.run(["nsenter", "-t", network.namespace(), "-n", sys.executable, "-c",
                           ONLY_NET_RAW], capture_output=True, text=True, timeout=30, check=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.stdout == "lo []\nlo []\n"
