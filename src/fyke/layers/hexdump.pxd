cimport cython
from fyke.wire cimport Line, Packet

@cython.locals(i=Py_ssize_t, stop=Py_ssize_t)
cpdef int hex_print(Line line, Packet pkt, Py_ssize_t off, Py_ssize_t count,
                    bytes indent=*) except -1

@cython.locals(row=Py_ssize_t, stop=Py_ssize_t)
cpdef int hex_and_ascii_print(Line line, Packet pkt, Py_ssize_t off, Py_ssize_t count,
                              bytes indent=*) except -1

@cython.locals(i=Py_ssize_t, c="unsigned int")
cdef int write_row(Line line, Packet pkt, Py_ssize_t row, Py_ssize_t stop) except -1

@cython.locals(i=Py_ssize_t, c="unsigned int", stop=Py_ssize_t)
cpdef int ascii_print(Line line, Packet pkt, Py_ssize_t off, Py_ssize_t count) except -1

@cython.locals(have=Py_ssize_t)
cpdef void default_print(Line line, Packet pkt, Py_ssize_t off, Py_ssize_t count) except *

@cython.locals(have=Py_ssize_t)
cpdef int print_unknown_data(Line line, Packet pkt, Py_ssize_t off, bytes indent,
                             Py_ssize_t count) except -1
