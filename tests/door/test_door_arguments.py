"""Wrong arguments: a FykeError of one line that names the argument, before anything happens."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from door_files import DNS, FIRST, made

import fyke
from fyke.layers import tables

HUGE = 10 ** 5000  # more digits than Python prints
HUGE_ONE = pytest.param(HUGE, id="huge")
PACKET = fyke.Packet(DNS)
RAW = fyke.Packet(DNS[14:], link_type="RAW")


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return made(tmp_path / "in.pcap")


WRONG: list[tuple[str, Callable[[], Any]]] = [
    ("path", lambda: fyke.read(None)), ("path", lambda: fyke.read(5)),
    ("path", lambda: fyke.read(["in.pcap"])), ("path", lambda: fyke.write(None)),
    ("path", lambda: fyke.write(1)), ("octets given", lambda: fyke.read(b"no capture" * 9999)),
    ("octets given", lambda: fyke.read(bytearray(b"x"))), ("octets given", lambda: fyke.read(b"")),
    ("''", lambda: fyke.read("")), ("''", lambda: fyke.write("")),
    ("embedded null", lambda: fyke.read("in\0.pcap")),
    ("filter", lambda: fyke.read("in.pcap", filter=b"tcp")),
    ("filter", lambda: fyke.read("in.pcap", filter=b"")),
    ("filter", lambda: fyke.rows("in.pcap", ["time"], filter=80)),
    ("filter", lambda: fyke.capture("lo", filter=b"tcp")),
    ("expression", lambda: fyke.compile(b"tcp")), ("expression", lambda: fyke.compile(None)),
    ("names", lambda: fyke.rows("in.pcap", "ip.src")), ("names", lambda: fyke.rows("in.pcap", b"")),
    ("names", lambda: fyke.rows("in.pcap", 5)), ("names", lambda: fyke.rows("in.pcap", [5])),
    ("link_type", lambda: fyke.write("o.pcap", link_type=None)),
    ("link_type", lambda: fyke.write("o.pcap", link_type=b"RAW")),
    ("link_type", lambda: fyke.write("o.pcap", link_type=-1)),
    ("link_type", lambda: fyke.write("o.pcap", link_type=1 << 40)),
    ("link type", lambda: fyke.write("o.pcap", link_type="NOPE")),
    ("link type", lambda: fyke.write("o.pcapng", link_type=70000)),
    ("link_type", lambda: fyke.compile("tcp", link_type=1.0)),
    ("snaplen", lambda: fyke.write("o.pcap", snaplen="96")),
    ("snaplen", lambda: fyke.write("o.pcap", snaplen=-1)),
    ("snaplen", lambda: fyke.write("o.pcap", snaplen=HUGE)),
    ("snaplen", lambda: fyke.compile("tcp", snaplen="x")),
    ("format", lambda: fyke.write("o.pcap", format="erf")),
    ("format", lambda: fyke.write("o.pcap", format=5)),
    ("netmask", lambda: fyke.compile("ip broadcast", netmask=1.5)),
    ("netmask", lambda: fyke.compile("ip broadcast", netmask=1 << 40)),
    ("time", lambda: fyke.Packet(DNS, time=1.5)), ("time", lambda: fyke.Packet(DNS, time="now")),
    ("time", lambda: fyke.Packet(DNS, time=1 << 63)),
    ("time", lambda: fyke.Packet(DNS, time=HUGE)),
    ("link_type", lambda: fyke.Packet(DNS, link_type=1 << 31)),
    ("link_type", lambda: fyke.Packet(DNS, link_type=None)),
    ("wire_length", lambda: fyke.Packet(DNS, wire_length=-1)),
    ("wire_length", lambda: fyke.Packet(DNS, wire_length=1 << 70)),
    ("data", lambda: fyke.Packet("text")), ("data", lambda: fyke.Packet(None)),
    ("layer", lambda: PACKET[5]), ("layer", lambda: PACKET.get(None)),
    ("layer", lambda: 5 in PACKET),
    ("no tcp layer", lambda: PACKET[fyke.Tcp]), ("no nope layer", lambda: PACKET["nope"]),
    ("no field 'nope'", lambda: PACKET["udp"]["nope"]),
    ("packet", lambda: fyke.compile("udp").run(None)),
    ("packet", lambda: fyke.compile("udp").explain("octets")),
    ("wire_length", lambda: fyke.compile("udp").run(DNS, wire_length=1 << 70)),
    ("four integers", lambda: fyke.Program([(6, 0)])),
    ("four integers", lambda: fyke.Program([(6, 0, 0, "x")])),
    ("instructions", lambda: fyke.Program("abc")), ("instructions", lambda: fyke.Program(5)),
    ("program", lambda: fyke.describe("tcp")), ("b must", lambda: fyke.equivalent("tcp", None)),
    ("interface", lambda: fyke.capture(None)), ("count", lambda: fyke.capture("lo", count=0)),
    ("count", lambda: fyke.capture("lo", count=2.0)),
    ("timeout", lambda: fyke.capture("lo", timeout=-1)),
    ("timeout", lambda: fyke.capture("lo", timeout="5")),
    ("timeout", lambda: fyke.capture("lo", timeout=float("nan"))),
    ("snaplen", lambda: fyke.capture("lo", snaplen="x")),
    ("buffer_size", lambda: fyke.capture("lo", buffer_size=HUGE)),
    ("direction", lambda: fyke.capture("lo", direction="up")),
    ("netns", lambda: fyke.capture("lo", netns=[])), ("netns", lambda: fyke.interfaces(netns=1.5)),
    ("link_type", lambda: fyke.capture("lo", link_type=[])),
    ("fanout", lambda: fyke.capture("lo", fanout=7)),
    ("block_timeout", lambda: fyke.capture("lo", block_timeout=-1)),
    ("table", lambda: fyke.register(5, 5, fyke.Udp)),
    ("udp.prt", lambda: fyke.register("udp.prt", 5, fyke.Udp)),
    ("key", lambda: fyke.register("udp.port", "4711", fyke.Udp)),
    ("key", lambda: fyke.register("udp.port", 70000, fyke.Udp)),
    ("key", lambda: fyke.register("udp.port", -1, fyke.Udp)),
    ("key", lambda: fyke.register("tcp.port", 5.0, fyke.Udp)),
    ("key", lambda: fyke.register("ip.proto", 256, fyke.Udp)),
    ("key", lambda: fyke.register("link_type", 1 << 40, fyke.Udp)),
    ("layer", lambda: fyke.register("udp.port", 5, int)),
    ("layer", lambda: fyke.register("udp.port", 5, fyke.Udp())),
    ("layer", lambda: fyke.register("udp.port", 5, "my.module:Layer")),
]


@pytest.mark.usefixtures("trace")
@pytest.mark.parametrize(("named", "use"), WRONG, ids=range(len(WRONG)))
def test_the_argument_is_named(named: str, use: Callable[[], Any]) -> None:
    with pytest.raises(fyke.FykeError) as caught:
        use()
    words = str(caught.value)
    assert named in words
    assert "\n" not in words and len(words) < 400
    assert not Path("o.pcap").exists() and not Path("o.pcapng").exists()


def test_an_unknown_option_fails_at_the_call() -> None:
    with pytest.raises(TypeError, match="promisc"):
        fyke.capture("lo", promisc=True)  # type: ignore[call-arg]


@pytest.mark.parametrize("error", [
    fyke.FilterError, fyke.ProgramError, fyke.SavefileError, fyke.CaptureError, fyke.OutputError,
    fyke.UsageError, fyke.Truncated])
def test_every_error_is_a_fyke_error(error: type[Exception]) -> None:
    assert issubclass(error, fyke.FykeError)


def test_wrong_types_are_type_errors_and_missing_layers_lookup_errors() -> None:
    with pytest.raises(TypeError):
        fyke.read(5)  # type: ignore[arg-type]
    with pytest.raises(LookupError):
        PACKET["nope"]
    with pytest.raises(LookupError):
        PACKET["udp"]["nope"]


# --- times (nanoseconds) ---

@pytest.mark.parametrize("time", [1.5, 1.0, Decimal(1), Fraction(1, 2), "1", b"1", [1]])
def test_times_are_integers(trace: Path, time: Any) -> None:
    with fyke.write("o.pcap") as file:
        for packet in (DNS, PACKET):
            with pytest.raises(TypeError, match="time must be an integer"):
                file.add(packet, time=time)
    assert list(fyke.read("o.pcap")) == []


def test_a_float_is_told_what_to_do(trace: Path) -> None:
    with pytest.raises(TypeError, match=r"time=round\(t \* 1e9\)"):
        fyke.Packet(DNS, time=1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", ["pcap", "pcapng"])
def test_a_packets_time_can_be_another_in_the_file(trace: Path, suffix: str) -> None:
    own = fyke.Packet(DNS, time=FIRST)
    with fyke.write(f"o.{suffix}") as file:
        file.add(own)
        file.add(own, time=5)
        file.add(own, time=0)
        file.add(own, time=None)
        file.add(DNS, time=7)
        file.add(DNS)
    assert own.time == FIRST
    assert [packet.time for packet in fyke.read(f"o.{suffix}")] == [FIRST, 5, 0, FIRST, 7, 0]


@pytest.mark.parametrize("suffix", ["pcap", "pcapng"])
@pytest.mark.parametrize("time", [-1, 1 << 63, -(1 << 63), (1 << 63) - 1, HUGE_ONE])
def test_times_that_do_not_fit(trace: Path, suffix: str, time: int) -> None:
    with fyke.write(f"o.{suffix}") as file:
        for packet in (DNS, PACKET):
            if suffix == "pcapng" and 0 < time < 1 << 63:
                file.add(packet, time=time)
                continue
            with pytest.raises(fyke.FykeError, match="time"):
                file.add(packet, time=time)
        file.add(DNS, time=3)
    assert list(fyke.read(f"o.{suffix}"))[-1].time == 3


def test_whatever_is_an_integer_is_a_time() -> None:
    class Like:
        def __index__(self) -> int:
            return 5

    assert fyke.Packet(DNS, time=Like()).time == 5  # type: ignore[arg-type]  # numpy's, and others


# --- register ---

@pytest.fixture
def layer(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A class that can decode no packet; gone afterwards, as tables know every kind of layer."""
    class Fine(fyke.Layer):
        name = "fine"
        fields = ("x",)

    class NeedsMore(fyke.Layer):
        def __init__(self, more: int) -> None:
            super().__init__()

    class NoNames(fyke.Layer):
        fields = "x"  # type: ignore[assignment]

    class NoOctets(fyke.Layer):
        tag = "text"  # type: ignore[assignment]

    class NoName(fyke.Layer):
        name = None  # type: ignore[assignment]

    yield {"Fine": Fine, "NeedsMore": NeedsMore, "NoNames": NoNames, "NoOctets": NoOctets,
           "NoName": NoName, "an instance": Fine(), "a method": Fine.parse, "a name": "fine",
           "int": int, "object": object, "None": None}[request.param]
    del Fine, NeedsMore, NoNames, NoOctets, NoName
    gc.collect()


