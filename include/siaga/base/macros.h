/* Small macros that every layer may use; the only place for compiler attributes. */
#ifndef SIAGA_BASE_MACROS_H
#define SIAGA_BASE_MACROS_H

#include <libintl.h>
#include <stddef.h>

#define ARRAY_LEN(a)                (sizeof(a) / sizeof((a)[0]))
#define ATTR_PRINTF(fmt, first_arg) __attribute__((format(printf, fmt, first_arg)))
#define ATTR_NORETURN               __attribute__((noreturn))
#define UNUSED(x)                   ((void)(x))
/* Asks for memory that will be read soon; any address is fine. */
#define PREFETCH(address) __builtin_prefetch(address)
/* The place of the lowest bit that is set, from 0 on; `bits` is not 0. */
#define LOWEST_BIT(bits) __builtin_ctzll(bits)

/* Texts a person reads go through gettext; N_ marks a text that is translated where it is used. */
#define _(text)  gettext(text)
#define N_(text) (text)

#endif
