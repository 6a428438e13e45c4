cimport cython
from fyke.conversations.flow cimport Flow, Side
from fyke.conversations.fragments cimport Datagram, Datagrams
from fyke.conversations.header cimport Header
from fyke.conversations.names cimport Names
from fyke.inline cimport Record
from fyke.source cimport Sink

ctypedef unsigned long long word_t
ctypedef unsigned int u32_t

cdef int INITIALS, LOOKS, MAX_OPTIONS, REUSED, ACTIVE, IDLE, MEMORY, AT_END, BY_FIRST, BY_PORT
cdef word_t MIX, WORD
cdef Py_ssize_t FIRST_BUCKETS


cdef class FlowTable(Sink):
    cdef readonly Py_ssize_t capacity, count
    cdef readonly long long active, idle, packets, octets, other, malformed, loose, evicted, flows
    cdef readonly long long now
    cdef readonly Datagrams datagrams
    cdef readonly Names names
    cdef public list ended
    cdef list buckets, slots, free
    cdef Py_ssize_t newest, oldest
    cdef word_t seed, mask
    cdef bint quic
    cdef Header header
    cpdef void add(self, Record packet) except *
    @cython.locals(depth=int, whole=Record, flow=Flow, datagram=Datagram)
    cdef void fragment(self, Record packet, Header header) except *
    cdef int count_in(self, Record packet, Header header, Py_ssize_t octets) except -1
    @cython.locals(size=Py_ssize_t, sport=u32_t, dport=u32_t, at=Py_ssize_t, proto=int,
                   length=Py_ssize_t, flags=u32_t, seq=u32_t, a_sends=bint, flow=Flow, side=Side)
    cdef Flow transport(self, Record packet, Header header, Py_ssize_t octets)
    @cython.locals(a_sends=bint, flow=Flow, after=Flow, ports=word_t, a_high=word_t,
                   a_low=word_t, b_high=word_t, b_low=word_t)
    cdef Flow find(self, Header header, u32_t sport, u32_t dport, u32_t flags, u32_t seq,
                   long long time)
    @cython.locals(flow=Flow, ports=word_t)
    cdef Flow make(self, Header header, bint a_sends, u32_t sport, u32_t dport, long long time)
    @cython.locals(bucket=Py_ssize_t)
    cdef int insert(self, Flow flow) except -1
    @cython.locals(flow=Flow, bucket=Py_ssize_t, size=Py_ssize_t)
    cdef int grow(self) except -1
    @cython.locals(after=Flow, bucket=Py_ssize_t)
    cdef int remove(self, Flow flow, int why) except -1
    @cython.locals(other=Flow)
    cdef int unlink(self, Flow flow) except -1
    @cython.locals(other=Flow)
    cdef int link(self, Flow flow) except -1
    @cython.locals(flow=Flow)
    cdef void expire(self) except *
    @cython.locals(h=word_t)
    cdef Py_ssize_t bucket_of(self, word_t a_high, word_t a_low, word_t b_high, word_t b_low,
                              word_t ports) noexcept
    @cython.locals(at=Py_ssize_t, kind=u32_t, size=u32_t, turn=int)
    cdef void options(self, Record packet, Side side, Py_ssize_t at, Py_ssize_t end) except *
    cdef void look(self, Record packet, Flow flow, Py_ssize_t at, Py_ssize_t end, u32_t proto,
                  bint from_client, u32_t seq) except *
    cdef void hear(self, Record packet, Flow flow, Py_ssize_t at, Py_ssize_t end, u32_t seq) except *
    cdef void hear_quic(self, Record packet, Flow flow, Py_ssize_t at, Py_ssize_t end) except *
