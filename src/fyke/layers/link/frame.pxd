cimport cython
from fyke.layers.layer cimport Layer
from fyke.layers.tables cimport Table
from fyke.inline cimport Line, Record

cdef Table ETHERTYPES, LLC
cdef int MAX_LENGTH, JUMBO

cdef class Frame(Layer):
    cdef public unsigned int ethertype
    cdef public Py_ssize_t body_off, body_length, frame_length
    cpdef void clear(self) except *
    cpdef bint write_pair(self, Line line) except? -1
    cpdef void write_from(self, Line line) except *
    cpdef void write_to(self, Line line) except *
    cpdef void write_type(self, Line line) except *
    cpdef void write_length(self, Line line, Py_ssize_t length) except *
    @cython.locals(kind="unsigned int")
    cpdef void write_body(self, Line line) except *
    cpdef void write_unknown(self, Line line) except *
    @cython.locals(kind="unsigned int")
    cpdef void carry(self) except *
    cpdef Py_ssize_t inner_length(self) except? -1
    cpdef Layer follow(self)

cpdef bint is_tag(unsigned int ethertype) noexcept
