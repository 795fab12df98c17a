/* Hash tables: uthash with a hash function that every compiler takes without a warning. */
#ifndef SIAGA_BASE_TABLE_H
#define SIAGA_BASE_TABLE_H

#define HASH_FUNCTION(key, len, hash) HASH_FNV(key, len, hash)
#include <uthash.h>

#endif
