cimport cython

ctypedef unsigned long long word_t

cdef Py_ssize_t CAPACITY
cdef Py_ssize_t BUCKETS
cdef word_t MIX, WORD

@cython.final
@cython.no_gc
cdef class Flow:
    cdef public word_t a_high, a_low, b_high, b_low, ports
    cdef public unsigned int seq, ack
    cdef Flow next

@cython.final
cdef class Flows:
    cdef public Py_ssize_t capacity, count
    cdef public bint fresh, reverse
    cdef list young, old
    @cython.locals(bucket=Py_ssize_t, flow=Flow, known=Flow)
    cpdef Flow find(self, word_t a_high, word_t a_low, word_t b_high, word_t b_low, word_t ports)

@cython.locals(h=word_t)
cdef Py_ssize_t spread(word_t a, word_t b, word_t ports) noexcept

@cython.locals(flow=Flow)
cdef Flow search(Flow flow, word_t a_high, word_t a_low, word_t b_high, word_t b_low, word_t ports)
