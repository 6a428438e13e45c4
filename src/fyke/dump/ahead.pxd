cimport cython
from fyke.conversations.header cimport Header
from fyke.dump.printer cimport Printer, lengths_fit
from fyke.inline cimport Line, Record
from fyke.layers.transport.flows cimport Flows
from fyke.source cimport Sink, Source

cdef Py_ssize_t DESCRIBED, MOST_APART
cdef unsigned int APART
cdef int ETHERNET, RAW, SLL, SLL2, ARP, MOST_IN_FRONT, ICMP, TCP, UDP, ICMP6, ACK, SYN
cdef int LONG_HEADER

cdef class Ahead(Sink):
    cdef readonly Printer printer
    cdef readonly Flows flows
    cdef readonly Line records, told
    cdef public object memory
    cdef object owner, parts
    cdef list apart
    cdef readonly Py_ssize_t count
    cdef Py_ssize_t young
    cdef bint relates, differences
    cdef bytes tcp, udp
    cdef Header walk
    cdef int begin(self) except -1
    cpdef tuple take(self)
    cpdef void add(self, Record packet) except *
    @cython.locals(records=Line, time="long long")
    cdef int describe(self, Record packet) except -1
    cdef bint is_here(self, Record packet) except -1
    @cython.locals(printer=Printer, line=Line)
    cdef int remember(self, Record packet) except -1
    @cython.locals(link=int, have=Py_ssize_t, walk=Header)
    cdef bint is_ordinary(self, Record packet) except -1
    @cython.locals(proto=int, at=Py_ssize_t, kind="unsigned int", source="unsigned char",
                   target="unsigned char")
    cdef bint inside(self, Record packet, Py_ssize_t have) except -1
    @cython.locals(walk=Header, at=Py_ssize_t, header=Py_ssize_t, source="unsigned int",
                   target="unsigned int", flags="unsigned int")
    cdef bint segment(self, Record packet) except -1

cdef class Described(Source):
    cdef Record records, window
    cdef list apart
    cdef Py_ssize_t at
    @cython.locals(records=Record, at=Py_ssize_t, start="unsigned int", high="unsigned long long")
    cpdef bint next(self, Record packet) except -1
