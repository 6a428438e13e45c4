"""Several taps at once: merged by time, sharing packets, stamped by whom."""

from __future__ import annotations

import pytest
from network import Network, frame, ip, sender
from test_tap import rest

from fyke.errors import CaptureError, UsageError
from fyke.live.many import Many
from fyke.live.stamps import available, stamp_types
from fyke.live.tap import open_tap
from fyke.wire import Record

pytestmark = pytest.mark.live


@pytest.fixture
def two_pairs(network: Network) -> tuple[str, str]:
    one, other = network.namespace(), network.namespace()
    network.pair(one, other, ("near0", "far0"))
    network.pair(one, other, ("near1", "far1"))
    return one, other


def test_merged_by_time(two_pairs: tuple[str, str]) -> None:
    near, far = two_pairs
    with (sender(far, "far0") as zero, sender(far, "far1") as one):
        many = Many([open_tap(f"near{n}", namespace=near) for n in range(2)])
        try:
            for n in range(200):
                (one if n % 3 else zero).send(frame(n.to_bytes(2, "big")))
            got = rest(many)  # type: ignore[arg-type]
            assert many.statistics().received == 200
        finally:
            many.close()
    assert [p.u16(14) for p in got] == list(range(200))
    assert [p.interface for p in got] == [1 if n % 3 else 0 for n in range(200)]


def test_a_silent_tap_does_not_hold_up_the_other(two_pairs: tuple[str, str]) -> None:
    near, far = two_pairs
    with sender(far, "far1") as out:
        many = Many([open_tap(f"near{n}", namespace=near) for n in range(2)])
        try:
            out.send(frame(b"alone"))
            packet = Record()
            for _ in range(100):
                if many.next(packet):
                    break
                assert many.wait(1)
            assert packet.raw(14, 5) == b"alone"
        finally:
            many.close()


def test_one_that_fails_does_not_end_the_others(two_pairs: tuple[str, str]) -> None:
    near, far = two_pairs
    many = Many([open_tap(f"near{n}", namespace=near) for n in range(2)])
    try:
        with sender(far, "far0") as out:
            out.send(frame(b"last"))
        ip("-n", near, "link", "del", "near0")
        packet, got = Record(), []
        for _ in range(20):
            if many.next(packet):
                got.append(packet.raw(14, 4))
            else:
                assert many.wait(0.02)
        with sender(far, "far1") as out:
            out.send(frame(b"more"))
        many.stop()
        with pytest.raises(CaptureError, match="near0: the interface was removed"):
            while True:
                while many.next(packet):
                    got.append(packet.raw(14, 4))
                assert many.wait(1)
        assert got == [b"last", b"more"]
    finally:
        many.close()


@pytest.mark.parametrize("ring", [True, False])
def test_fanout_shares_packets(veth: tuple[str, str], ring: bool) -> None:
    options = {"namespace": veth[0], "fanout": (77, "lb"), "ring": ring}
    with (open_tap("near", **options) as one,  # type: ignore[arg-type]
          open_tap("near", **options) as two,  # type: ignore[arg-type]
          sender(veth[1], "far") as out):
        for n in range(100):
            out.send(frame(n.to_bytes(2, "big")))
        first, second = rest(one), rest(two)
    assert first and second
    assert sorted(p.u16(14) for p in first + second) == list(range(100))


def test_fanout_that_does_not_fit(veth: tuple[str, str]) -> None:
    with open_tap("near", namespace=veth[0], fanout=(78, "lb")):
        with pytest.raises(CaptureError, match=r"cannot join fanout group 78 \(hash\)"):
            open_tap("near", namespace=veth[0], fanout=(78, "hash"))
        with pytest.raises(UsageError, match="'fair' is no way to share"):
            open_tap("near", namespace=veth[0], fanout=(78, "fair"))


def test_time_stamp_types(veth: tuple[str, str]) -> None:
    with open_tap("near", namespace=veth[0]) as tap:
        assert available(tap.socket, "near") == ["host"]
    assert stamp_types("near", veth[0]) == [("host", "Host")]
    with pytest.raises(UsageError, match="near has no time stamp type 'adapter'; it has host"):
        open_tap("near", namespace=veth[0], timestamp_type="adapter")
