"""Messages of a stream: HTTP/1 with all its ways to end a body, DNS over TCP, TLS's hellos."""

from __future__ import annotations

import gzip
import struct
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from talk import ACK, FIN, Talk, streams, udp

import fyke
from fyke.conversations import coding

GET = b"GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n"
BODY = b"0123456789" * 100


def answer(body: bytes, *headers: bytes, first: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"\r\n".join((first, *headers, b"", body))


def with_length(body: bytes, *headers: bytes) -> bytes:
    return answer(body, b"Content-Length: %d" % len(body), *headers)


def chunked(body: bytes, size: int = 300) -> bytes:
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return answer(b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""]),
                  b"Transfer-Encoding: chunked")


def exchange(question: bytes, answered: bytes, cut: int = 37, end: bool = True) -> fyke.Stream:
    """A stream of a question and an answer, in small segments."""
    talk = Talk()
    for side, data in (("client", question), ("server", answered)):
        for at in range(0, len(data), cut):
            talk.say(side, data[at:at + cut])
    if end:
        talk.say("server", b"", FIN | ACK)
        talk.say("client", b"", FIN | ACK)
        talk.say("server", b"", ACK)
    stream, = streams(talk.frames)
    return stream


@pytest.mark.parametrize("octets", (with_length(BODY), chunked(BODY), answer(BODY)))
def test_a_body_ends_by_length_chunks_or_the_end(octets: bytes) -> None:
    request, reply = exchange(GET, octets).messages
    assert (request.method, request.target, request.complete) == ("GET", "/a", True)
    assert request.header("host") == "example.org"
    assert (reply.status, reply.reason, reply.body, reply.complete) == (200, "OK", BODY, True)
    assert reply.request is request and reply.time > request.time


def test_without_the_end_a_body_is_not_complete() -> None:
    reply = exchange(GET, answer(BODY), end=False).messages[1]
    assert reply.body == BODY and not reply.complete
    reply = exchange(GET, with_length(BODY)[:-1]).messages[1]
    assert reply.body == BODY[:-1] and not reply.complete


def test_several_on_one_connection() -> None:
    asked = GET + GET.replace(b"GET /a", b"HEAD /b") + GET.replace(b"/a", b"/c")
    said = (answer(b"", first=b"HTTP/1.1 100 Continue") + with_length(b"one")
            + answer(b"", b"Content-Length: 70") + chunked(b"three")
            + answer(b"tail", first=b"HTTP/1.1 404 No"))
    found = exchange(asked, said).messages
    assert [one.target for one in found[:3]] == ["/a", "/b", "/c"]
    assert [(one.status, one.body, one.request and one.request.target) for one in found[3:]] == [
        (100, b"", "/a"), (200, b"one", "/a"), (200, b"", "/b"), (200, b"three", "/c"),
        (404, b"tail", None)]


@pytest.mark.parametrize("name, packed", (
    ("gzip", gzip.compress(BODY, mtime=0)), ("deflate", zlib.compress(BODY)),
    ("deflate", zlib.compress(BODY)[2:-4]), ("br", brotli.compress(BODY)),
    ("gzip, br", brotli.compress(gzip.compress(BODY, mtime=0))), ("identity", BODY)))
def test_codings(name: str, packed: bytes) -> None:
    reply = exchange(GET, with_length(packed, b"Content-Encoding: " + name.encode())).messages[1]
    assert reply.body == packed and reply.content() == BODY
    assert reply.content(10) == BODY[:10]


def test_a_zstd_body() -> None:
    zstandard = pytest.importorskip("zstandard")
    assert coding.decoded(zstandard.compress(BODY), "zstd", 5000)[0] == BODY


@pytest.mark.parametrize("name", ("gzip", "deflate", "br", "unheard-of"))
@given(st.binary(max_size=200))
def test_damaged_codings_raise_nothing(name: str, data: bytes) -> None:
    assert len(coding.decoded(data, name, 1000)[0]) <= 1000


