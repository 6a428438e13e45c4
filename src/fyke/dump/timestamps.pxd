cimport cython
from fyke.inline cimport Line, Record

cdef long long NANOSECONDS, QUARTER

@cython.final
cdef class Stamp:
    cdef readonly int mode
    cdef int places
    cdef long long unit
    cdef long long quarter, offset, reference, reference_part, day
    cdef bytes date
    cdef bint started
    @cython.locals(second="long long", rest="long long")
    cpdef void write(self, Line line, Record packet) except *
    @cython.locals(second="long long")
    cdef void fraction(self, Line line, Record packet, long long nanoseconds) except *
    cdef void part(self, Line line, long long count) except *
    @cython.locals(second="long long", part="long long", late=bint, seconds="long long",
                   parts="long long")
    cdef void difference(self, Line line, Record packet) except *
    @cython.locals(s="long long")
    cdef int clock(self, Line line, long long second) except -1
    cdef Py_ssize_t local(self, long long second) except? -1
