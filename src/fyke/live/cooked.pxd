cimport cython
from fyke.wire cimport Memory

cdef int LL_PROTOCOL, LL_IFINDEX, LL_HATYPE, LL_PKTTYPE, LL_HALEN, LL_ADDRESS

cpdef int put_header(Memory memory, int link_type, Py_ssize_t at, Py_ssize_t address) except -1
cpdef int put_vlan(Memory memory, Py_ssize_t start, int tpid, int tci) except -1
cpdef int put_cooked_vlan(Memory memory, Py_ssize_t payload, Py_ssize_t address, int tpid,
                          int tci) except -1
