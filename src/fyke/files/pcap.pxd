cimport cython
from fyke.files.octets cimport Octets
from fyke.files.output cimport Output
from fyke.source cimport Source
from fyke.inline cimport Line, Record

cdef int EXCHANGED
cdef long long TOO_LATE


cdef class PcapReader(Source):
    cdef readonly Octets octets
    cdef readonly bint big, swapped, nanoseconds, pseudo
    cdef readonly object version
    cdef list described
    cdef object told_snaplen
    cdef public str compression
    cdef readonly int fcs_length
    cdef readonly Py_ssize_t header_size
    cdef readonly unsigned int sane, unit, fractions
    cdef int lengths
    cdef readonly long long count
    @cython.locals(octets=Octets, window=Record, size=Py_ssize_t, have=Py_ssize_t, pos=Py_ssize_t,
                   seconds="long long", fraction="long long", caplen="unsigned int",
                   wirelen="unsigned int", swap="unsigned int")
    cpdef bint next(self, Record packet) except -1
    @cython.locals(octets=Octets, window=Record, pos=Py_ssize_t, filled=Py_ssize_t,
                   size=Py_ssize_t, done=Py_ssize_t, caplen="unsigned int", big=bint,
                   sane="unsigned int")
    cpdef Py_ssize_t skip(self, Record packet, Py_ssize_t count) except -1
    cdef bint torn(self, Py_ssize_t wanted, Py_ssize_t got, str what) except -1
    cdef int refuse(self, unsigned int caplen) except -1


cdef class PcapWriter(Output):
    cdef readonly int link_type
    cdef readonly Py_ssize_t snaplen
    cdef unsigned int unit
    cdef bint foreign
    @cython.locals(line=Line, time="long long", seconds="long long")
    cpdef void add(self, Record packet) except *
