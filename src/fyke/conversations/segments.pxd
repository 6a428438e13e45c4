cimport cython
from fyke.inline cimport Record

cdef long long FIN, SYN, RST, ACK, WORD, HALF
cdef int UNKNOWN, GUESSED, KNOWN
cdef Py_ssize_t MAX_WAITING, MAX_GAPS
cdef long long MAX_WAITING_BYTES, SEGMENT_COST

@cython.final
cdef class Segment:
    cdef readonly str side
    cdef readonly long long offset, length, captured, time, number
    cdef readonly bytes data

@cython.locals(made=Segment)
cdef Segment segment(str side, long long offset, long long length, long long time,
                     long long number, long long captured, bytes data)

@cython.locals(skipped="long long", captured="long long")
cdef Segment part(Segment of, long long offset, long long end)

@cython.final
cdef class Half:
    cdef public object conversation
    cdef public Half other
    cdef readonly str side
    cdef public list out
    cdef readonly bint last
    cdef public long long keep, isn, time, number, packets, octets, kept
    cdef public bint based
    cdef readonly int begun
    cdef public long long shown
    cdef readonly long long next, next_seq, acked, fin, waiting, missing, retransmitted
    cdef readonly long long keep_alives, late
    cdef readonly list pending, gaps
    cdef void begin(self, long long seq, long long flags, long long length) except *
    @cython.locals(ahead="long long", offset="long long")
    cpdef void take(self, Record pkt, Py_ssize_t at, long long length, long long seq,
                   long long flags) except *
    cpdef int append(self, Record pkt, Py_ssize_t at, long long length) except -1
    @cython.locals(have="long long")
    cdef Segment piece(self, Record pkt, Py_ssize_t at, long long offset, long long length)
    cdef int put(self, Segment one) except -1
    cdef int show(self, Segment one) except -1
    @cython.locals(end="long long", old=Segment)
    cdef void settle(self, Segment one) except *
    @cython.locals(low=Py_ssize_t, high=Py_ssize_t, middle=Py_ssize_t, pending=list, one=Segment)
    cdef Py_ssize_t find(self, long long offset) except -1
    @cython.locals(pending=list, fresh=list, at="long long", end="long long", index=Py_ssize_t,
                   stop=Py_ssize_t, before=Segment, behind=Segment)
    cdef void insert_under(self, Segment one) except *
    @cython.locals(pending=list, fresh=list, end="long long", before_end="long long",
                   index=Py_ssize_t, stop=Py_ssize_t, before=Segment, behind=Segment, rest=Segment)
    cdef void insert_over(self, Segment one) except *
    @cython.locals(pending=list, before="long long", after="long long", cost="long long",
                   one=Segment)
    cdef void exchange(self, Py_ssize_t index, Py_ssize_t stop, list fresh,
                      long long came) except *
    @cython.locals(pending=list, count=Py_ssize_t, one=Segment)
    cdef void drain(self) except *
    cdef int release(self, Segment one) except -1
    @cython.locals(pending=list, one=Segment)
    cdef void skip(self) except *
    @cython.locals(ahead="long long", offset="long long", one=Segment)
    cpdef void acknowledge(self, long long ack) except *
    @cython.locals(end="long long")
    cpdef int flush(self) except -1
    cdef int lack(self, long long start, long long end) except -1
    @cython.locals(end="long long", filled="long long")
    cdef void again(self, Segment one) except *
    @cython.locals(gaps=list, filled="long long", left=list, end="long long", gap=list,
                   start="long long", stop="long long", first="long long", past="long long")
    cdef Py_ssize_t fill(self, Segment one) except -1
