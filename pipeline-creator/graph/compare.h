/*
 * What comparisons in conditions mean, here for values that are known while compiling; compile/check.c computes the
 * same in the run.
 *
 * == and != compare texts byte by byte, as Tekton's `when` does: 1 and 1.0 differ.
 *
 * <, <=, > and >= compare numbers where both texts are decimal numbers, exactly, however many digits they have: an
 * optional sign, digits with or without a point, an optional exponent (of at most nine digits); white space around it
 * is ignored. inf and infinity with or without a sign are beyond all of them. nan, beside a number, is in no order:
 * none of the four holds. Other texts are compared byte by byte.
 */
#ifndef PIPELINE_CREATOR_GRAPH_COMPARE_H
#define PIPELINE_CREATOR_GRAPH_COMPARE_H

#include "base/str.h"

enum comparison { COMPARE_LESS = -1, COMPARE_SAME = 0, COMPARE_GREATER = 1, COMPARE_NO_ORDER = 2 };

/* COMPARE_SAME is also said of 1 and 1.0. */
enum comparison graph_compare(struct str x, struct str y);

#endif
