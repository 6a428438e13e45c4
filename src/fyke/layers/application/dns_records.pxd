cimport cython
from fyke.layers.application.dns_name cimport write_name
from fyke.inline cimport Line, Record

cdef Py_ssize_t BAD
cdef int A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, A6, DNAME, OPT, UNSPEC, TSIG, URI

cpdef Py_ssize_t write_data(Line line, Record pkt, Py_ssize_t off, Py_ssize_t length,
                            Py_ssize_t base, unsigned int kind) except? -1

@cython.locals(stop=Py_ssize_t, count=Py_ssize_t)
cdef Py_ssize_t write_strings(Line line, Record pkt, Py_ssize_t off,
                              Py_ssize_t length) except? -1

cdef Py_ssize_t write_service(Line line, Record pkt, Py_ssize_t off, Py_ssize_t base) except? -1
cdef Py_ssize_t write_exchange(Line line, Record pkt, Py_ssize_t off, Py_ssize_t base) except? -1

@cython.locals(stop=Py_ssize_t)
cdef Py_ssize_t write_authority(Line line, Record pkt, Py_ssize_t off, Py_ssize_t base) except? -1
