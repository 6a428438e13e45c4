cimport cython
from fyke.conversations.flow cimport Flow, Side

cdef int BY_FIRST, TCP
cdef long long SECOND, MILLISECOND, MICROSECOND

@cython.locals(sent=Side, received=Side)
cpdef tuple cells(Flow flow)
cpdef str end(object address, object port)
cdef str notes(Flow flow)
cpdef list troubles_told(object one, object other)
cpdef str octets(double count)
@cython.locals(size="long long", parts="long long", rounded="long long", whole="long long",
               part="long long")
cpdef str seconds(long long time)
