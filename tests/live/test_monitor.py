"""Monitor mode without a wireless device: the messages, byte for byte, and the refusals."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import struct
import subprocess
from typing import Any

import pytest
from network import Network, ip

from fyke import netlink
from fyke.errors import CaptureError
from fyke.live import monitor as monitor_module
from fyke.live.interfaces import Interface, find
from fyke.live.monitor import Monitor, family_id, monitoring, new_monitor
from fyke.live.namespaces import open_socket

pytestmark = pytest.mark.live


def test_message_that_makes_one() -> None:
    """As include/uapi/linux/nl80211.h has it: attributes IFINDEX, IFNAME, IFTYPE, owner."""
    assert new_monitor(7, "mon0") == (
        b"\x07\0\0\0"
        + struct.pack("@HHI", 8, 3, 7)
        + struct.pack("@HH", 9, 4) + b"mon0\0\0\0\0"
        + struct.pack("@HHI", 8, 5, 6)
        + struct.pack("@HH", 4, 204))


def test_attributes_come_back() -> None:
    body = new_monitor(1234, "mon17")
    assert netlink.attributes(body, 4) == {
        3: struct.pack("@I", 1234), 4: b"mon17\0", 5: struct.pack("@I", 6), 204: b""}


def test_families_of_the_kernel() -> None:
    with open_socket(None, socket.AF_NETLINK, socket.SOCK_RAW,
                     monitor_module.NETLINK_GENERIC) as asked:
        assert family_id(asked, b"nlctrl") == monitor_module.GENL_ID_CTRL
        assert family_id(asked, b"no such family") is None


@pytest.mark.parametrize("name", ["near", "lo", "any"])
def test_what_is_not_wireless(veth: tuple[str, str], name: str) -> None:
    with pytest.raises(CaptureError) as caught:
        Monitor(find(name, veth[0]), veth[0])
    assert str(caught.value) == f"{name}: That device doesn't support monitor mode"
    if shutil.which("tcpdump"):
        theirs = subprocess.run(["nsenter", "-t", veth[0], "-n", "tcpdump", "-I", "-i", name],
                                capture_output=True, text=True, timeout=60, check=False)
        assert theirs.returncode and theirs.stderr.strip() == f"tcpdump: {caught.value}"


def test_orders_are_obeyed_or_refused(veth: tuple[str, str]) -> None:
    """The part that brings the new interface up, on one that exists and one that does not."""
    near = find("near", veth[0])
    ip("-n", veth[0], "link", "set", "near", "down")
    monitor_module.set_up(near.index, veth[0])
    assert find("near", veth[0]).up
    with pytest.raises(CaptureError, match="cannot be brought up: No such device"):
        monitor_module.set_up(9999, veth[0])


class Wireless:
    """Stands for nl80211: answers orders with what ``answers`` holds, and remembers them."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.orders: list[tuple[int, bytes]] = []

    def order(self, asked: Any, kind: int, body: bytes) -> None:
        self.orders.append((kind, body))
        if kind == 28 and (code := self.answers.pop(0)):
            raise OSError(code, os.strerror(code))


def make(monkeypatch: pytest.MonkeyPatch, namespace: str, *answers: int) -> Wireless:
    kernel = Wireless(*answers)
    monkeypatch.setattr(netlink, "order", kernel.order)
    monkeypatch.setattr(monitor_module, "family_id", lambda *_: 28)
    return kernel


def test_names_that_are_taken_are_passed_over(network: Network,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    namespace = network.namespace()
    for name in ("mon0", "mon2"):  # mon2 stands for the one that the kernel makes
        ip("-n", namespace, "link", "add", name, "type", "veth", "peer", "name", f"p{name}")
    kernel = make(monkeypatch, namespace, errno.ENFILE, 0)
    wlan = Interface(5, "wlan9")
    known = {"mon0"}
    monkeypatch.setattr(monitor_module, "interfaces",
                        lambda _: [Interface(1, name) for name in known])
    made = Monitor(wlan, namespace)
    assert made.interface.name == "mon2"
    assert kernel.orders[:2] == [(28, new_monitor(5, "mon1")), (28, new_monitor(5, "mon2"))]
    assert kernel.orders[2][0] == monitor_module.RTM_NEWLINK
    made.close()


@pytest.mark.parametrize(("code", "told"), [
    (errno.EOPNOTSUPP, "wlan9: That device doesn't support monitor mode"),
    (errno.EPERM, "wlan9: monitor mode: no permission to capture: CAP_NET_ADMIN is missing"),
])
def test_refusals(network: Network, monkeypatch: pytest.MonkeyPatch, code: int,
                  told: str) -> None:
    namespace = network.namespace()
    make(monkeypatch, namespace, code)
    with pytest.raises(CaptureError) as caught:
        Monitor(Interface(5, "wlan9"), namespace)
    assert str(caught.value).startswith(told)


def test_one_that_is_in_monitor_mode_already() -> None:
    assert monitoring(Interface(5, "mon0", hardware=803))
    assert not monitoring(Interface(5, "wlan0", hardware=1))
    assert Interface(5, "mon0", hardware=803).link_type == 127
