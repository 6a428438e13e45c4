cimport cython
from fyke.inline cimport Line, Record
from fyke.layers.layer cimport Layer
from fyke.layers.network.ip cimport IP, should_be
from fyke.layers.transport.ports cimport Ports

cdef int HEADER_LENGTH, SRC, DST, LENGTH, CHECKSUM, PROTOCOL, NFS_PORT, CALL, REPLY, LONG_DDP
cdef int BY_PORTS, TOLD, NFS_CALL, NFS_REPLY
cdef Ports PORTS

cdef class Udp(Layer):
    cdef public int found
    cpdef void clear(self) except *
    @cython.locals(length=Py_ssize_t)
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(stated="unsigned int")
    cpdef bint is_undersized(self) except -1
    @cython.locals(source="unsigned int", target="unsigned int", at=Py_ssize_t)
    cdef void choose(self, Record pkt) except *
    @cython.locals(direction="unsigned int")
    cdef void choose_nfs(self, Record pkt, unsigned int source, unsigned int target) except *
    @cython.locals(ip=IP, pkt=Record, source="unsigned int", target="unsigned int")
    cpdef void write(self, Line line) except *
    @cython.locals(ip=IP, pkt=Record)
    cdef void write_short(self, Line line) except *
    cdef void write_fault(self, Line line) except *
    @cython.locals(ip=IP, length=Py_ssize_t, total="unsigned int", checksum="unsigned int")
    cdef void write_checksum(self, Line line) except *
    @cython.locals(ip=IP, said=Py_ssize_t, stated="unsigned int")
    cpdef void write_length(self, Line line) except *

cdef bint is_appletalk(unsigned int port) noexcept
