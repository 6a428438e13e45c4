cimport cython
from fyke.inline cimport Record


cdef class Source:
    cdef public int link_type
    cdef public Py_ssize_t snaplen
    cpdef bint next(self, Record packet) except -1
    cpdef Py_ssize_t skip(self, Record packet, Py_ssize_t count) except -1


cdef class Sink:
    cpdef void add(self, Record packet) except *
    @cython.locals(packet=Record)
    cpdef bint drain(self, Source source, Py_ssize_t count) except -1
