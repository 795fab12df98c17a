#include "lists.h"

#include <stdio.h>

#include <siaga/app/config.h>
#include <siaga/app/key.h>
#include <siaga/base/duration.h>
#include <siaga/ui/surface.h>

/* "trainer", "training", "room", "desk" or "all": who has the command. */
static const char *side_name(unsigned flags) {
	unsigned sides = flags & (COMMAND_ROOM | COMMAND_DESK);
	if ((flags & COMMAND_TRAINER) != 0) {
		return "trainer";
	}
	if ((flags & COMMAND_TRAINING) != 0) {
		return "training";
	}
	return sides == COMMAND_ROOM ? "room" : sides == COMMAND_DESK ? "desk" : "all";
}

static void print_panes(unsigned panes) {
	const char *between = "";
	if (panes == 0) {
		fputs("any", stdout);
	}
	for (int pane = 0; pane < PANE_COUNT; pane++) {
		if ((panes & PANE_BIT(pane)) != 0) {
			printf("%s%s", between, pane_name((enum pane)pane));
			between = ",";
		}
	}
}

void list_commands(void) {
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command_entry *entry = command_get((enum command_id)id);
		const char *between = "";
		printf("%s\t", entry->name);
		for (size_t i = 0; i < COMMAND_ALIAS_MAX && entry->alias[i] != NULL; i++) {
			printf("%s%s", between, entry->alias[i]);
			between = ",";
		}
		printf("\t%s\t", side_name(entry->flags));
		print_panes(entry->panes);
		printf("\t");
		between = "";
		for (size_t i = 0; i < COMMAND_KEYS_MAX && entry->keys[i] != 0; i++) {
			char label[KEY_LABEL_SIZE];
			key_label(entry->keys[i], label);
			printf("%s%s", between, label);
			between = " ";
		}
		printf("\t%s\t%s\n", entry->usage, _(entry->help));
	}
}

void list_keys(const struct keymap *km) {
	for (int pane = 0; pane < PANE_COUNT; pane++) {
		for (size_t i = 0; i < km->len; i++) {
			const struct keymap_binding *item = &km->items[i];
			for (int desk = 0; desk <= 1; desk++) {
				char label[KEY_LABEL_SIZE];
				if (item->command == COMMAND_COUNT ||
					keymap_get(km, (enum pane)pane, desk != 0, item->key) !=
						item) {
					continue;
				}
				key_label(item->key, label);
				printf("%s\t%s\t%s\t%s%s%s\n", pane_name((enum pane)pane),
					desk != 0 ? "desk" : "room", label,
					command_get(item->command)->name,
					item->args[0] != '\0' ? " " : "", item->args);
			}
		}
	}
}

static void print_limits(const struct timer_limits *limits) {
	const int64_t all[] = {
		limits->warn_ms, limits->alert_ms, limits->escalate_ms, limits->all_ms};
	size_t len = ARRAY_LEN(all);
	while (len > 1 && all[len - 1] == 0) {
		len--;
	}
	for (size_t i = 0; i < len; i++) {
		char text[DURATION_TEXT_SIZE];
		duration_format(text, all[i]);
		printf("%s%s", i > 0 ? " " : "", all[i] > 0 ? text : "-");
	}
}

void list_options(void) {
	size_t len;
	const struct setting *options = config_options(&len);
	struct timer_table timers;
	setting_list(options, len);
	timer_table_defaults(&timers);
	for (size_t i = 0; i < timers.len; i++) {
		const struct timer_row *row = &timers.rows[i];
		printf("timers\t%s%s%s%s%s\ttimes\t", timer_name(row->timer),
			row->kind == TIMER_ANY ? "" : ".",
			row->kind == TIMER_ANY ? "" : kind_name((enum kind)row->kind),
			row->priority == TIMER_ANY ? "" : ".",
			row->priority == TIMER_ANY ? ""
						   : priority_name((enum priority)row->priority));
		print_limits(&row->limits);
		printf("\t%s\t%s\n", _("warn, alert, tell supervisors, tell everybody"),
			_("How long an incident may stay as it is"));
	}
}

void list_roles(void) {
	for (int role = 0; role < UI_ROLE_COUNT; role++) {
		printf("%s\n", ui_role_name((enum ui_role)role));
	}
}
