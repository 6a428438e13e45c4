"""The list of interfaces, beside what ip(8) and tcpdump -D say of the same namespace."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time

import pytest
from network import Network, ip

from fyke.errors import CaptureError
from fyke.live.interfaces import (
    LINK_TYPES,
    Address,
    Interface,
    default_interface,
    find,
    interfaces,
    link_type_of,
)

live = pytest.mark.live


@pytest.fixture
def crowd(network: Network) -> str:
    """A namespace with interfaces up, down, without a partner, and of other kinds."""
    one, other = network.namespace(), network.namespace()
    network.pair(one, other)
    network.pair(one, other, ("veth7", "veth8"))
    ip("-n", other, "link", "set", "veth8", "down")
    ip("-n", one, "link", "add", "idle", "type", "veth", "peer", "name", "idler")
    ip("-n", one, "link", "set", "idle", "up")
    ip("-n", one, "tuntap", "add", "tun3", "mode", "tun")
    ip("-n", one, "address", "add", "192.0.2.1/24", "brd", "+", "dev", "near")
    ip("-n", one, "address", "add", "198.51.100.1", "peer", "198.51.100.9/32", "dev", "veth7")
    return one


@live
def test_what_is_known_of_each(crowd: str) -> None:
    known = {found.name: found for found in interfaces(crowd)}
    assert set(known) == {"any", "lo", "near", "veth7", "idle", "idler", "tun3"}
    near = known["near"]
    assert near.index == int(ip("-n", crowd, "-o", "link", "show", "near").split(":")[0])
    assert near.mac.hex(":") in ip("-n", crowd, "link", "show", "near")
    assert (near.up, near.running, near.loopback, near.connected) == (True, True, False, True)
    assert (near.mtu, near.link_type) == (1500, 1)
    assert near.addresses == (Address(socket.AF_INET, "192.0.2.1", 24, "192.0.2.255"),)
    assert known["veth7"].addresses == (
        Address(socket.AF_INET, "198.51.100.1", 32, None, "198.51.100.9"),)
    assert known["lo"].loopback
    assert Address(socket.AF_INET6, "::1", 128) in known["lo"].addresses
    assert known["tun3"].link_type == 101
    assert known["any"].link_types == (276, 113)


@live
def test_list_agrees_with_tcpdump(crowd: str) -> None:
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed")
    end = time.monotonic() + 30
    while find("veth7", crowd).running and time.monotonic() < end:
        time.sleep(0.05)  # the kernel notices a lost carrier up to a second later
    done = subprocess.run(["nsenter", "-t", crowd, "-n", "tcpdump", "-D"], capture_output=True,
                          text=True, timeout=60, check=True)
    theirs = {}
    for line in done.stdout.splitlines():
        name, _, rest = line.partition(".")[2].partition(" ")
        theirs[name] = rest[rest.rindex("[") + 1:-1]
    ours = {found.name: found.status for found in interfaces(crowd)}
    assert ours == {name: theirs[name] for name in ours}
    assert list(ours) == [name for name in theirs if name in ours]


@live
def test_default_is_the_first_that_is_up(crowd: str, network: Network) -> None:
    assert default_interface(crowd) == "near"
    assert default_interface(network.namespace()) == "any"


@live
def test_find(crowd: str) -> None:
    near = find("near", crowd)
    assert find(str(near.index), crowd) == near
    assert link_type_of("tun3", crowd) == 101
    with pytest.raises(CaptureError, match=r"'veth77'; did you mean veth7\?"):
        find("veth77", crowd)
    with pytest.raises(CaptureError, match="there are "):
        find("qqqq", crowd)
    with pytest.raises(CaptureError):
        find("0", crowd)


@pytest.mark.parametrize("hardware,link_type", [
    (1, 1), (772, 1), (0xFFFE, 101), (803, 127), (512, 113), (824, 113), (12345, 113)])
def test_link_type_by_hardware(hardware: int, link_type: int) -> None:
    assert Interface(1, "x", hardware=hardware).link_type == link_type
    assert LINK_TYPES.get(hardware, 113) == link_type
