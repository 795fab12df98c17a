/* The tables, printed for programs: a line each, tabs between, in a stable order. */
#ifndef SIAGA_CONSOLE_LISTS_H
#define SIAGA_CONSOLE_LISTS_H

#include <siaga/app/keymap.h>

void list_commands(void);
void list_keys(const struct keymap *km);
void list_options(void);
void list_roles(void);

#endif
