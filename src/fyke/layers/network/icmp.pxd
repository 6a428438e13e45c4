cimport cython
from fyke.layers.layer cimport Layer
from fyke.layers.network.ip cimport should_be
from fyke.inline cimport Line, Record

cdef int ECHO_REPLY, UNREACHABLE, SOURCE_QUENCH, REDIRECT, ECHO
cdef int ROUTER_ADVERTISEMENT, TIME_EXCEEDED, PARAMETER_PROBLEM
cdef int TIMESTAMP, TIMESTAMP_REPLY, MASK_REPLY, EXTENDED_ECHO, EXTENDED_ECHO_REPLY
cdef int PROTOCOL, PORT, NEED_FRAGMENT, MULTIPART_LEAST

cdef class IcmpMessage(Layer):
    cdef public unsigned int kind
    cpdef void clear(self) except *
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    cpdef void find_inner(self, Record pkt, Py_ssize_t off) except *

cdef class Icmp(IcmpMessage):
    @cython.locals(inner=Py_ssize_t)
    cpdef void find_inner(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(pkt=Record, start=Py_ssize_t)
    cpdef void write(self, Line line) except *
    @cython.locals(kind="unsigned int", code="unsigned int")
    cdef void write_message(self, Line line, Record pkt, Py_ssize_t off) except *
    @cython.locals(number="unsigned int")
    cdef void write_echo(self, Line line, Record pkt) except *
    @cython.locals(target="unsigned int", code="unsigned int", mtu="unsigned int")
    cdef void write_unreachable(self, Line line, Record pkt, Py_ssize_t inner) except *
    @cython.locals(off=Py_ssize_t, length=Py_ssize_t, total="unsigned int", kind="unsigned int")
    cdef void write_details(self, Line line, Record pkt) except *
    @cython.locals(end=Py_ssize_t)
    cdef void write_inner(self, Line line, Record pkt, Py_ssize_t inner) except *
    cdef bint is_fragment(self) except? -1

@cython.locals(proto="unsigned int", port="unsigned int")
cdef void write_port(Line line, Record pkt, Py_ssize_t inner, unsigned int target) except *
@cython.locals(seconds="unsigned int", count="unsigned int", size="unsigned int", at=Py_ssize_t)
cdef void write_routers(Line line, Record pkt, Py_ssize_t off) except *
@cython.locals(seconds="unsigned int")
cdef bytes clock(unsigned int milliseconds)
