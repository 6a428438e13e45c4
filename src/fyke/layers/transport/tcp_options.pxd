cimport cython
from fyke.inline cimport Line, Record

cdef int EOL, NOP, MSS, WSCALE, SACK_OK, SACK, ECHO, ECHO_REPLY, TIMESTAMP
cdef int CC, CC_NEW, CC_ECHO, MD5, SCPS, UTO, AO, MPTCP, FAST_OPEN, EXPERIMENT_2
cdef unsigned int WORD
cdef int MD5_LENGTH, FAST_OPEN_MAGIC
cdef dict OPTION_NAMES, VALUE_LENGTHS

@cython.locals(left=Py_ssize_t, first=bint, kind="unsigned int", size=Py_ssize_t)
cpdef bint write_options(Line line, Record pkt, Py_ssize_t off, Py_ssize_t length,
                         unsigned int flags, unsigned int origin) except? -1

cdef bint refuse(Line line, bint first) except? -1

@cython.locals(fixed=Py_ssize_t, value=Py_ssize_t)
cdef Py_ssize_t write_option(Line line, Record pkt, Py_ssize_t off, unsigned int kind, Py_ssize_t size,
                             Py_ssize_t left, unsigned int flags,
                             unsigned int origin) except? -1

@cython.locals(value="unsigned int", seconds="unsigned int")
cdef void write_fixed(Line line, Record pkt, Py_ssize_t off, unsigned int kind) except *

@cython.locals(stop=Py_ssize_t, left="unsigned int", right="unsigned int")
cdef void write_sack(Line line, Record pkt, Py_ssize_t off, Py_ssize_t length,
                     unsigned int origin) except *

cdef void write_authentication(Line line, Record pkt, Py_ssize_t off, Py_ssize_t length) except *

@cython.locals(saved=Py_ssize_t, good=bint, magic="unsigned int")
cdef bint write_nested(Line line, Record pkt, Py_ssize_t off, unsigned int kind, Py_ssize_t size,
                       unsigned int flags) except? -1

cdef void write_fast_open(Line line, Record pkt, Py_ssize_t off, Py_ssize_t length) except *
