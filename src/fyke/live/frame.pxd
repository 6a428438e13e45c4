cimport cython
from fyke.live.cooked cimport put_can, put_cooked_vlan, put_header, put_vlan
from fyke.inline cimport Record
from fyke.wire cimport Memory

cdef int LL_PROTOCOL, LL_IFINDEX, LL_HATYPE, LL_PKTTYPE, PACKET_OUTGOING, ARPHRD_LOOPBACK
cdef int ETHERNET_LENGTH, LINKTYPE_CAN_SOCKETCAN


@cython.final
cdef class Frames:
    cdef public int link_type, direction, cooked, ifindex
    cdef public Py_ssize_t snaplen, room
    cdef public bint many, both_ways, tagged, outgoing
    cdef public long long hidden, refused
    cdef public object machine
    @cython.locals(out=bint)
    cpdef bint shown(self, Memory memory, Py_ssize_t address) except -1
    cpdef bint place(self, Record packet, Memory memory, Py_ssize_t address, Py_ssize_t start,
                     Py_ssize_t caplen, Py_ssize_t wirelen, int tpid, int tci) except -1
    cdef int window(self, Record packet, Memory memory, Py_ssize_t start, Py_ssize_t caplen,
                    Py_ssize_t wirelen) except -1
    cdef bint judge(self, Record packet, Memory memory, Py_ssize_t address, Py_ssize_t start,
                    Py_ssize_t caplen, Py_ssize_t wirelen, int tpid, int tci) except -1
