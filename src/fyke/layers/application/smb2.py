"""SMB 2 and 3 over TCP ([MS-SMB2] §2.2.1): headers of messages.

tcpdump has no text for it: found where values are asked, printed with -T smb2. What is encrypted or
compressed has a header of its own, and no more.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import Listed, Made, Options
from fyke.layers.summary import Summarised
from fyke.wire import Record, Truncated

LENGTH = 4  # the length of a message in front of it (RFC 1002 §4.3.1)
HEADER_LENGTH = 64
PLAIN, ENCRYPTED, COMPRESSED = b"\xfeSMB", b"\xfdSMB", b"\xfcSMB"
KINDS = {PLAIN: "smb2", ENCRYPTED: "encrypted", COMPRESSED: "compressed"}
ENCRYPTED_HEADER = 52
COMMANDS = {0: "negotiate", 1: "session_setup", 2: "logoff", 3: "tree_connect",
            4: "tree_disconnect", 5: "create", 6: "close", 7: "flush", 8: "read", 9: "write",
            10: "lock", 11: "ioctl", 12: "cancel", 13: "echo", 14: "query_directory",
            15: "change_notify", 16: "query_info", 17: "set_info", 18: "oplock_break",
            19: "server_to_client_notification"}
IS_RESPONSE, IS_ASYNC, IS_RELATED, IS_SIGNED, IS_DFS = 1, 2, 4, 8, 0x10000000


class Message(NamedTuple):
    """A message's header."""

    command: int
    name: str
    credit_charge: int
    status: int | None  #: NTSTATUS of a response
    credits: int
    flags: int
    message_id: int
    async_id: int | None
    process_id: int | None
    tree_id: int | None
    session_id: int
    signature: str  #: hexadecimal


def messages_of(smb: Smb2) -> Options:
    """Every header of the segment, those of compounds too."""
    found = Options()
    at, stop = smb.off, min(smb.off + smb.size, smb.pkt.end)
    try:
        while at < stop and len(found) < MOST:
            end = at + LENGTH + smb.pkt.u24(at + 1)
            if smb.pkt.u8(at) or smb.pkt.raw(at + LENGTH, 4) not in KINDS:
                raise Truncated
            if smb.pkt.raw(at + LENGTH, 4) == PLAIN:
                compound(smb.pkt, at + LENGTH, min(end, stop), found)
            at = end
        found.cut = at > stop
    except Truncated:
        found.cut = True
    return found


def compound(pkt: Record, at: int, stop: int, found: Options) -> None:
    """The headers of one message and of those chained to it ([MS-SMB2] §3.2.4.1.4)."""
    while at < stop and len(found) < MOST:
        found.append(message(pkt, at))
        following = pkt.le32(at + 20)
        if following < HEADER_LENGTH:
            return
        at += following


def message(pkt: Record, at: int) -> Message:
    if pkt.raw(at, 4) != PLAIN or pkt.le16(at + 4) != HEADER_LENGTH:
        raise Truncated
    flags = pkt.le32(at + 16)
    command = pkt.le16(at + 12)
    later = bool(flags & IS_ASYNC)
    return Message(
        command, COMMANDS.get(command, f"unknown_{command}"), pkt.le16(at + 6),
        pkt.le32(at + 8) if flags & IS_RESPONSE else None, pkt.le16(at + 14), flags,
        pkt.le64(at + 24), pkt.le64(at + 32) if later else None,
        None if later else pkt.le32(at + 32), None if later else pkt.le32(at + 36),
        pkt.le64(at + 40), pkt.raw(at + 48, 16).hex())


def first(field: str) -> Callable[[Smb2], Any]:
    """Reads something of the first header."""
    def read(smb: Smb2) -> Any:
        messages = messages_of(smb)
        return getattr(messages[0], field) if messages else None
    return read


def is_response(smb: Smb2) -> bool | None:
    flags = first("flags")(smb)
    return None if flags is None else bool(flags & IS_RESPONSE)


def encrypted_session(smb: Smb2) -> int | None:
    if smb.pkt.raw(smb.off + LENGTH, 4) != ENCRYPTED:
        return None
    return smb.pkt.le64(smb.off + LENGTH + 44)


class Smb2(Summarised):
    """The messages that begin in the segment; the fields are those of the first."""

    __slots__ = ()

    name = "smb2"
    tag = b"smb2"
    title = b"SMB2"
    told = ("kind", "command", "is_response", "status", "message_id")

    length = Made("u24", lambda smb: smb.pkt.u24(smb.off + 1), "of the first message",
                  unit="bytes")
    kind = Made("text", lambda smb: KINDS.get(smb.pkt.raw(smb.off + LENGTH, 4)),
                "smb2, encrypted or compressed")
    command = Made("u16", first("command"), names=COMMANDS)
    is_response = Made("bool", is_response)
    status = Made("u32", first("status"), "NTSTATUS of a response")
    credit_charge = Made("u16", first("credit_charge"))
    credits = Made("u16", first("credits"), "asked for or granted")
    flags = Made("u32", first("flags"), "1 response, 2 async, 4 related, 8 signed")
    message_id = Made("u64", first("message_id"))
    async_id = Made("u64", first("async_id"))
    process_id = Made("u32", first("process_id"))
    tree_id = Made("u32", first("tree_id"))
    session_id = Made("u64", first("session_id"))
    signature = Made("text", first("signature"), "hexadecimal")
    encrypted_session_id = Made("u64", encrypted_session, "of what is encrypted")
    messages = Listed(messages_of, "every header that is in the segment")

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        return size > LENGTH + 4 and pkt.raw(at + LENGTH, 4) in KINDS

    def parse(self, pkt: Record, off: int) -> None:
        header = HEADER_LENGTH if pkt.raw(off + LENGTH, 4) == PLAIN else ENCRYPTED_HEADER
        if self.kind == "compressed":
            header = 16
        if self.size < LENGTH + header:
            raise Truncated
        pkt.raw(off + LENGTH, header)
