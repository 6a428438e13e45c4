cimport cython
from fyke.layers.network.ip cimport IP, has_ports, should_be
from fyke.inline cimport Line, Packet

cdef int MAX_LENGTH
cdef int RESERVED, DONT_FRAGMENT, MORE_FRAGMENTS
cdef tuple ECN_NAMES

cdef class IPv4(IP):
    cdef public unsigned int header_length, tos, total_length, id, flags, offset, checksum
    cdef public unsigned int src, dst
    cdef public Py_ssize_t real_length
    cpdef void clear(self) except *
    @cython.locals(word="unsigned int", header=Py_ssize_t, total=Py_ssize_t)
    cpdef void parse(self, Packet pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    @cython.locals(length=Py_ssize_t)
    cdef bint write_lengths(self, Line line) except? -1
    @cython.locals(whole=bint)
    cdef bint write_header(self, Line line) except? -1
    @cython.locals(flags="unsigned int")
    cdef void write_flags(self, Line line) except *
    @cython.locals(total="unsigned int")
    cdef void write_checksum(self, Line line) except *
    cdef void write_fragment(self, Line line) except *
    cpdef void write_source(self, Line line) except *
    cpdef void write_target(self, Line line) except *
    @cython.locals(src="unsigned int", dst="unsigned int")
    cpdef unsigned int pseudo_sum(self, unsigned int proto, unsigned int length) except? 0xffffffff
