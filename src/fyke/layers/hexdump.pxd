cimport cython
from fyke.inline cimport Line, Record

cpdef int hex_print(Line line, Record pkt, Py_ssize_t off, Py_ssize_t count,
                    bytes indent=*) except -1

cpdef int hex_and_ascii_print(Line line, Record pkt, Py_ssize_t off, Py_ssize_t count,
                              bytes indent=*) except -1

@cython.locals(have=Py_ssize_t)
cdef int show(Line line, Record pkt, Py_ssize_t off, Py_ssize_t count, bytes indent,
              bint text) except -1

@cython.locals(i=Py_ssize_t, c="unsigned int", stop=Py_ssize_t)
cpdef int ascii_print(Line line, Record pkt, Py_ssize_t off, Py_ssize_t count) except -1

@cython.locals(have=Py_ssize_t)
cpdef void default_print(Line line, Record pkt, Py_ssize_t off, Py_ssize_t count) except *

@cython.locals(have=Py_ssize_t)
cpdef int print_unknown_data(Line line, Record pkt, Py_ssize_t off, bytes indent,
                             Py_ssize_t count) except -1
