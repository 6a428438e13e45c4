cimport cython
from fyke.layers.layer cimport Layer
from fyke.inline cimport Line, Record

cdef int MAX_TOKEN

cdef class Text(Layer):
    cdef public bint is_start, is_whole
    @cython.locals(methods=frozenset, octets=bytes, end=Py_ssize_t)
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(stop=Py_ssize_t, off=Py_ssize_t)
    cpdef void write(self, Line line) except *
    @cython.locals(pkt=Record, off=Py_ssize_t, stop=Py_ssize_t, count=Py_ssize_t)
    cdef bint is_message(self, frozenset methods) except -1

cdef class Message(Text):
    pass

cdef class Http(Message):
    pass

cdef class Rtsp(Message):
    pass

cdef class Sip(Message):
    pass

cdef class Dialog(Text):
    pass

cdef class Smtp(Dialog):
    pass

cdef class Ftp(Dialog):
    pass

cdef class Whois(Text):
    pass

cdef class Banner(Text):
    @cython.locals(pkt=Record, at=Py_ssize_t, stop=Py_ssize_t, c="unsigned int")
    cpdef void write(self, Line line) except *

@cython.locals(count=Py_ssize_t, c="unsigned int")
cdef Py_ssize_t word_length(Record pkt, Py_ssize_t off, Py_ssize_t stop) except -1

cdef bint is_blank(unsigned int c) noexcept

@cython.locals(i=Py_ssize_t, c="unsigned int")
cdef bint is_code(Record pkt, Py_ssize_t off) except -1

@cython.locals(at=Py_ssize_t, after=Py_ssize_t, c="unsigned int")
cdef Py_ssize_t write_text_line(Line line, Record pkt, bytes prefix, Py_ssize_t off,
                                Py_ssize_t stop) except -1
