/*
 * The data folder is one user's. Who starts as root becomes that user before anything in it is
 * opened: the feed, and the commands beside it, so that root leaves nothing there that the feed
 * cannot read.
 */
#ifndef SIAGA_FEED_OWNER_H
#define SIAGA_FEED_OWNER_H

#include <siaga/base/account.h>

/*
 * Becomes, for ever, the folder's owner; where that is root or the folder misses, the user siaga,
 * else nobody. `user` (NULL: nobody said one) is taken instead of all these; "root" stays root. The
 * folder is made where it misses; it and the feed's own files in it are given where they are
 * root's. Who is not root stays who it is. Call it while there is one thread. *out: who it is now.
 */
bool owner_become(struct account *out, const char *dir, const char *user, struct err *err);
/*
 * The same for who only looks: nothing is made or given. Of a folder that is root's, or that
 * misses, there is nobody to become, whatever `user` says.
 */
bool owner_look(struct account *out, const char *dir, const char *user, struct err *err);

#endif
