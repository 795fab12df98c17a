/* The language and character set of the terminal. */
#ifndef SIAGA_CONSOLE_LOCALE_H
#define SIAGA_CONSOLE_LOCALE_H

#include <stdbool.h>

#include <siaga/base/err.h>

/*
 * Sets the locale of the process. `language` is "en", the name of a catalogue ("id"), or "auto" or
 * NULL for what LANGUAGE, LC_ALL, LC_MESSAGES and LANG ask for; where there is no catalogue for
 * that, English. The language needs no locale of its own to be generated on the machine. Numbers
 * stay in C. False when a language was named that has no catalogue; then English is spoken. May be
 * called again, before there are threads.
 */
bool locale_init(const char *language, struct err *err);
/* The language that is spoken: "en", "id". */
const char *locale_language(void);
/* The locale that the environment asks for is one of this machine's; else `wish` gets its name. */
bool locale_is_known(const char **wish);

#endif
