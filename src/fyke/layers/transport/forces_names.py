"""Numbers of ForCES and their names (RFC 5810 §6, §7, appendix A), in tcpdump's words."""

from __future__ import annotations

from fyke.hints import NamedTuple

ACK_NAMES = {0: b"NoACK", 1: b"SuccessACK", 2: b"FailureACK", 3: b"AlwaysACK"}
MODE_NAMES = {0: b"EMReserved", 1: b"execute-all-or-none", 2: b"execute-until-failure",
              3: b"continue-execute-on-failure"}
TRANSACTION_NAMES = {0: b"Standalone", 1: b"2PCtransaction"}
PHASE_NAMES = {0: b"StartofTransaction", 1: b"MiddleofTransaction", 2: b"EndofTransaction",
               3: b"abort"}
#: First identifier, last, and whose they are (§6.1).
NODES = (
    (0x00000000, 0x3FFFFFFF, b"FE"), (0x40000000, 0x7FFFFFFF, b"CE"),
    (0xC0000000, 0xFFFFFFEF, b"AllMulticast"), (0xFFFFFFFD, 0xFFFFFFFD, b"AllCEsBroadcast"),
    (0xFFFFFFFE, 0xFFFFFFFE, b"AllFEsBroadcast"), (0xFFFFFFFF, 0xFFFFFFFF, b"AllBroadcast"),
)

REDIRECT, RESULT, REASON, SELECT = 0x0001, 0x0010, 0x0011, 0x1000
PATH_DATA, KEY_INFO, FULL_DATA, SPARSE_DATA, OUTCOME = 0x0110, 0x0111, 0x0112, 0x0113, 0x0114
META_DATA, REDIRECT_DATA = 0x0115, 0x0116
TLV_NAMES = {
    0: b"Invalid TLV", REDIRECT: b"REDIRECT TLV", RESULT: b"ASResult TLV",
    REASON: b"ASTreason TLV", SELECT: b"LFBselect TLV", PATH_DATA: b"PATH-DATA TLV",
    KEY_INFO: b"KEYINFO TLV", FULL_DATA: b"FULLDATA TLV", SPARSE_DATA: b"SPARSEDATA TLV",
    OUTCOME: b"RESULT TLV", META_DATA: b"METADATA TLV", REDIRECT_DATA: b"REDIRECTDATA TLV",
}

#: Operations on a logical functional block (appendix A.2).
(SET, SET_PROPERTY, SET_RESPONSE, SET_PROPERTY_RESPONSE, DELETE, DELETE_RESPONSE, GET,
 GET_PROPERTY, GET_RESPONSE, GET_PROPERTY_RESPONSE, REPORT, COMMIT, COMMIT_RESPONSE,
 COMPLETE) = range(1, 15)
FIRST_PRIVATE = 0x8000  # vendors' operations
#: What the path of an operation may lead to, and what flags in the path ask for.
FULL, SPARSE, STATUS, KEYED, APPENDED, RANGED = 1, 2, 4, 8, 16, 32
#: Operation: name, and the data that it carries.
OPERATIONS: dict[int, tuple[bytes, int]] = {
    SET: (b" Set", FULL | SPARSE), SET_PROPERTY: (b" SetProp", FULL | SPARSE),
    SET_RESPONSE: (b" SetResp", STATUS), SET_PROPERTY_RESPONSE: (b" SetPropResp", STATUS),
    DELETE: (b" Del", 0), DELETE_RESPONSE: (b" DelResp", STATUS), GET: (b" Get", 0),
    GET_PROPERTY: (b" GetProp", 0), GET_RESPONSE: (b" GetResp", FULL | SPARSE | STATUS),
    GET_PROPERTY_RESPONSE: (b" GetPropResp", FULL | STATUS), REPORT: (b" Report", FULL | SPARSE),
    COMMIT: (b" Commit", 0), COMMIT_RESPONSE: (b" RCommit", STATUS), COMPLETE: (b" RTRCOMP", 0),
}
EMPTY = (COMMIT, COMPLETE)
NO_OPERATION = (b"Invalid OPTLV", 0)
#: Data in a path: what announces it, and the kind that the operation must allow.
DATA_NAMES: dict[int, tuple[bytes, int]] = {
    PATH_DATA: (b"Inner PATH-DATA TLV", 0), KEY_INFO: (b"KEYINFO TLV", 0),
    FULL_DATA: (b"FULLDATA TLV", FULL), SPARSE_DATA: (b"SPARSEDATA TLV", SPARSE),
    OUTCOME: (b"RESULT TLV", STATUS),
}


