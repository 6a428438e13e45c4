cimport cython
from fyke.inline cimport Record

cdef Py_ssize_t AT_ONCE


@cython.final
cdef class Octets:
    cdef public object file
    cdef public str name
    cdef public object buffer, supply
    cdef readonly Record window
    cdef public Py_ssize_t pos, filled
    cdef public long long base
    cdef public bint following
    @cython.locals(have=Py_ssize_t, got=Py_ssize_t)
    cpdef Py_ssize_t need(self, Py_ssize_t count) except -1
    @cython.locals(got=Py_ssize_t)
    cdef Py_ssize_t read(self) except -1
    @cython.locals(kept=Py_ssize_t)
    cpdef void lend(self, object supply) except *
    cdef void change(self) except *
    cdef void make_room(self) except *
    cdef Py_ssize_t read_into(self, object view) except -1
    cpdef bytes unread(self)
    @cython.locals(have=Py_ssize_t, step=Py_ssize_t, left=Py_ssize_t)
    cpdef Py_ssize_t skip(self, Py_ssize_t count) except -1
    cpdef long long tell(self)
