/* Hash tables: uthash with a hash function that every compiler takes without a warning. */
#ifndef SIAGA_BASE_TABLE_H
#define SIAGA_BASE_TABLE_H

#define HASH_FUNCTION(key, len, hash) HASH_FNV(key, len, hash)
#include <uthash.h>

#ifdef __clang_analyzer__
/* It cannot know that the first item has none before it, and takes what is left of a table for
 * freed. */
#undef HASH_DEL
#define HASH_DEL(head, item) ((head) = (void *)(item)->hh.next)
#endif

#endif
