from fyke.inline cimport Packet


cdef class Source:
    cdef public int link_type
    cdef public Py_ssize_t snaplen
    cpdef bint next(self, Packet packet) except -1
    cpdef Py_ssize_t skip(self, Packet packet, Py_ssize_t count) except -1


cdef class Sink:
    cpdef void add(self, Packet packet) except *
