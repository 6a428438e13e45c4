"""Arrow's C data and stream interfaces: the structures, and how their memory is made and freed.

The structures are as https://arrow.apache.org/docs/format/CDataInterface.html gives them. What is
here is C, because a consumer calls ``release`` from any thread and perhaps after Python has ended:
it frees memory of malloc and touches no Python object. Who calls ``make_*`` on a structure that
holds something loses it; ``release`` of what is released already does nothing.
"""
from libc.stdint cimport int32_t, int64_t

cdef extern from *:
    """
    #ifndef FYKE_C_DATA
    #define FYKE_C_DATA
    #include <stdint.h>
    #include <stdlib.h>
    #include <string.h>

    #ifndef ARROW_C_DATA_INTERFACE
    #define ARROW_C_DATA_INTERFACE
    struct ArrowSchema {
        const char *format, *name, *metadata;
        int64_t flags, n_children;
        struct ArrowSchema **children, *dictionary;
        void (*release)(struct ArrowSchema *);
        void *private_data;
    };
    struct ArrowArray {
        int64_t length, null_count, offset, n_buffers, n_children;
        const void **buffers;
        struct ArrowArray **children, *dictionary;
        void (*release)(struct ArrowArray *);
        void *private_data;
    };
    #endif
    #ifndef ARROW_C_STREAM_INTERFACE
    #define ARROW_C_STREAM_INTERFACE
    struct ArrowArrayStream {
        int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
        int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
        const char *(*get_last_error)(struct ArrowArrayStream *);
        void (*release)(struct ArrowArrayStream *);
        void *private_data;
    };
    #endif

    static void fyke_release_schema(struct ArrowSchema *s) {
        int64_t i;
        if (s->release == NULL) return;
        s->release = NULL;
        for (i = 0; i < s->n_children; i++) {
            if (s->children[i]->release) s->children[i]->release(s->children[i]);
            free(s->children[i]);
        }
        if (s->dictionary) {
            if (s->dictionary->release) s->dictionary->release(s->dictionary);
            free(s->dictionary);
        }
        free(s->children);
        free((void *)s->format);
        free((void *)s->name);
    }

    static void fyke_release_array(struct ArrowArray *a) {
        int64_t i;
        if (a->release == NULL) return;
        a->release = NULL;
        for (i = 0; i < a->n_children; i++) {
            if (a->children[i]->release) a->children[i]->release(a->children[i]);
            free(a->children[i]);
        }
        if (a->dictionary) {
            if (a->dictionary->release) a->dictionary->release(a->dictionary);
            free(a->dictionary);
        }
        for (i = 0; i < a->n_buffers; i++) free((void *)a->buffers[i]);
        free(a->buffers);
        free(a->children);
    }

    /* Empty structures for the children and the dictionary are made, too; -1: no memory. */
    static int fyke_make_schema(struct ArrowSchema *s, const char *format, const char *name,
                                int64_t flags, int64_t children, int dictionary) {
        int64_t i;
        memset(s, 0, sizeof *s);
        s->release = fyke_release_schema;
        s->flags = flags;
        s->format = strdup(format);
        s->name = strdup(name);
        if (!s->format || !s->name) goto none;
        if (children && !(s->children = calloc(children, sizeof *s->children))) goto none;
        for (i = 0; i < children; i++, s->n_children++)
            if (!(s->children[i] = calloc(1, sizeof *s))) goto none;
        if (dictionary && !(s->dictionary = calloc(1, sizeof *s))) goto none;
        return 0;
    none:
        fyke_release_schema(s);
        return -1;
    }

    static int fyke_make_array(struct ArrowArray *a, int64_t length, int64_t nulls,
                               int64_t buffers, int64_t children, int dictionary) {
        int64_t i;
        memset(a, 0, sizeof *a);
        a->release = fyke_release_array;
        a->length = length;
        a->null_count = nulls;
        if (!(a->buffers = calloc(buffers ? buffers : 1, sizeof *a->buffers))) goto none;
        a->n_buffers = buffers;
        if (children && !(a->children = calloc(children, sizeof *a->children))) goto none;
        for (i = 0; i < children; i++, a->n_children++)
            if (!(a->children[i] = calloc(1, sizeof *a))) goto none;
        if (dictionary && !(a->dictionary = calloc(1, sizeof *a))) goto none;
        return 0;
    none:
        fyke_release_array(a);
        return -1;
    }

    /* A number in the width of its column, in the machine's order of octets. */
    static inline void fyke_store(unsigned char *at, int width, unsigned long long value) {
    #if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        switch (width) {
        case 1: *at = (unsigned char)value; break;
        case 2: memcpy(at, &value, 2); break;
        case 4: memcpy(at, &value, 4); break;
        default: memcpy(at, &value, 8);
        }
    #else
        memcpy(at, (unsigned char *)&value + 8 - width, width);
    #endif
    }

    static inline unsigned long long fyke_load(const unsigned char *at, int width) {
        unsigned long long value = 0;
    #if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        memcpy(&value, at, width);
    #else
        memcpy((unsigned char *)&value + 8 - width, at, width);
    #endif
        return value;
    }

    /* Bits that are set in some octets. */
    static inline long long fyke_ones(const unsigned char *at, long long size) {
        long long found = 0;
        for (; size > 0; size--, at++)
            found += __builtin_popcount(*at);
        return found;
    }

    /* Bits of an address, mixed for a hash table. */
    static inline unsigned long long fyke_mix(unsigned long long size, unsigned long long high,
                                              unsigned long long low) {
        unsigned long long bits = ((high + size) * 0x9E3779B97F4A7C15ull ^ low);
        bits *= 0xD6E8FEB86659FD93ull;
        return bits ^ bits >> 32;
    }
    #endif
    """
    cdef struct ArrowSchema:
        const char *format
        const char *name
        const char *metadata
        int64_t flags, n_children
        ArrowSchema **children
        ArrowSchema *dictionary
        void (*release)(ArrowSchema *) noexcept nogil
        void *private_data
    cdef struct ArrowArray:
        int64_t length, null_count, offset, n_buffers, n_children
        const void **buffers
        ArrowArray **children
        ArrowArray *dictionary
        void (*release)(ArrowArray *) noexcept nogil
        void *private_data
    cdef struct ArrowArrayStream:
        int (*get_schema)(ArrowArrayStream *, ArrowSchema *) noexcept
        int (*get_next)(ArrowArrayStream *, ArrowArray *) noexcept
        const char *(*get_last_error)(ArrowArrayStream *) noexcept
        void (*release)(ArrowArrayStream *) noexcept nogil
        void *private_data

    int make_schema "fyke_make_schema"(ArrowSchema *s, const char *format, const char *name,
                                       int64_t flags, int64_t children,
                                       int dictionary) noexcept nogil
    int make_array "fyke_make_array"(ArrowArray *a, int64_t length, int64_t nulls,
                                     int64_t buffers, int64_t children,
                                     int dictionary) noexcept nogil
    void store "fyke_store"(unsigned char *at, int width, unsigned long long value) noexcept nogil
    unsigned long long load "fyke_load"(const unsigned char *at, int width) noexcept nogil
    long long ones "fyke_ones"(const unsigned char *at, long long size) noexcept nogil
    unsigned long long mixed "fyke_mix"(unsigned long long size, unsigned long long high,
                                        unsigned long long low) noexcept nogil
