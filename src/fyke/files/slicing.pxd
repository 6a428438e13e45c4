cimport cython
from fyke.bpf.machine cimport Machine
from fyke.source cimport Source
from fyke.inline cimport Record


cdef class Slice(Source):
    cdef readonly Source source
    cdef readonly object filters, duplicates, scale
    cdef list numbers
    cdef Machine machine
    cdef int filtered_link_type
    cdef bint counted, from_time, to_time, changed_time
    cdef long long low, high, begin, end, origin, shift
    cdef Py_ssize_t every, length
    cdef readonly long long seen, kept
    @cython.locals(passed="long long")
    cpdef bint next(self, Record packet) except -1
    cdef bint go_to_number(self, Record packet) except -1
    cdef bint wants(self, Record packet) except -1
    cdef bint accepts(self, Record packet) except -1
    cdef int change(self, Record packet) except -1
