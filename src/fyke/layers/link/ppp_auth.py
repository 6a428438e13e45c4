"""Authentication in PPP: PAP (RFC 1334 §2) and CHAP (RFC 1994); tcpdump: print-ppp.c."""

from __future__ import annotations

from fyke.layers.cursor import text
from fyke.layers.fields import U8, U16, Made
from fyke.layers.layer import Layer
from fyke.layers.words import as_text
from fyke.wire import Line

HEADER_LENGTH = 4  # code, identifier, length
PAP_NAMES = {1: b"Auth-Req", 2: b"Auth-ACK", 3: b"Auth-NACK"}
CHAP_NAMES = {1: b"Challenge", 2: b"Response", 3: b"Success", 4: b"Fail"}
REQUEST = 1  # PAP's
WITH_VALUE = (1, 2)  # CHAP's challenge and response


def counted(layer: Layer, number: int) -> str | None:
    """The text after the header that ``number`` others precede, each with its length in front."""
    at = layer.off + HEADER_LENGTH
    stop = layer.off + min(layer.pkt.u16(layer.off + 2), layer.size)
    while True:
        if at >= stop or layer.pkt.u8(at) > stop - at - 1:
            return None
        size = layer.pkt.u8(at)
        if number == 0:
            return text(layer.pkt, at + 1, size)
        at += 1 + size
        number -= 1


def peer_of(pap: Pap) -> str | None:
    return counted(pap, 0) if pap.code == REQUEST else None


def password_of(pap: Pap) -> str | None:
    return counted(pap, 1) if pap.code == REQUEST else None


def message_of(pap: Pap) -> str | None:
    return counted(pap, 0) if pap.code in PAP_NAMES and pap.code != REQUEST else None


class Pap(Layer):
    """A name and a password, or the answer to them."""

    __slots__ = ()

    name = "pap"
    tag = b"ppp"

    code = U8(0, "request or answer", names=as_text(PAP_NAMES))
    id = U8(1, "which request is answered")
    length = U16(2, "header and data", unit="bytes")
    peer_id = Made("text", peer_of, "the name")
    password = Made("text", password_of, "the password, as it is sent: in the clear")
    message = Made("text", message_of, "what the answer says")

    def write(self, line: Line) -> None:
        pkt = self.pkt
        at = self.off
        length = self.size
        if length < HEADER_LENGTH:
            line.put(b"[|pap 0x%02x]" % pkt.u8(at) if length > 0 else b"[|pap]")
            return
        code = pkt.u8(at)
        line.put(b"PAP, %s (0x%02x)" % (PAP_NAMES.get(code, b"unknown"), code))
        line.put(b", id %d" % pkt.u8(at + 1))
        size = pkt.u16(at + 2)
        if size > length:
            line.put(b", length %d > packet size" % size)
            return
        if size < HEADER_LENGTH:
            line.put(b", length %d < PAP header length" % size)
            return
        texts = {1: (b", Peer ", b", Name "), 2: (b", Msg ",), 3: (b", Msg ",)}.get(code, ())
        if texts and size < HEADER_LENGTH + len(texts):
            line.put(b"[|pap]")
            return
        stop = at + size
        at += HEADER_LENGTH
        for word in texts:
            if at >= stop or stop - at - 1 < pkt.u8(at):
                return
            line.put(word)
            line.escaped(pkt, at + 1, pkt.u8(at))
            at += 1 + pkt.u8(at)


def value_of(chap: Chap) -> bytes | None:
    """The challenge, or the hash that answers it."""
    return chap.pkt.raw(chap.off + 5, chap.pkt.u8(chap.off + 4)) if (
        chap.code in WITH_VALUE and chap.fits()) else None


def name_of(chap: Chap) -> str | None:
    """Who sends it."""
    if chap.code not in WITH_VALUE or not chap.fits():
        return None
    at = chap.off + 5 + chap.pkt.u8(chap.off + 4)
    return text(chap.pkt, at, max(chap.off + min(chap.length, chap.size) - at, 0))


def reason_of(chap: Chap) -> str | None:
    if chap.code not in CHAP_NAMES or chap.code in WITH_VALUE:
        return None
    return text(chap.pkt, chap.off + HEADER_LENGTH,
                max(min(chap.length, chap.size) - HEADER_LENGTH, 0))


class Chap(Layer):
    """A challenge, the response to it, or what came of it."""

    __slots__ = ()

    name = "chap"
    tag = b"ppp"

    code = U8(0, "challenge, response, success or failure", names=as_text(CHAP_NAMES))
    id = U8(1, "which challenge is answered")
    length = U16(2, "header and data", unit="bytes")
    value = Made("bytes", value_of, "the challenge, or the hash that answers it")
    peer_name = Made("text", name_of, "who sends it")
    message = Made("text", reason_of, "what success or failure says")

    def fits(self) -> bool:
        """Whether there is room for the value."""
        return self.size >= 5 and self.pkt.u8(self.off + HEADER_LENGTH) <= self.size - 5

    def write(self, line: Line) -> None:
        pkt = self.pkt
        at = self.off
        length = self.size
        if length < HEADER_LENGTH:
            line.put(b"[|chap 0x%02x]" % pkt.u8(at) if length > 0 else b"[|chap]")
            return
        code = pkt.u8(at)
        line.put(b"CHAP, %s (0x%02x)" % (CHAP_NAMES.get(code, b"unknown"), code))
        line.put(b", id %d" % pkt.u8(at + 1))
        stop = at + pkt.u16(at + 2)
        here = at + HEADER_LENGTH
        if code in WITH_VALUE:
            if not self.fits():
                return
            size = pkt.u8(here)
            line.put(b", Value ")
            for i in range(size):
                line.put(b"%02x" % pkt.u8(here + 1 + i))
            here += 1 + size
            line.put(b", Name ")
            line.escaped(pkt, here, max(stop - here, 0))
        elif code in CHAP_NAMES:
            line.put(b", Msg ")
            line.escaped(pkt, here, max(stop - here, 0))
