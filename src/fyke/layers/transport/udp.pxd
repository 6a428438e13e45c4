cimport cython
from fyke.layers.layer cimport Layer
from fyke.layers.network.ip cimport IP, should_be
from fyke.layers.transport.ports cimport Ports
from fyke.inline cimport Line, Packet

cdef int HEADER_LENGTH, PROTOCOL, NFS_PORT, CALL, REPLY, LONG_DDP
cdef Ports PORTS

cdef class Udp(Layer):
    cdef public unsigned int src_port, dst_port, udp_length, checksum
    cdef public object application
    cpdef void clear(self) except *
    @cython.locals(length=Py_ssize_t)
    cpdef void parse(self, Packet pkt, Py_ssize_t off) except *
    @cython.locals(ip=IP)
    cpdef void write(self, Line line) except *
    @cython.locals(ip=IP)
    cdef void write_short(self, Line line) except *
    @cython.locals(ip=IP)
    cdef void write_undersized(self, Line line) except *
    cdef void write_fault(self, Line line) except *
    @cython.locals(ip=IP)
    cdef void write_as_told(self, Line line) except *
    @cython.locals(source="unsigned int", target="unsigned int", direction="unsigned int")
    cdef bint is_nfs(self, Line line) except? -1
    @cython.locals(at=Py_ssize_t)
    cdef void find_kip(self) except *
    @cython.locals(ip=IP, length=Py_ssize_t, total="unsigned int")
    cdef void write_checksum(self, Line line) except *
    @cython.locals(ip=IP, said=Py_ssize_t)
    cpdef void write_length(self, Line line) except *
    cpdef Layer follow(self)

cdef bint is_appletalk(unsigned int port) noexcept
