/* The themes that are compiled in. */
#ifndef SIAGA_UI_THEME_PRIVATE_H
#define SIAGA_UI_THEME_PRIVATE_H

#include <siaga/base/embed.h>

const struct embedded_file *theme_embedded_find(const char *name);

#endif