def test_bombs_are_cut() -> None:
    bomb = gzip.compress(bytes(50 << 20))
    assert coding.decoded(gzip.compress(bomb), "gzip, gzip", 1000) == (bytes(1000), False)
    assert coding.decoded(brotli.compress(bytes(50 << 20)), "br", 1000) == (bytes(1000), False)


def test_around_a_gap() -> None:
    talk = Talk()
    talk.say("client", GET)
    talk.say("server", with_length(BODY)[:200])
    talk.next["server"] += 200
    talk.say("server", BODY[:30])
    talk.say("client", GET.replace(b"/a", b"/again"))
    talk.say("server", with_length(b"whole"))
    stream, = streams(talk.frames)
    assert len(stream.gaps) == 1
    told = [(one.status or one.target, one.body[:6], one.complete) for one in stream.messages]
    assert told == [("/a", b"", True), (200, b"012345", False), ("/again", b"", True),
                    (200, b"whole", True)]


def test_what_is_no_http_any_more() -> None:
    asked = (b"GET /w HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
             b"\x81\x05")
    said = answer(b"\x81\x05hello", b"Upgrade: websocket", b"Connection: Upgrade",
                  first=b"HTTP/1.1 101 Switching Protocols")
    assert [one.status for one in exchange(asked, said).messages] == [0, 101]
    tunnel = exchange(b"CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n\x16\x03\x01",
                      answer(b"\x16\x03\x03"))
    assert [one.status for one in tunnel.messages] == [0, 200]


def test_a_capture_that_begins_with_the_answer() -> None:
    talk = Talk(handshake=False)
    talk.say("server", with_length(b"late"))
    talk.say("client", GET)
    stream, = streams(talk.frames)
    assert str(stream.client) == "10.0.0.2:80"  # nobody sent a SYN: who spoke first
    assert sorted((one.status, one.side) for one in stream.messages) == [
        (0, "server"), (200, "client")]


def test_what_h11_refuses_is_told() -> None:
    found = exchange(b"GET / HTTP/1.1\r\nbad header\r\n\r\n", with_length(b"x")).messages
    assert found[0].problem and found[1].body == b"x"


@given(st.binary(max_size=300), st.integers(0, 90))
def test_damaged_http_raises_nothing(noise: bytes, at: int) -> None:
    octets = chunked(BODY, 50)
    for one in exchange(GET, octets[:at] + noise + octets[at:], 400).messages:
        assert repr(one) and one.to_dict() and len(one.content()) < 2000


def question(number: int, name: bytes) -> bytes:
    return (struct.pack("!6H", number, 0x100, 1, 0, 0, 0) + bytes([len(name)]) + name + b"\0"
            + struct.pack("!2H", 1, 1))


def test_dns_over_tcp_and_udp() -> None:
    talk = Talk(server=("10.0.0.2", 53))
    both = b"".join(struct.pack("!H", len(one)) + one
                    for one in (question(1, b"one"), question(2, b"two")))
    talk.say("client", both[:7])
    talk.say("client", both[7:])
    stream, = streams(talk.frames)
    assert [one.dns.questions[0].name for one in stream.messages] == ["one.", "two."]
    stream, = streams([udp(("10.0.0.1", 9), ("10.0.0.2", 53), question(3, b"three"))])
    message, = stream.messages
    assert message.dns.id == 3 and message.side == "client" and message.to_dict()["kind"] == "dns"


def test_tls() -> None:
    name = b"example.org"
    server_name = struct.pack("!HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    hello = (b"\x03\x03" + bytes(32) + b"\0" + b"\0\x02\x13\x01" + b"\x01\0"
             + struct.pack("!H", len(server_name)) + server_name)
    message = b"\x01" + len(hello).to_bytes(3, "big") + hello
    record = b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message
    talk = Talk(server=("10.0.0.2", 443))
    for at in range(0, len(record), 20):
        talk.say("client", record[at:at + 20])
    stream, = streams(talk.frames)
    assert stream.tls is not None and stream.tls.server_name == "example.org"
    assert stream.tls.server is None and stream.tls.to_dict()["ja4"].startswith("t12d")
    assert exchange(GET, with_length(b"")).tls is None and stream.messages == []
