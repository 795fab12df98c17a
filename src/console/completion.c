#include "completion.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>
#include <siaga/ui/theme.h>

#include "options.h"

static const char languages[] = "auto en id";
static const char shells[] = "bash fish zsh";

/* The names of all themes that can be found here. */
static const char *themes(void) {
	static char all[1024];
	struct theme_names names = {0};
	size_t len = 0;
	theme_list(&names, theme_dirs());
	for (size_t i = 0; i < names.len; i++) {
		if (text_id_ok(names.names[i], THEME_NAME_SIZE) &&
			len + THEME_NAME_SIZE < sizeof(all)) {
			len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s",
				len > 0 ? " " : "", names.names[i]);
		}
	}
	theme_names_finish(&names);
	return all;
}

/* The words that may follow, or NULL where they are files, folders or free. */
static const char *words_of(enum option_words words) {
	switch (words) {
	case OPTION_WORDS_LANGUAGE: return languages;
	case OPTION_WORDS_SHELL: return shells;
	case OPTION_WORDS_THEME: return themes();
	case OPTION_WORDS_DIR:
	case OPTION_WORDS_FILE:
	case OPTION_WORDS_NONE: break;
	}
	return NULL;
}

static void print_bash(void) {
	const struct option_row *rows = options_rows();
	printf("# siaga --completion bash\n_siaga() {\n\tlocal words=\n"
	       "\tlocal now=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
	       "\tCOMPREPLY=()\n\tcase $before in\n");
	for (int i = 0; i < OPTION_COUNT; i++) {
		const char *words = words_of(rows[i].words);
		if (rows[i].arg == NULL) {
			continue;
		}
		printf("\t--%s", rows[i].name);
		if (rows[i].letter != 0) {
			printf("|-%c", rows[i].letter);
		}
		if (words != NULL) {
			printf(") words='%s' ;;\n", words);
		} else if (rows[i].words == OPTION_WORDS_NONE) {
			printf(") return ;;\n");
		} else {
			printf(")\n\t\tcompopt -o filenames 2>/dev/null\n"
			       "\t\tmapfile -t COMPREPLY < <(compgen -A %s -- \"$now\")\n"
			       "\t\treturn ;;\n",
				rows[i].words == OPTION_WORDS_DIR ? "directory" : "file");
		}
	}
	/* What stands behind a command that takes files. */
	printf("\treplay|score|check)\n\t\tcompopt -o filenames 2>/dev/null\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -A file -- \"$now\")\n\t\treturn ;;\n"
	       "\tscenario) words='check' ;;\n");
	printf("\t*) words='");
	for (int i = 0; i < OPTION_COMMAND_COUNT; i++) {
		printf("%s ", options_commands()[i].name);
	}
	for (int i = 0; i < OPTION_COUNT; i++) {
		printf("%s--%s", i > 0 ? " " : "", rows[i].name);
	}
	printf("' ;;\n\tesac\n\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$now\")\n}\n"
	       "complete -F _siaga siaga\n");
}

/* A text between single quotes of a shell; zsh's _arguments reads [ ] and : in it as its own. */
static void print_quoted(const char *text, bool zsh) {
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			fputs("'\\''", stdout);
		} else if (zsh && strchr("[]:\\", *text) != NULL) {
			printf("\\%c", *text);
		} else {
			putchar(*text);
		}
	}
}

static void print_zsh_row(const struct option_row *row, bool letter) {
	const char *words = words_of(row->words);
	if (letter) {
		printf("\t'-%c[", row->letter);
	} else {
		printf("\t'--%s[", row->name);
	}
	print_quoted(_(row->help), true);
	printf("]");
	if (row->arg != NULL) {
		printf(":%s:", row->arg);
		if (words != NULL) {
			printf("(%s)", words);
		} else if (row->words == OPTION_WORDS_DIR) {
			printf("_files -/");
		} else if (row->words == OPTION_WORDS_FILE) {
			printf("_files");
		}
	}
	printf("' \\\n");
}

static void print_zsh(void) {
	const struct option_row *rows = options_rows();
	printf("#compdef siaga\n# siaga --completion zsh\n_arguments \\\n\t'1: :((");
	for (int i = 0; i < OPTION_COMMAND_COUNT; i++) {
		printf("%s%s\\:\"", i > 0 ? " " : "", options_commands()[i].name);
		print_quoted(_(options_commands()[i].help), true);
		printf("\"");
	}
	printf("))' \\\n\t'*:FILE:_files' \\\n");
	for (int i = 0; i < OPTION_COUNT; i++) {
		print_zsh_row(&rows[i], false);
		if (rows[i].letter != 0) {
			print_zsh_row(&rows[i], true);
		}
	}
	printf("\t&& return 0\n");
}

static void print_fish(void) {
	const struct option_row *rows = options_rows();
	printf("# siaga --completion fish\ncomplete -c siaga -f\n");
	for (int i = 0; i < OPTION_COMMAND_COUNT; i++) {
		printf("complete -c siaga -a %s -d '", options_commands()[i].name);
		print_quoted(_(options_commands()[i].help), false);
		printf("'\n");
	}
	printf("complete -c siaga -n '__fish_seen_subcommand_from replay scenario score' -F\n");
	for (int i = 0; i < OPTION_COUNT; i++) {
		const char *words = words_of(rows[i].words);
		printf("complete -c siaga -l %s", rows[i].name);
		if (rows[i].letter != 0) {
			printf(" -s %c", rows[i].letter);
		}
		if (words != NULL) {
			printf(" -x -a '%s'", words);
		} else if (rows[i].words == OPTION_WORDS_DIR) {
			printf(" -x -a '(__fish_complete_directories)'");
		} else if (rows[i].words == OPTION_WORDS_FILE) {
			printf(" -r -F");
		} else if (rows[i].arg != NULL) {
			printf(" -x");
		}
		printf(" -d '");
		print_quoted(_(rows[i].help), false);
		printf("'\n");
	}
}

bool completion_print(const char *shell, struct err *err) {
	if (strcmp(shell, "bash") == 0) {
		print_bash();
	} else if (strcmp(shell, "zsh") == 0) {
		print_zsh();
	} else if (strcmp(shell, "fish") == 0) {
		print_fish();
	} else {
		return err_set(err, _("--completion: bash, zsh or fish, not \"%s\""), shell);
	}
	return true;
}
