/* Where the files of a user are, by the XDG base directory rules. */
#ifndef SIAGA_CONSOLE_XDG_H
#define SIAGA_CONSOLE_XDG_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/base/err.h>

/* $XDG_CONFIG_HOME/siaga/NAME, else ~/.config/siaga/NAME; false when there is no home. */
bool xdg_config_path(const char *name, char *out, size_t size);
/* $XDG_STATE_HOME/siaga, else ~/.local/state/siaga. */
bool xdg_state_dir(char *out, size_t size, struct err *err);

#endif
