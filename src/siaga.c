/* The operator's console: reads the command line, finds feed and token, runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "console/demo.h"
#include "console/locale.h"
#include "console/options.h"
#include "console/runtime.h"
#include "console/script.h"

#define EXIT_USAGE 2

/* The first line of the file. Others must not be able to read it: a token is a key. */
static bool read_token(const char *path, char *out, size_t size, struct err *err) {
	struct stat st;
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		return err_set(err, "%s: %s", path, strerror(errno));
	}
	bool ok = fstat(fileno(file), &st) == 0 && fgets(out, (int)size, file) != NULL;
	fclose(file);
	if (!ok) {
		return err_set(err, "%s: holds no token", path);
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		return err_set(err, "%s: others may read it; chmod 600 %s", path, path);
	}
	out[strcspn(out, "\r\n")] = '\0';
	return out[0] != '\0' || err_set(err, "%s: holds no token", path);
}

int main(int argc, char **argv) {
	struct options opt;
	struct demo demo = {0};
	struct err err = {0};
	char token[512] = "";
	locale_init("auto", NULL);
	switch (options_parse(&opt, argc, argv, &err)) {
	case OPTIONS_EXIT_OK: return EXIT_SUCCESS;
	case OPTIONS_EXIT_USAGE: fprintf(stderr, "siaga: %s\n", err.text); return EXIT_USAGE;
	case OPTIONS_RUN: break;
	}
	if (opt.script != NULL) {
		int done = script_run(&opt, &err);
		if (err.text[0] != '\0') {
			fprintf(stderr, "siaga: %s\n", err.text);
		}
		return done;
	}
	if (opt.demo) {
		if (!demo_init(&demo, &err)) {
			demo_finish(&demo);
			fprintf(stderr, "siaga: %s\n", err.text);
			return EXIT_FAILURE;
		}
		opt.feed = demo.feed;
		opt.state = demo.state;
		snprintf(token, sizeof(token), "%s", demo.token);
	} else if (opt.token_file != NULL &&
		   !read_token(opt.token_file, token, sizeof(token), &err)) {
		fprintf(stderr, "siaga: %s\n", err.text);
		return EXIT_FAILURE;
	}
	int code = runtime_run(&opt, token, &err);
	demo_finish(&demo);
	if (err.text[0] != '\0') {
		fprintf(stderr, "siaga: %s\n", err.text);
	}
	return code;
}
