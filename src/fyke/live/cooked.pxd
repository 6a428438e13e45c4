cimport cython
from fyke.wire cimport Memory

cdef int LL_PROTOCOL, LL_IFINDEX, LL_HATYPE, LL_PKTTYPE, LL_HALEN, LL_ADDRESS
cdef int CAN_HEADER, CANXL_XLF, CANFD_FDF, ETH_P_CAN, ETH_P_CANFD, ETH_P_CANXL

cpdef int put_header(Memory memory, int link_type, Py_ssize_t at, Py_ssize_t address) except -1
cpdef int put_vlan(Memory memory, Py_ssize_t start, int tpid, int tci) except -1
cpdef int put_cooked_vlan(Memory memory, Py_ssize_t payload, Py_ssize_t address, int tpid,
                          int tci) except -1
@cython.locals(protocol=int, kind=int, flags=int)
cpdef void put_can(Memory memory, Py_ssize_t start, Py_ssize_t caplen,
                   Py_ssize_t address) except *
