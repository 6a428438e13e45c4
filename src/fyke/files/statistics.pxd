cimport cython
from fyke.source cimport Sink
from fyke.inline cimport Record


cdef class Tally(Sink):
    cdef readonly long long packets, captured, wire, cut, longest
    cdef readonly long long first, last, earliest, latest, gap, gap_at, gap_time, commented
    cdef readonly bint ordered
    cdef int interface
    cdef long long of_interface
    cdef dict per_interface
    cdef readonly list comments
    @cython.locals(time="long long", gap="long long")
    cpdef void add(self, Record packet) except *
    cdef int change_interface(self, int interface) except -1
