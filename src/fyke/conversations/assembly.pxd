cimport cython
from fyke.conversations.segments cimport Half, Segment
from fyke.inline cimport Record
from fyke.layers.layer cimport Layer
from fyke.layers.network.ip cimport IP
from fyke.layers.tables cimport Table
from fyke.layers.transport.tcp cimport Tcp
from fyke.layers.transport.udp cimport Udp
from fyke.source cimport Source

cdef long long CONVERSATION_COST, LINGER, EVERYTHING
cdef Py_ssize_t TURN
cdef int MAX_LAYERS, HEADER_LENGTH
cdef frozenset TUNNELS, QUOTING
cdef int FIN, SYN, RST, ACK
cdef long long WORD

@cython.final
cdef class Conversation:
    cdef readonly str protocol
    cdef readonly long long number, start, end, opening, held, part
    cdef readonly bytes key
    cdef readonly Half first, second
    cdef public list segments
    cdef readonly bint handed, over, reset, listed
    cdef Conversation older, newer

@cython.final
cdef class Assembler:
    cdef object make
    cdef public long long memory, idle
    cdef readonly long long keep, only, tcp, udp, opened, crowded, number, now, used
    cdef readonly bint last
    cdef readonly str protocol
    cdef readonly Conversation wanted
    cdef readonly Record record
    cdef Table links
    cdef Layer first
    cdef int first_type
    cdef dict tunnels, tcps, udps
    cdef Conversation oldest, newest
    cdef object lingering
    cdef public list ready
    cdef readonly frozenset watch
    cdef readonly list watched
    @cython.locals(record=Record, budget=Py_ssize_t)
    cpdef bint run(self, Source source) except -1
    @cython.locals(layer=Layer, depth=int)
    cpdef void take(self, Record pkt) except *
    cdef int begin(self, int link_type) except -1
    cdef bint tunnel(self, object kind) except -1
    @cython.locals(ip=IP, below=Layer)
    cdef bytes key_of(self, Record pkt, Layer layer)
    @cython.locals(key=bytes, header=Py_ssize_t, off=Py_ssize_t, seq="long long", flags=int,
                   half=Half, other=Half, old=Conversation, one=Conversation, before="long long",
                   ack="long long", cost="long long")
    cdef void take_tcp(self, Record pkt, Tcp layer) except *
    @cython.locals(key=bytes, half=Half, one=Conversation, before="long long")
    cdef void take_udp(self, Record pkt, Udp layer) except *
    cdef int meet(self, Conversation one, Half half, Record pkt) except -1
    @cython.locals(number="long long", halves=dict, keep="long long", wanted=bint, answer=bint,
                   segments=list, half=Half, other=Half, one=Conversation, back=bytes)
    cdef Half open(self, Record pkt, str protocol, bytes key, int flags)
    cdef int link(self, Conversation one) except -1
    cdef void unlink(self, Conversation one) except *
    @cython.locals(first=Half, second=Half)
    cdef int close(self, Conversation one, int flags) except -1
    @cython.locals(one=Conversation, oldest=Conversation)
    cpdef int expire(self) except -1
    cpdef int pass_to(self, long long now) except -1
    @cython.locals(newest=Conversation, oldest=Conversation)
    cdef int make_room(self) except -1
    @cython.locals(segments=list)
    cpdef int hand(self, Conversation one, str why) except -1
    @cython.locals(halves=dict, half=Half, key=bytes)
    cpdef void leave(self, Conversation one, str why) except *
    @cython.locals(size=Py_ssize_t)
    cdef bytes turned(self, bytes key)
    @cython.locals(one=Conversation)
    cpdef list rest(self)
