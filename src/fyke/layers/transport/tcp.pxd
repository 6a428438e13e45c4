cimport cython
from fyke.layers.associations cimport associations_of
from fyke.layers.layer cimport Layer
from fyke.layers.network.ip cimport IP, should_be
from fyke.layers.transport.flows cimport Flow, Flows
from fyke.layers.transport.ports cimport Ports
from fyke.layers.transport.tcp_options cimport write_options
from fyke.inline cimport Line, Record

cdef int SRC, DST, SEQ, ACKED, OFFSET, WINDOW, CHECKSUM, URGENT
cdef int BY_PORTS, TOLD, NFS_CALL, NFS_REPLY
cdef int HEADER_LENGTH, PROTOCOL, NFS_PORT, CALL, REPLY
cdef int FIN, SYN, RST, PUSH, ACK, URG, ECE, CWR, AE
cdef unsigned int WORD
cdef int MAX_RST_DATA, RST_DIAGNOSTIC, LEAST_DIAGNOSTIC
cdef tuple FLAG_NAMES
cdef Ports PORTS

cdef class Tcp(Layer):
    cdef public Py_ssize_t header_size
    cdef public int found
    cpdef void clear(self) except *
    @cython.locals(header=Py_ssize_t)
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(source="unsigned int", target="unsigned int", message=Py_ssize_t,
                   direction="unsigned int")
    cdef void choose(self, Record pkt) except *
    @cython.locals(ip=IP, pkt=Record, header=Py_ssize_t)
    cpdef void write(self, Line line) except *
    cdef void write_too_long(self, Line line) except *
    @cython.locals(flags="unsigned int", flows=Flows, flow=Flow, seq_origin="unsigned int",
                   ack_origin="unsigned int", sack_origin="unsigned int")
    cdef void write_header(self, Line line) except *
    @cython.locals(pkt=Record, off=Py_ssize_t, seq="unsigned int", ack="unsigned int",
                   length=Py_ssize_t, urgent="unsigned int")
    cdef void write_numbers(self, Line line, unsigned int flags, unsigned int seq_origin,
                            unsigned int ack_origin) except *
    @cython.locals(ip=IP, pkt=Record, off=Py_ssize_t,
                   src_high="unsigned long long", src_low="unsigned long long",
                   dst_high="unsigned long long", dst_low="unsigned long long")
    cdef Flow relate(self, Flows flows, unsigned int flags)
    @cython.locals(ip=IP, total="unsigned int", checksum="unsigned int")
    cdef void write_checksum(self, Line line) except *
    @cython.locals(header=Py_ssize_t)
    cdef void write_payload(self, Line line, unsigned int flags) except *
    @cython.locals(off=Py_ssize_t, length=Py_ssize_t, have=Py_ssize_t)
    cdef void write_reset(self, Line line) except *
