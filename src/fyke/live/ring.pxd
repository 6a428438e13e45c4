cimport cython
from fyke.live.frame cimport Frames
from fyke.source cimport Source
from fyke.inline cimport Record
from fyke.wire cimport Memory

cdef int BLOCK_STATUS, BLOCK_PACKETS, BLOCK_FIRST
cdef int FRAME_NEXT, FRAME_SEC, FRAME_NSEC, FRAME_CAPLEN, FRAME_LEN, FRAME_STATUS, FRAME_MAC
cdef int FRAME_TCI, FRAME_TPID, FRAME_ADDRESS, FRAME_HEADER
cdef int TP_STATUS_USER, TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID, ETH_P_8021Q
cdef long long NANOSECONDS


cdef class Ring(Source):
    cdef public Memory memory
    cdef public Frames frames
    cdef public object map
    cdef public Py_ssize_t block, block_size, block_count, left, at
    cdef public bint cut_off, drained, holding
    cdef public int error
    @cython.locals(at=Py_ssize_t, frames=Frames)
    cpdef bint next(self, Record packet) except -1
    @cython.locals(block=Py_ssize_t)
    cpdef bint turn(self) except -1
    @cython.locals(memory=Memory, start=Py_ssize_t, room=Py_ssize_t, tpid=int, tci=int,
                   status="unsigned int", seconds="long long", nanoseconds="long long",
                   caplen=Py_ssize_t, wirelen=Py_ssize_t)
    cpdef bint place(self, Record packet, Py_ssize_t at) except -1
