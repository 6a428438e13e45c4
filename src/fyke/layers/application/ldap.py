"""Lightweight Directory Access Protocol, also over UDP (RFC 4511; [MS-ADTS] §7.3.3).

tcpdump has no text for it: found where values are asked, printed with -T ldap.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.ber import (
    APPLICATION,
    CONTEXT,
    UNIVERSAL,
    BerError,
    Element,
    content,
    elements,
    read_element,
)
from fyke.layers.cursor import MOST
from fyke.layers.fields import Listed, Made, Options
from fyke.layers.summary import Summarised
from fyke.wire import Record, Truncated

SEQUENCE, INTEGER = 0x10, 2
MOST_ID = 4  # octets of a message's number: 31 bits
BIND, SEARCH, EXTENDED = 0, 3, 23
OPERATIONS = {
    0: "bind_request", 1: "bind_response", 2: "unbind_request", 3: "search_request",
    4: "search_result_entry", 5: "search_result_done", 6: "modify_request",
    7: "modify_response", 8: "add_request", 9: "add_response", 10: "delete_request",
    11: "delete_response", 12: "modify_dn_request", 13: "modify_dn_response",
    14: "compare_request", 15: "compare_response", 16: "abandon_request",
    19: "search_result_reference", 23: "extended_request", 24: "extended_response",
    25: "intermediate_response",
}
#: Operations that begin with a result (RFC 4511 §4.1.9), or with a name.
WITH_RESULT = (1, 5, 7, 9, 11, 13, 15, 24)
WITH_NAME = (4, 6, 8, 12, 14)
DELETE = 10  # is a name
RESULTS = {
    0: "success", 1: "operationsError", 2: "protocolError", 3: "timeLimitExceeded",
    4: "sizeLimitExceeded", 5: "compareFalse", 6: "compareTrue", 7: "authMethodNotSupported",
    8: "strongerAuthRequired", 10: "referral", 11: "adminLimitExceeded",
    12: "unavailableCriticalExtension", 13: "confidentialityRequired", 14: "saslBindInProgress",
    16: "noSuchAttribute", 17: "undefinedAttributeType", 18: "inappropriateMatching",
    19: "constraintViolation", 20: "attributeOrValueExists", 21: "invalidAttributeSyntax",
    32: "noSuchObject", 33: "aliasProblem", 34: "invalidDNSyntax",
    36: "aliasDereferencingProblem", 48: "inappropriateAuthentication", 49: "invalidCredentials",
    50: "insufficientAccessRights", 51: "busy", 52: "unavailable", 53: "unwillingToPerform",
    54: "loopDetect", 64: "namingViolation", 65: "objectClassViolation",
    66: "notAllowedOnNonLeaf", 67: "notAllowedOnRDN", 68: "entryAlreadyExists",
    69: "objectClassModsProhibited", 71: "affectsMultipleDSAs", 80: "other",
}
SCOPES = {0: "base", 1: "one", 2: "sub", 3: "children"}
AUTHENTICATIONS = {0: "simple", 3: "sasl"}


class Message(NamedTuple):
    """A message of the segment."""

    message_id: int
    operation: int
    name: str
    length: int  #: octets of all of it


class Found(NamedTuple):
    """Where a message's operation stands."""

    message: Message
    operation: Element


def read_message(pkt: Record, at: int, stop: int) -> Found:
    """The message at ``at``. Raises BerError for none, Truncated where the capture ends."""
    whole = read_element(pkt, at, stop - at)
    if whole.tag_class != UNIVERSAL or whole.number != SEQUENCE:
        raise BerError(b"no sequence")
    end = whole.off + whole.length
    number = read_element(pkt, whole.off, end - whole.off)
    if number.tag_class or number.number != INTEGER or not 1 <= number.length <= MOST_ID:
        raise BerError(b"no message number")
    operation = read_element(pkt, number.off + number.length, end - number.off - number.length)
    if operation.tag_class != APPLICATION or operation.number not in OPERATIONS:
        raise BerError(b"no operation")
    ident = int.from_bytes(content(pkt, number), "big")
    return Found(Message(ident, operation.number, OPERATIONS[operation.number], whole.size),
                 operation)


def messages_of(ldap: Ldap) -> Options:
    """Every whole message of the segment."""
    found = Options()
    at, stop = ldap.off, ldap.off + ldap.size
    try:
        while at < stop and len(found) < MOST:
            one = read_message(ldap.pkt, at, stop)
            found.append(one.message)
            at += one.message.length
        found.cut = at > ldap.pkt.end
    except (BerError, Truncated):
        found.cut = True
    return found


