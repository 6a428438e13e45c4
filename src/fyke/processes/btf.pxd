cimport cython
from fyke.wire cimport Memory
from fyke.inline cimport Record

cdef unsigned int INT, ARRAY, STRUCT, UNION, ENUM, FUNC_PROTO, VAR, DATASEC, DECL_TAG, ENUM64, LAST


cdef class Btf:
    cdef readonly Record window, places
    cdef readonly bytes strings
    cdef readonly Py_ssize_t types_at, types_end, names_at, count
    @cython.locals(window=Record, at=Py_ssize_t, end=Py_ssize_t, number=Py_ssize_t,
                   info="unsigned int", kind="unsigned int", count="unsigned int")
    cdef int walk(self, Memory places) except -1
    @cython.locals(window=Record, places=Record, at=Py_ssize_t, number=Py_ssize_t,
                   name="unsigned int")
    cdef int search(self, unsigned int kind, dict wanted, dict found) except -1
