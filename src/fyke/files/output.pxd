from fyke.source cimport Sink
from fyke.inline cimport Line


cdef class Output(Sink):
    cdef readonly object file
    cdef readonly str name
    cdef readonly Line line
    cdef readonly Py_ssize_t wanted, batch
    cdef readonly long long taken, written, size
    cdef readonly Py_ssize_t begun
    cdef readonly bint failed
    cdef readonly bint closed
    cpdef int gather(self, Py_ssize_t count) except -1
    cpdef int push(self) except -1
    cpdef int spill(self) except -1
    cpdef int send(self, Py_ssize_t count) except -1
    cpdef Py_ssize_t tell(self) except -1
