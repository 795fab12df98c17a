/* The programs beside the console: the sound of an alarm and the viewers of cameras. */
#ifndef SIAGA_CONSOLE_PROGRAMS_H
#define SIAGA_CONSOLE_PROGRAMS_H

#include <stdbool.h>

#include <siaga/base/err.h>

#define PROGRAMS_SOUND_LIMIT_MS 10000
#define PROGRAMS_VIEWERS_MAX    4

struct camera;
struct loop;
struct programs;

/* on_failed says, from the loop, what an operator should know of a program that did not do its
 * work. */
struct programs *programs_create(
	struct loop *loop, void (*on_failed)(void *data, const char *text), void *data);
/* Ends the sound; viewers go on, they are the operator's. NULL is fine; before the loop. */
void programs_destroy(struct programs *programs);

/*
 * Plays the alarm's sound, unless it is being played. A sound that fails again and again is told of
 * once, until one has worked or `told` asks for every answer. False with the reason when it cannot
 * even be tried. It never replaces the bell.
 */
bool programs_play_sound(
	struct programs *programs, const char *const *words, bool told, struct err *err);
/* How many sounds in a row have failed; 0 after one that worked. */
int programs_sound_failures(const struct programs *programs);

/* Opens the configured viewer on a camera's stream. */
bool programs_view_camera(struct programs *programs, const char *const *words,
	const struct camera *camera, struct err *err);

#endif
