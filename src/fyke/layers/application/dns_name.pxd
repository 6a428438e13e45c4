cimport cython
from fyke.inline cimport Line, Record

cdef int POINTER, EXTENDED, RESERVED, BIT_LABEL, MAX_NAME

@cython.locals(first="unsigned int", kind="unsigned int")
cpdef Py_ssize_t skip_name(Record pkt, Py_ssize_t off) except? -1

@cython.locals(bits=Py_ssize_t)
cdef Py_ssize_t bit_octets(Record pkt, Py_ssize_t off) except? -1

@cython.locals(first="unsigned int", kind="unsigned int")
cdef Py_ssize_t label_length(Line line, Record pkt, Py_ssize_t off) except? -1

@cython.locals(length=Py_ssize_t, limit=Py_ssize_t, first="unsigned int", after=Py_ssize_t,
               followed=bint, hops=Py_ssize_t, written=Py_ssize_t, target=Py_ssize_t)
cpdef Py_ssize_t write_name(Line line, Record pkt, Py_ssize_t off, Py_ssize_t base) except? -1

@cython.locals(count=Py_ssize_t, have=Py_ssize_t)
cdef bint write_label(Line line, Record pkt, Py_ssize_t off, Py_ssize_t length,
                      Py_ssize_t written) except? -1

@cython.locals(bits=Py_ssize_t, stop=Py_ssize_t, at=Py_ssize_t, left=Py_ssize_t)
cdef void write_bits(Line line, Record pkt, Py_ssize_t off) except *
