/*
 * A training at the terminal: a scenario is played to whoever sits there, by a feed inside the
 * process. Nothing here opens a link: there is no way from it to a real feed.
 */
#ifndef SIAGA_CONSOLE_REPLAY_H
#define SIAGA_CONSOLE_REPLAY_H

#include "options.h"
#include "play.h"

/* Plays opt->words[0] until the operator leaves. Returns the exit code. */
int replay_run(const struct options *opt, struct err *err);

/* Name and position of who is trained, as they were said. */
void replay_user(const struct options *opt, struct sim_user *user);
/* Writes the score where one was asked for. */
bool replay_score(const struct play *p, const struct options *opt, struct err *err);

#endif
