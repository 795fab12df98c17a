/* Runs a target over the files of its corpus, without a fuzzer: a test like the others. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static int count;

static void replay_file(const char *path) {
	FILE *file = fopen(path, "rb");
	struct buf data = {0};
	char part[4096];
	size_t got;

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	while ((got = fread(part, 1, sizeof(part), file)) > 0) {
		buf_add(&data, part, got);
	}
	(void)fclose(file);
	/* Told first: it is the one that broke something, if no other follows. */
	printf("# %s\n", path);
	(void)fflush(stdout);
	char *exact = dup_exact(data.data, data.len);
	(void)LLVMFuzzerTestOneInput((const uint8_t *)exact, data.len);
	free(exact);
	buf_finish(&data);
	printf("ok %d - %s\n", ++count, strrchr(path, '/') + 1);
}

static int is_file(const struct dirent *entry) {
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv) {
	for (int i = 1; i < argc; i++) {
		struct dirent **names;
		int len = scandir(argv[i], &names, is_file, alphasort);

		for (int n = 0; n < len; n++) {
			char path[4096];
			(void)snprintf(path, sizeof(path), "%s/%s", argv[i], names[n]->d_name);
			replay_file(path);
			free(names[n]);
		}
		if (len >= 0) {
			free(names);
		}
	}
	/* Nothing at all is what every program may be given, too. */
	(void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	printf("ok %d - (empty)\n1..%d\n", count + 1, count + 1);
	return count > 0 ? 0 : 1;
}