def first(read: Callable[[Record, Message, list[Element]], Any]) -> Callable[[Ldap], Any]:
    """Reads something of the first message, from the elements of its operation."""
    def field(ldap: Ldap) -> Any:
        try:
            message, operation = read_message(ldap.pkt, ldap.off, ldap.off + ldap.size)
            if not operation.constructed:
                return read(ldap.pkt, message, [operation])
            parts: list[Element] = []
            for part in elements(ldap.pkt, operation.off, operation.off + operation.length, 8):
                parts.append(part)
            return read(ldap.pkt, message, parts)
        except BerError:
            return None
    return field


def text(pkt: Record, element: Element) -> str:
    return content(pkt, element).decode("utf-8", "backslashreplace")


def number(pkt: Record, element: Element) -> int:
    return int.from_bytes(content(pkt, element)[:8], "big")


def name_of_object(pkt: Record, message: Message, parts: list[Element]) -> str | None:
    """Whom the operation is about."""
    if message.operation == BIND and len(parts) > 1:
        return text(pkt, parts[1])
    if parts and message.operation in (SEARCH, DELETE, *WITH_NAME):
        return text(pkt, parts[0])
    return None


def of_result(part: int, read: Callable[[Record, Element], Any]) -> Callable[[Ldap], Any]:
    """Reads a part of a result: code, matched name, message."""
    return first(lambda pkt, message, parts: read(pkt, parts[part])
                 if message.operation in WITH_RESULT and len(parts) > part else None)


def of_search(part: int, read: Callable[[Record, Element], Any]) -> Callable[[Ldap], Any]:
    return first(lambda pkt, message, parts: read(pkt, parts[part])
                 if message.operation == SEARCH and len(parts) > part else None)


def way_of_bind(pkt: Record, message: Message, parts: list[Element]) -> str | None:
    if message.operation != BIND or len(parts) < 3 or parts[2].tag_class != CONTEXT:
        return None
    return AUTHENTICATIONS.get(parts[2].number)


def request_name(pkt: Record, message: Message, parts: list[Element]) -> str | None:
    """The object identifier of an extended request."""
    return text(pkt, parts[0]) if message.operation == EXTENDED and parts else None


def wanted(pkt: Record, element: Element) -> list[str]:
    return [text(pkt, one) for one in
            elements(pkt, element.off, element.off + element.length, MOST)]


class Ldap(Summarised):
    """The messages of one segment; the fields are those of the first."""

    __slots__ = ()

    name = "ldap"
    tag = b"ldap"
    title = b"LDAP"
    told = ("message_id", "operation", "object", "scope", "result")

    message_id = Made("u32", first(lambda pkt, message, parts: message.message_id),
                      "the same in request and answers")
    operation = Made("u8", first(lambda pkt, message, parts: message.operation),
                     names=OPERATIONS)
    object = Made("text", first(name_of_object), "distinguished name that it is about")
    version = Made("u8", first(lambda pkt, message, parts: number(pkt, parts[0])
                               if message.operation == BIND and parts else None), "of a bind")
    authentication = Made("text", first(way_of_bind), "of a bind: simple or sasl")
    scope = Made("u8", of_search(1, number), "of a search", names=SCOPES)
    attributes = Made("list", of_search(7, wanted), "that a search wants")
    result = Made("u8", of_result(0, number), "of an answer", names=RESULTS)
    matched = Made("text", of_result(1, text), "distinguished name that was found")
    diagnostic = Made("text", of_result(2, text), "what the server says of it")
    extension = Made("text", first(request_name), "object identifier of an extended request")
    messages = Listed(messages_of, "every whole message of the segment")

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        """A sequence that begins with a number and an operation, whole or not."""
        return begins(pkt, at, size) is not None

    def parse(self, pkt: Record, off: int) -> None:
        whole = begins(pkt, off, self.size)
        if whole is not None and whole > self.size:
            raise Truncated
        pkt.raw(off, min(self.size, whole or 2))


def begins(pkt: Record, at: int, size: int) -> int | None:
    """Octets of the message that begins at ``at``; None if none does."""
    if size < 7 or pkt.u8(at) != 0x30:
        return None
    head, length = 2, pkt.u8(at + 1)
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4:
            return None
        head += count
        length = int.from_bytes(pkt.raw(at + 2, count), "big")
    count = pkt.u8(at + head + 1)
    if pkt.u8(at + head) != INTEGER or not 1 <= count <= MOST_ID:
        return None
    tag = pkt.u8(at + head + 2 + count)
    if tag >> 6 != APPLICATION or tag & 0x1F not in OPERATIONS or length < count + 4:
        return None
    return head + length
