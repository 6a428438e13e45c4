cimport cython
from fyke.bpf.machine cimport Machine
from fyke.source cimport Sink, Source
from fyke.inline cimport Record

@cython.final
cdef class Pump:
    cdef readonly Record packet
    cdef public Source source
    cdef public Sink sink
    cdef readonly Machine machine
    cdef object filters
    cdef int link_type
    cdef public long long skip, limit
    cdef readonly long long seen, matched
    @cython.locals(budget=Py_ssize_t, source=Source, packet=Record, sink=Sink)
    cpdef bint run(self) except -1
    @cython.locals(budget=Py_ssize_t, wanted="long long", passed=Py_ssize_t,
                   skipped="long long")
    cdef bint count(self) except -1
    cpdef bint full(self)
    @cython.locals(machine=Machine)
    cdef bint accepts(self, Record packet) except -1
