cimport cython
from fyke.files.output cimport Output
from fyke.source cimport Sink
from fyke.inline cimport Record

cdef extern from *:
    """
    #include <time.h>
    static double wall_clock(void)
    {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        return (double)now.tv_sec + now.tv_nsec * 1e-9;
    }
    """
    double wall_clock() noexcept nogil


cdef class Rotation(Sink):
    cdef object open, told, dropped, ended, clock
    cdef readonly object names, path
    cdef readonly long long size, seconds, number
    cdef readonly long long count, files
    cdef readonly double begun
    cdef bint finished, waiting, by_clock
    cdef long long taken_before, written_before, size_before
    cdef Output writer
    @cython.locals(now=double)
    cpdef void add(self, Record packet) except *
    cdef double now(self) except? -1
