cimport cython

cdef class ConnectionIds:
    cdef readonly dict numbers
    cdef readonly list sizes
    cdef readonly long long met
    @cython.locals(oldest=bytes)
    cpdef void add(self, bytes ident) except *
    @cython.locals(best=bytes, oldest="long long", number="long long", size=Py_ssize_t)
    cpdef bytes before(self, bytes start)

@cython.locals(out=ConnectionIds)
cpdef ConnectionIds ids_of(dict numbers, list sizes, long long met)
