/* Schema migrations: migrations/NNNN_name.sql, forward only. */
#ifndef REGISTRY_MIGRATE_H
#define REGISTRY_MIGRATE_H

#include "base/err.h"
#include "base/str.h"

/*
 * Applies what is not yet applied, each file in a transaction of its own, under an advisory lock, and records its
 * SHA-256. Refused, nothing being changed: an applied file that is missing or was edited (migration_edited,
 * migration_missing), a gap in the numbers, two files of one number, a database newer than the folder.
 * Calls report(context, name) for each file applied. With dry_run nothing is applied, only reported.
 */
MUST_USE enum status migrate_run(const char *url, const char *folder, bool dry_run,
                                 void (*report)(void *context, const char *name), void *context, struct err *e);

#endif
