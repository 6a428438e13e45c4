cimport cython
from fyke.layers.application.dns_name cimport skip_name, write_name
from fyke.layers.application.dns_records cimport write_data
from fyke.layers.layer cimport Layer
from fyke.inline cimport Line, Record

cdef Py_ssize_t BAD
cdef int HEADER_LENGTH, IN, OPT, INVERSE_QUERY, LABEL, DOT
cdef Py_ssize_t FEW, MOST_PLAIN
cdef bytes PLAIN
cdef unsigned int RESPONSE, AUTHORITATIVE, CUT, RECURSE, RECURSIVE, AUTHENTIC, UNCHECKED
cdef unsigned int IN_NO_QUERY, UNICAST_OR_FLUSH
cdef dict TYPE_NAMES, CLASS_NAMES
cdef tuple OPCODE_NAMES, RCODE_NAMES

cdef class Dns(Layer):
    cdef public bint multicast, stream
    cdef readonly Py_ssize_t shift
    cdef object walk
    cpdef void clear(self) except *
    cpdef unsigned int word(self, Py_ssize_t at) except? 0xffffffff
    @cython.locals(code="unsigned int")
    cpdef unsigned int response_code(self) except? 0xffffffff
    @cython.locals(rest=Py_ssize_t)
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(length=Py_ssize_t, prefix=Py_ssize_t)
    cpdef Py_ssize_t message_length(self) except? -1
    @cython.locals(pkt=Record, count=Py_ssize_t, at=Py_ssize_t, stop=Py_ssize_t, end=Py_ssize_t,
                   found=list)
    cpdef list plain_names(self)
    cdef void write_part(self, Line line, Py_ssize_t whole, Py_ssize_t here) except *
    @cython.locals(base=Py_ssize_t, length=Py_ssize_t, prefix=Py_ssize_t)
    cpdef void write(self, Line line) except *
    @cython.locals(flags="unsigned int", off=Py_ssize_t)
    cdef void write_response(self, Line line, Py_ssize_t base) except *
    @cython.locals(off=Py_ssize_t, i="unsigned int")
    cdef Py_ssize_t write_asked(self, Line line, Py_ssize_t base) except? -1
    @cython.locals(flags="unsigned int", opcode="unsigned int", off=Py_ssize_t,
                   left="unsigned int")
    cdef void write_query(self, Line line, Py_ssize_t base) except *
    @cython.locals(flags="unsigned int")
    cdef void write_oddities(self, Line line, unsigned int opcode) except *
    @cython.locals(code="unsigned int")
    cdef void write_rcode(self, Line line, Py_ssize_t base) except *
    @cython.locals(pkt=Record, off=Py_ssize_t, i="unsigned int", records="unsigned int",
                   questions="unsigned int", stop="unsigned int")
    cdef Py_ssize_t find_opt(self, Py_ssize_t base) except? -1
    @cython.locals(at=Py_ssize_t)
    cdef unsigned int extended_rcode(self, Py_ssize_t base) except? 0xffffffff
    @cython.locals(pkt=Record, after=Py_ssize_t, kind="unsigned int")
    cdef Py_ssize_t write_question(self, Line line, Py_ssize_t base, Py_ssize_t off) except? -1
    cdef void write_type(self, Line line, unsigned int number) except *
    cdef void write_class(self, Line line, unsigned int number) except *
    @cython.locals(left="unsigned int")
    cdef Py_ssize_t write_section(self, Line line, Py_ssize_t base, Py_ssize_t off,
                                  unsigned int count, bytes title) except? -1
    @cython.locals(pkt=Record, kind="unsigned int", number="unsigned int", flush="unsigned int",
                   length=Py_ssize_t)
    cdef Py_ssize_t write_record(self, Line line, Py_ssize_t base, Py_ssize_t off) except? -1

@cython.locals(most=Py_ssize_t, size=Py_ssize_t, last=Py_ssize_t)
cdef Py_ssize_t plain_end(Record pkt, Py_ssize_t at, Py_ssize_t stop) except? -1

@cython.locals(dotted=bytearray, place=Py_ssize_t, size=Py_ssize_t)
cdef str dotted_name(bytes octets, Record pkt, Py_ssize_t at)

cdef class MulticastDns(Dns):
    pass

cdef class DnsOverTcp(Dns):
    pass
