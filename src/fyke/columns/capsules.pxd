cimport cython
from cpython.bytes cimport PyBytes_AS_STRING
from cpython.object cimport PyObject
from cpython.pycapsule cimport PyCapsule_GetPointer, PyCapsule_New
from cpython.ref cimport Py_DECREF, Py_INCREF
from fyke.columns.c_data cimport (
    ArrowArray, ArrowArrayStream, ArrowSchema, make_array, make_schema)
from fyke.columns.vector cimport Vector
from libc.stdlib cimport calloc, free
from libc.string cimport memset

cdef extern from *:
    """
    /* Capsules keep a pointer to their name. */
    #define FYKE_SCHEMA "arrow_schema"
    #define FYKE_ARRAY "arrow_array"
    #define FYKE_STREAM "arrow_array_stream"
    """
    const char *SCHEMA_NAME "FYKE_SCHEMA"
    const char *ARRAY_NAME "FYKE_ARRAY"
    const char *STREAM_NAME "FYKE_STREAM"

cdef extern from "Python.h":
    int Py_IsInitialized() noexcept nogil
    void PyErr_Fetch(PyObject **, PyObject **, PyObject **) noexcept
    void PyErr_Restore(PyObject *, PyObject *, PyObject *) noexcept

cdef int LISTS, WORDS, EIO, EINTR, EINVAL, NULLABLE


@cython.final
cdef class Batch:
    cdef readonly list names, kinds
    cdef list vectors
    cdef readonly Py_ssize_t rows
    cdef list columns_held(self)
    @cython.locals(to="ArrowArray *")
    cdef object capsule(self)
    @cython.locals(vectors=list, vector=Vector, number=Py_ssize_t)
    cdef int hand_on(self, ArrowArray *to) except -1


@cython.final
cdef class Stream:
    cdef list names, kinds
    cdef object batches, lock
    cdef bytes error
    cdef bint closed
    cdef object next(self)
    cdef int close(self) except -1
    @cython.locals(to="ArrowArrayStream *")
    cpdef object capsule(self)
    cdef int failed(self, object problem) except -1

@cython.locals(to="ArrowSchema *")
cpdef object schema_capsule(list names, list kinds)
@cython.locals(number=Py_ssize_t)
cdef int put_schema(ArrowSchema *to, list names, list kinds) except -1
@cython.locals(words=bytes, form=bytes, listed=bint, coded=bint)
cdef int put_column(ArrowSchema *to, str name, object kind) except -1

@cython.locals(held=Stream)
cdef int stream_schema(ArrowArrayStream *stream, ArrowSchema *out) noexcept with gil
@cython.locals(held=Stream, batch=Batch)
cdef int stream_next(ArrowArrayStream *stream, ArrowArray *out) noexcept with gil
@cython.locals(held=Stream)
cdef const char *stream_error(ArrowArrayStream *stream) noexcept with gil
cdef void stream_release(ArrowArrayStream *stream) noexcept nogil
@cython.locals(kind="PyObject *", value="PyObject *", trace="PyObject *")
cdef void let_go(void *held) noexcept with gil
cdef void finish(Stream stream) noexcept

@cython.locals(to="ArrowSchema *")
cdef void drop_schema(object capsule) noexcept
@cython.locals(to="ArrowArray *")
cdef void drop_array(object capsule) noexcept
@cython.locals(to="ArrowArrayStream *")
cdef void drop_stream(object capsule) noexcept
