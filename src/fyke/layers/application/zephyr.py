"""Zephyr notices (web.mit.edu/zephyr/doc/protocol); tcpdump: print-zephyr.c."""

from __future__ import annotations

from fyke.layers.fields import Made, text_of
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, named
from fyke.wire import Line

SERVER_ACK = 5
KIND_NAMES = {0: b"unsafe", 1: b"unacked", 2: b"acked", 3: b"hm-ack", 4: b"hm-ctl",
              SERVER_ACK: b"serv-ack", 6: b"serv-nak", 7: b"client-ack", 8: b"stat"}
FIELDS = ("version", "count", "kind", "uid", "port", "auth", "auth_length", "auth_data", "group",
          "instance", "opcode", "sender", "recipient", "format", "checksum", "multi", "multi_uid")
EXPOSURES = (b"NONE", b"OPSTAFF", b"REALM-VISIBLE", b"REALM-ANNOUNCED", b"NET-VISIBLE",
             b"NET-ANNOUNCED")
REALM_WORDS = {b"ADD_SUBSCRIBE": b"add-subs", b"REQ_SUBSCRIBE": b"req-subs",
               b"RLM_SUBSCRIBE": b"rlm-sub", b"RLM_UNSUBSCRIBE": b"rlm-unsub"}
CLIENT_WORDS = {b"GIMME": b"ret", b"GIMMEDEFS": b"gimme-defs", b"CLEARSUB": b"clear-subs"}
MAX_TEXTS = 64  # fields that are looked at


class Zephyr(Layer):
    """Fields of text, each ended by a zero octet: class, instance, recipient and so on."""

    __slots__ = ()

    name = "zephyr"
    tag = b"zephyr"

    texts = Made("list", lambda zephyr: [text_of(one) for one in zephyr.parts()],
                 "fields: class, instance, recipient and so on")

    def parts(self) -> list[bytes]:
        """The fields that are there, in the order of FIELDS and then others."""
        have = max(0, min(self.size, self.pkt.end - self.off))
        return self.pkt.raw(self.off, have).split(b"\0", MAX_TEXTS)[:-1][:MAX_TEXTS]

    def write(self, line: Line) -> None:
        texts = self.parts()
        if len(texts) < len(FIELDS) and self.size > self.have and (
                not texts or texts[0].startswith(b"ZEPH")):
            self.pkt.raw(self.off, self.size)  # which says that the capture ends here
        if not texts:
            line.put(INVALID)
            return
        if not texts[0].startswith(b"ZEPH"):
            return
        if len(texts) < len(FIELDS):
            line.put(INVALID)
            return
        field = dict(zip(FIELDS, texts, strict=False))
        line.put(b" zephyr")
        version = field["version"][4:]
        if not version.startswith(b"0.2"):
            line.put(b" v")
            line.escape(version)
            return
        self.write_notice(line, field, texts[len(FIELDS):])

    def write_notice(self, line: Line, field: dict[str, bytes], more: list[bytes]) -> None:
        kind = number(field["kind"])
        line.put(b" " + named(KIND_NAMES, kind, b"type %d"))
        if kind == SERVER_ACK:
            if more and more[0] != b"SENT":
                line.char(47)
                line.escape(more[0].lower())
            more = more[1:]
        if field["sender"]:
            line.char(32)
            line.escape(field["sender"])
        line.escape(describe(field, kind, more))


def number(text: bytes) -> int:
    """A hexadecimal number as C's strtol reads it."""
    try:
        return int(text.strip() or b"0", 16)
    except ValueError:
        return 0


def triple(group: bytes, instance: bytes, recipient: bytes) -> bytes:
    return b"<%s,%s,%s>" % (group, instance, recipient or b"*")


def describe(field: dict[str, bytes], kind: int, more: list[bytes]) -> bytes:
    """What the notice is about; not yet escaped."""
    group, instance, opcode = field["group"], field["instance"], field["opcode"]
    if group == b"USER_LOCATE":
        known = {b"USER_HIDE": b" hide", b"USER_UNHIDE": b" unhide"}
        return known.get(opcode, b" locate " + instance)
    if group == b"ZEPHYR_ADMIN":
        return b" zephyr-admin " + opcode.lower()
    if group == b"ZEPHYR_CTL" and instance in (b"CLIENT", b"HM", b"REALM"):
        return describe_control(instance, opcode, kind, more)
    if group in (b"HM_CTL", b"WG_CTL"):
        return b" %s %s %s" % (group.lower(), instance.lower(), opcode.lower())
    if group == b"HM_STAT" and (instance, opcode) == (b"HMST_CLIENT", b"GIMMESTATS"):
        return b" get-client-stats"
    if group == b"LOGIN" and opcode == b"USER_FLUSH":
        return b" flush_locs"
    if group == b"LOGIN" and opcode in EXPOSURES:
        return b" set-exposure " + opcode.lower()
    text = b" to " + triple(group, instance, field["recipient"])
    return text + b" op " + opcode if opcode else text


def describe_control(instance: bytes, opcode: bytes, kind: int, more: list[bytes]) -> bytes:
    """Subscriptions, and what host managers and realms say to each other."""
    if instance == b"REALM":
        return b" realm " + REALM_WORDS[opcode] if opcode in REALM_WORDS else b""
    if instance == b"HM":
        return b" " + opcode.lower()
    if opcode in CLIENT_WORDS:
        return b" " + CLIENT_WORDS[opcode]
    if opcode not in (b"SUBSCRIBE", b"SUBSCRIBE_NODEFS", b"UNSUBSCRIBE"):
        return b" " + opcode.lower()
    text = b" %ssub%s" % (b"" if opcode == b"SUBSCRIBE" else b"un",
                          b"-nodefs" if opcode == b"SUBSCRIBE_NODEFS" else b"")
    if kind != SERVER_ACK and len(more) >= 3:
        text += b" " + triple(*more[:3])
    return text
