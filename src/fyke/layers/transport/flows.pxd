cimport cython
from fyke.inline cimport Line, Record

ctypedef unsigned long long word_t

cdef word_t MIX, WORD, OF_IPV6
cdef unsigned int HALF
cdef Py_ssize_t TOLD

@cython.final
@cython.no_gc
cdef class Flow:
    cdef public word_t a_high, a_low, b_high, b_low, ports
    cdef public unsigned int seq, ack
    cdef unsigned int part
    cdef Flow next

@cython.final
cdef class Flows:
    cdef public Py_ssize_t capacity, count
    cdef public bint fresh, reverse
    cdef bint turned
    cdef int shift
    cdef unsigned int part
    cdef Line told
    cdef list young, old
    @cython.locals(flow=Flow, reverse=bint, before="unsigned int", ports=word_t)
    cpdef Flow relate(self, word_t src_high, word_t src_low, word_t dst_high, word_t dst_low,
                      int family, unsigned int source, unsigned int target, unsigned int seq,
                      unsigned int ack, bint begins)
    @cython.locals(bucket=Py_ssize_t, flow=Flow, known=Flow)
    cpdef Flow find(self, word_t a_high, word_t a_low, word_t b_high, word_t b_low, word_t ports)
    @cython.locals(flow=Flow)
    cdef Flow put(self, list half, Py_ssize_t bucket, word_t a_high, word_t a_low, word_t b_high,
                  word_t b_low, word_t ports)
    cpdef void begin_part(self, Line told) except *
    @cython.locals(told=Line)
    cdef void tell(self, Flow flow, bint young) except *
    @cython.locals(record=Record, at=Py_ssize_t, a_high=word_t, a_low=word_t, b_high=word_t,
                   b_low=word_t, ports=word_t, bucket=Py_ssize_t, flow=Flow, half=list)
    cpdef void learn(self, bytes told, Py_ssize_t count) except *

@cython.locals(h=word_t)
cdef Py_ssize_t spread(word_t a, word_t b, word_t ports, int shift) noexcept

@cython.locals(flow=Flow)
cdef Flow search(Flow flow, word_t a_high, word_t a_low, word_t b_high, word_t b_low, word_t ports)

cdef int put_word(Line told, word_t word) except -1

@cython.locals(high=word_t)
cdef word_t word_of(Record record, Py_ssize_t at) except? 0xffffffffffffffff
