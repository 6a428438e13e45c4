cimport cython
from fyke.inline cimport Record


cdef class Shape:
    cdef readonly Py_ssize_t header, longest
    cdef readonly unsigned int fractions
    cdef readonly bint big
    @cython.locals(fraction="unsigned int", caplen="unsigned int", wirelen="unsigned int",
                   length=Py_ssize_t)
    cdef Py_ssize_t length(self, Record view, Py_ssize_t at) except -2


@cython.locals(view=Record, size=Py_ssize_t, starts=Py_ssize_t, at=Py_ssize_t, alive=Py_ssize_t,
               length=Py_ssize_t, marked=bytearray)
cpdef Py_ssize_t boundary(object data, Shape shape) except -2

@cython.locals(have=Py_ssize_t, kind="unsigned int", length="unsigned int")
cpdef Py_ssize_t hop(Record window, Py_ssize_t pos, Py_ssize_t stop, bint big) except -1
