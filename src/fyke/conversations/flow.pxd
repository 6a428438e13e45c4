cimport cython

ctypedef unsigned long long word_t
ctypedef unsigned int u32_t

cdef int FIN, SYN, RST, ACK, BY_SYN, BY_SYN_ACK
cdef long long REORDERING, FAST
cdef u32_t WORD


@cython.final
@cython.no_gc
cdef class Side:
    cdef readonly long long packets, bytes, payload
    cdef int announced, scale
    cdef readonly u32_t retransmissions, out_of_order, duplicate_acks, zero_windows, lost_segments
    cdef readonly u32_t flags
    cdef u32_t base_seq, next_seq, contiguous, last_ack, window, repeated
    cdef long long next_time, ack_time
    cdef bint based, begun, acked, kept_alive, probed
    cdef Side heir(self)


@cython.final
@cython.no_gc
cdef class Flow:
    cdef word_t a_high, a_low, b_high, b_low, ports
    cdef Flow next
    cdef Py_ssize_t newer, older, slot
    cdef readonly Side a, b
    cdef readonly bint from_a, continued
    cdef readonly long long number, start, end, fragments, fragment_bytes
    cdef readonly int opening, tag, carrier, ending
    cdef int looks
    cdef public object name, recognised
    cdef object hello
    cdef long long syn_time, syn_ack_time, round_trip
    cdef u32_t expected
    cdef bint reused(self, bint a_sends, u32_t flags, u32_t seq) noexcept
    @cython.locals(fwd=Side, rev=Side)
    cdef int segment(self, bint a_sends, u32_t seq, u32_t ack, u32_t flags, u32_t window,
                     u32_t length, long long time) except -1
    cdef int shake_hands(self, bint a_sends, u32_t ack, u32_t flags, long long time) except -1
    @cython.locals(out=Flow)
    cdef Flow heir(self)
    @cython.locals(high=word_t, low=word_t)
    cpdef str address(self, bint of_a)
    @cython.locals(proto="unsigned int")
    cpdef object port(self, bint of_a)


cdef str ipv4_text(u32_t word)
cdef str ipv6_text(word_t high, word_t low)
cdef object by_ports(str protocol, object first, object second)

cdef inline bint before(u32_t a, u32_t b) noexcept:
    return <int>(a - b) < 0

cdef bint troubles(Side side) noexcept

@cython.locals(zero_probe=bint, quiet=bint, kept=bint, keep_alive=bint, end=u32_t)
cdef int analyse(Side fwd, Side rev, u32_t seq, u32_t ack, u32_t flags, u32_t window,
                 u32_t length, long long time, long long rtt) except -1
@cython.locals(end=u32_t)
cdef int judge(Side fwd, Side rev, u32_t seq, u32_t flags, u32_t length,
               long long time, long long rtt) except -1
cdef bint is_answer(Side fwd, Side rev, u32_t ack, u32_t window) noexcept