@pytest.fixture
def unchanged() -> Iterator[None]:
    """A refused call changes nothing: no table, no packet."""
    before = [type(one) for one in fyke.Packet(DNS).layers]
    keys = {name: tables.table(name).keys() for name in tables.names()}
    yield
    assert {name: tables.table(name).keys() for name in tables.names()} == keys
    assert [type(one) for one in fyke.Packet(DNS).layers] == before
    assert "A? www.example.org." in str(fyke.Packet(DNS))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("layer", ["NeedsMore", "NoNames", "NoOctets", "NoName", "an instance",
                                   "a method", "a name", "int", "object", "None"], indirect=True)
def test_what_can_decode_no_packet_is_refused(layer: Any) -> None:
    with pytest.raises(fyke.UsageError):
        fyke.register("udp.port", 53, layer)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("key", ["53", b"5", None, 53.0, -1, 65536, HUGE_ONE, (53,)])
@pytest.mark.parametrize("table", ["udp.port", "tcp.port", "ethertype", "ip.proto"])
def test_numbers_that_a_table_cannot_have(table: str, key: Any) -> None:
    with pytest.raises(fyke.UsageError, match="key must be"):
        fyke.register(table, key, fyke.Udp)


# --- octets for a capture, link types, programs ---

@pytest.mark.parametrize("suffix", ["pcap", "pcapng", "pcap.gz", "pcapng.xz"])
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_capture_given_as_octets(tmp_path: Path, suffix: str, kind: Any) -> None:
    data = kind(made(tmp_path / f"in.{suffix}").read_bytes())
    assert sum(1 for _ in fyke.read(data)) == 6
    assert next(fyke.rows(data, ["time"])) == (FIRST,)


