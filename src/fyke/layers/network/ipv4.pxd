cimport cython
from fyke.inline cimport Line, Record
from fyke.layers.network.ip cimport IP, has_ports, should_be

cdef int HEADER_LENGTH, MAX_LENGTH, RESERVED, DONT_FRAGMENT, MORE_FRAGMENTS
cdef int TOS, LENGTH, ID, FRAGMENT, TTL, PROTO, CHECKSUM, SRC, DST
cdef tuple ECN_NAMES

cdef class IPv4(IP):
    cdef public Py_ssize_t header_size, total, real_length
    cpdef void clear(self) except *
    @cython.locals(header=Py_ssize_t, total=Py_ssize_t, word="unsigned int", proto="unsigned int")
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(pkt=Record)
    cpdef void write(self, Line line) except *
    @cython.locals(pkt=Record, length=Py_ssize_t, total=Py_ssize_t, version="unsigned int")
    cdef bint write_lengths(self, Line line) except -1
    @cython.locals(pkt=Record, off=Py_ssize_t, tos="unsigned int", ttl="unsigned int", whole=bint)
    cdef bint write_header(self, Line line) except -1
    cdef void write_flags(self, Line line, unsigned int flags) except *
    @cython.locals(total="unsigned int", stated="unsigned int")
    cdef void write_checksum(self, Line line) except *
    cdef void write_fragment(self, Line line) except *
    cpdef void write_source(self, Line line) except *
    cpdef void write_target(self, Line line) except *
    @cython.locals(src="unsigned int", dst="unsigned int")
    cpdef unsigned int pseudo_sum(self, unsigned int proto, unsigned int length) except? 0xffffffff
