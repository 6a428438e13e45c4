cimport cython
from fyke.stream cimport Sink
from fyke.inline cimport Packet


cdef class Tee(Sink):
    cdef readonly list sinks
    @cython.locals(sink=Sink)
    cpdef void add(self, Packet packet) except *
