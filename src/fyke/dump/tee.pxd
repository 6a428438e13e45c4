cimport cython
from fyke.source cimport Sink
from fyke.inline cimport Record


cdef class Tee(Sink):
    cdef readonly list sinks
    @cython.locals(sink=Sink)
    cpdef void add(self, Record packet) except *
