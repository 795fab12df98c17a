/* Which command is meant, by its name or by a key, and whose it is. */
#include <siaga/app/commands.h>

#include <string.h>

#include <siaga/app/app.h>

static bool has_alias(const struct command_entry *entry, const char *name) {
	for (size_t i = 0; i < COMMAND_ALIAS_MAX && entry->alias[i] != NULL; i++) {
		if (strcmp(entry->alias[i], name) == 0) {
			return true;
		}
	}
	return false;
}

enum command_id command_find(const char *name) {
	size_t len = strlen(name);
	enum command_id found = COMMAND_COUNT;
	size_t matches = 0;
	for (int id = 0; id < COMMAND_COUNT && len > 0; id++) {
		const struct command_entry *entry = command_get((enum command_id)id);
		if (has_alias(entry, name) || strcmp(entry->name, name) == 0) {
			return (enum command_id)id;
		}
		if (strncmp(entry->name, name, len) == 0) {
			found = (enum command_id)id;
			matches++;
		}
	}
	return matches == 1 ? found : COMMAND_COUNT;
}

bool command_for_role(const struct app *app, enum command_id id) {
	unsigned flags = command_get(id)->flags;
	if ((flags & COMMAND_TRAINING) != 0 && !app->training.on) {
		return false;
	}
	if ((flags & COMMAND_TRAINER) != 0 && app->role != ROLE_TRAINER) {
		return false;
	}
	if ((flags & (COMMAND_ROOM | COMMAND_DESK)) == 0) {
		return true;
	}
	return (app->role == ROLE_AGENCY ? flags & COMMAND_DESK : flags & COMMAND_ROOM) != 0;
}

enum command_id command_of_key(const struct app *app, uint32_t key) {
	return keymap_find(&app->cfg.keys, app->focus, app->role == ROLE_AGENCY, key);
}
