cimport cython
from fyke.dump.timestamps cimport Stamp
from fyke.layers.layer cimport Layer, write_packet
from fyke.source cimport Sink
from fyke.inline cimport Line, Record

cdef Py_ssize_t MAXIMUM_SNAPLEN

cdef class Printer(Sink):
    cdef public Line line
    cdef public Stamp stamp
    cdef public long long number, sampling
    cdef public bint numbered, lengths, eager, utf8, as_tcpdump
    cdef public object origins
    cdef public int hex, hex_ascii, ascii
    cdef object out, links
    cdef public object owners
    cdef Layer first
    cdef public str decode_as
    cdef int first_type
    cdef public Py_ssize_t threshold
    cpdef void add(self, Record packet) except *
    @cython.locals(start=Py_ssize_t)
    cpdef void text(self, Record packet) except *
    cdef void comments(self, Line line, object meta) except *
    cdef bint shows_implausible(self, Line line, Record packet) except -1
    cdef bint plausible(self, Line line, Record packet) except -1
    cdef void layers(self, Line line, Record packet) except *
    @cython.locals(layer=Layer)
    cdef Layer link(self, Record packet)
    @cython.locals(start=Py_ssize_t)
    cdef void octets(self, Line line, Record packet) except *

cpdef bint lengths_fit(Record packet) except -1