class Message(NamedTuple):
    """A type of message: its name, how many top level TLVs, what is in them."""

    name: bytes
    most: int  #: top level TLVs; 0 for none at all
    least: int
    content: int  #: the kind of TLV that is looked for
    operations: frozenset[int] = frozenset()  #: that may be asked for

    @property
    def flags(self) -> int:
        """As tcpdump packs the numbers of TLVs."""
        if not self.most:
            return 1
        return self.most << 4 | (4 if self.least else 2)


MANY = 15
MESSAGES = {
    0x01: Message(b"Association Setup", 2, 0, SELECT, frozenset({REPORT})),
    0x02: Message(b"Association TearDown", 1, 1, REASON),
    0x03: Message(b"Config", MANY, 1, SELECT,
                  frozenset({SET, SET_PROPERTY, DELETE, COMMIT, COMPLETE})),
    0x04: Message(b"Query", MANY, 1, SELECT, frozenset({GET, GET_PROPERTY})),
    0x05: Message(b"Event Notification", 1, 1, SELECT, frozenset({REPORT})),
    0x06: Message(b"Packet Redirect", MANY, 1, REDIRECT),
    0x0F: Message(b"HeartBeat", 0, 0, 0),
    0x11: Message(b"Association Response", 1, 1, RESULT),
    0x13: Message(b"Config Response", MANY, 1, SELECT, frozenset(
        {SET_RESPONSE, SET_PROPERTY_RESPONSE, DELETE_RESPONSE, COMMIT_RESPONSE})),
    0x14: Message(b"Query Response", MANY, 1, SELECT,
                  frozenset({GET_RESPONSE, GET_PROPERTY_RESPONSE})),
}
UNASSIGNED = 0x12  # between the others, and so not called invalid

BLOCK_NAMES = {0: b"Invalid TLV", 1: b"FEObj LFB", 2: b"FEProtoObj LFB"}
RESULT_NAMES = {
    0x00: b"SUCCESS", 0x01: b"INVALID HEADER", 0x02: b"LENGTH MISMATCH",
    0x03: b"VERSION MISMATCH", 0x04: b"INVALID DESTINATION PID", 0x05: b"LFB UNKNOWN",
    0x06: b"LFB NOT FOUND", 0x07: b"LFB INSTANCE ID NOT FOUND", 0x08: b"INVALID PATH",
    0x09: b"COMPONENT DOES NOT EXIST", 0x0A: b"EXISTS ALREADY", 0x0B: b"NOT FOUND",
    0x0C: b"READ ONLY", 0x0D: b"INVALID ARRAY CREATION", 0x0E: b"VALUE OUT OF RANGE",
    0x0F: b"CONTENTS TOO LONG", 0x10: b"INVALID PARAMETERS", 0x11: b"INVALID MESSAGE TYPE",
    0x12: b"INVALID FLAGS", 0x13: b"INVALID TLV", 0x14: b"EVENT ERROR", 0x15: b"NOT SUPPORTED",
    0x16: b"MEMORY ERROR", 0x17: b"INTERNAL ERROR", 0xFF: b"UNSPECIFIED ERROR",
}
TEARDOWN_NAMES = {0: b"Normal Teardown", 1: b"Loss of Heartbeats", 2: b"Out of bandwidth",
                  3: b"Out of Memory", 4: b"Application Crash"}
ASSOCIATION_NAMES = {0: b"Success ", 1: b"FE ID invalid ", 2: b"permission denied "}


def node(identifier: int) -> bytes:
    """Who has this identifier: a forwarding element, a control element, many of them."""
    for first, last, name in NODES:
        if first <= identifier <= last:
            return name
    return b"ForCESreserved"
