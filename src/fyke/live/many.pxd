cimport cython
from fyke.source cimport Source
from fyke.inline cimport Record


cdef class Many(Source):
    cdef public tuple taps, names
    cdef list packets, ready, alive  # not for anybody else: a list may be cut short
    cdef public object failure
    cdef public double held_since
    @cython.locals(first=int, number=int, missing=bint, tap=Source, candidate=Record,
                   earliest=Record)
    cpdef bint next(self, Record packet) except -1
