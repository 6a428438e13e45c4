cimport cython
from fyke.layers.network.icmp cimport IcmpMessage
from fyke.layers.network.ip cimport IP, should_be
from fyke.inline cimport Line, Record

cdef int UNREACHABLE, TOO_BIG, TIME_EXCEEDED, PARAMETER_PROBLEM, ECHO, ECHO_REPLY
cdef int LISTENER_QUERY, LISTENER_REPORT, LISTENER_DONE
cdef int ROUTER_SOLICIT, ROUTER_ADVERT, NEIGHBOR_SOLICIT, NEIGHBOR_ADVERT
cdef int REDIRECT, RENUMBERING, NODE_QUERY, NODE_REPLY
cdef int INVERSE_SOLICIT, INVERSE_ADVERT, LISTENER_REPORT_V2
cdef int HOME_AGENT_REQUEST, HOME_AGENT_REPLY, PREFIX_SOLICIT, PREFIX_ADVERT
cdef int RPL, EXTENDED_ECHO, EXTENDED_ECHO_REPLY

cdef class Icmp6(IcmpMessage):
    cpdef void find_inner(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(pkt=Record, length=Py_ssize_t, kind="unsigned int")
    cpdef void write(self, Line line) except *
    @cython.locals(below=IP, start="unsigned int", total="unsigned int")
    cdef void write_checksum(self, Line line, Record pkt) except *
    @cython.locals(kind="unsigned int")
    cdef bint write_message(self, Line line, Record pkt, Py_ssize_t off) except? -1
    @cython.locals(kind="unsigned int", code="unsigned int")
    cdef bint write_error(self, Line line, Record pkt, Py_ssize_t off) except? -1
    cdef bint write_unknown(self, Line line, Record pkt, Py_ssize_t off) except? -1
    @cython.locals(code="unsigned int")
    cdef bint write_unreachable(self, Line line, Record pkt, Py_ssize_t inner) except? -1
    @cython.locals(kind="unsigned int", length=Py_ssize_t)
    cdef bint write_other(self, Line line, Record pkt, Py_ssize_t off) except? -1
    @cython.locals(flags="unsigned int", retransmit="unsigned int")
    cdef void write_router(self, Line line, Record pkt, Py_ssize_t off) except *
    @cython.locals(kind="unsigned int", flags="unsigned int", at=Py_ssize_t)
    cdef void write_mobile(self, Line line, Record pkt, Py_ssize_t off) except *

@cython.locals(proto="unsigned int", at=Py_ssize_t, size=Py_ssize_t, port="unsigned int")
cdef void write_port(Line line, Record pkt, Py_ssize_t inner) except *