def test_a_path_in_octets(trace: Path) -> None:
    assert sum(1 for _ in fyke.read(bytes(trace))) == 6


def test_a_torn_capture_given_as_octets(trace: Path) -> None:
    got = []
    with pytest.raises(fyke.SavefileError, match="octets given as a capture: truncated"):
        for packet in fyke.read(trace.read_bytes()[:-1]):
            got.append(packet)
    assert len(got) == 5


@pytest.mark.parametrize("suffix", ["pcap", "pcapng"])
@pytest.mark.parametrize("name", ["RAW", "EN10MB", "LINUX_SLL2", "NULL"])
def test_link_types_of_a_reader(tmp_path: Path, suffix: str, name: str) -> None:
    first, second = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix}"
    with fyke.write(first, link_type=name) as file:
        file.add(bytes(80))
    with fyke.read(first) as packets, fyke.write(second, link_type=packets.link_type) as file:
        for packet in packets:
            file.add(packet)
            file.add(fyke.Packet(packet.data, link_type=packet.link_type))
            file.add(packet.data)
    assert [packet.link_type.name for packet in fyke.read(second)] == [name] * 3


def test_a_program_is_for_a_link_type() -> None:
    program = fyke.compile("udp")
    for use in (program.run, program.explain):
        with pytest.raises(fyke.FykeError, match="compiled for EN10MB, the packet is RAW"):
            use(RAW)
    own = fyke.compile("udp", link_type=RAW.link_type)
    assert own.run(RAW) and own.explain(RAW).matched
    with pytest.raises(fyke.FykeError):
        own.run(PACKET)
    assert program.run(PACKET) and program.run(DNS)
    assert fyke.compile("").run(RAW)  # it asks nothing of the packet
    assert fyke.Program([(6, 0, 0, 9)]).run(RAW) == 9  # made by hand, for no link type


def test_text_is_that_of_one_packet(tmp_path: Path) -> None:
    """Absolute numbers: they are the same whatever was printed before."""
    from struct import pack
    tcp = DNS[:14] + bytes.fromhex("4500002800010000400666cd0a0000010a000002") + pack(
        "!HHIIBBHHH", 443, 12345, 1000, 2000, 0x50, 0x10, 8192, 0, 0)
    lines = {str(fyke.Packet(tcp)) for _ in range(3)}
    assert len(lines) == 1
    assert "ack 2000" in lines.pop()


def test_a_file_object_that_is_wrong() -> None:
    class Lies:
        def read(self, size: int) -> Any:
            return "text"

    with pytest.raises(fyke.UsageError, match="no text"):
        fyke.read(Lies())

    class TakesText:
        def write(self, data: str) -> int:
            return len(data + "")

    with pytest.raises(fyke.UsageError, match=r"no text|does not take bytes"):
        fyke.write(TakesText(), format="pcap")  # type: ignore[arg-type]
