from fyke.stream cimport Sink
from fyke.wire cimport Line


cdef class Output(Sink):
    cdef readonly object file
    cdef readonly str name
    cdef readonly Line line
    cdef public Py_ssize_t batch
    cdef readonly long long taken, written, size
    cdef readonly bint failed
    cdef readonly bint closed
    cpdef int push(self) except -1
    cpdef Py_ssize_t tell(self) except -1
