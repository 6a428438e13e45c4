cimport cython
from cpython.exc cimport PyErr_CheckSignals
from fyke.bpf.machine cimport Machine
from fyke.inline cimport Record
from fyke.source cimport Source

cdef long long FEW


cdef class Taking:
    cdef object __weakref__
    cdef object copied, finalizer, lock, machines, origin
    cdef Source source
    cdef Machine machine
    cdef Record record
    cdef int link_type
    cdef long long number, first, time
    cdef readonly bint closed, ended
    @cython.locals(source=Source, record=Record, passed="long long", before="long long")
    cdef object take(self)
    @cython.locals(machine=Machine)
    cdef bint accepts(self, Record record) except -1
    cdef int look_up(self) except -1
    cdef int end(self) except -1
    cdef int refuse(self) except -1
