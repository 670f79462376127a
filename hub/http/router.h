/* The route table, prepared once at start. Read only after that; any thread. */
#ifndef HUB_HTTP_ROUTER_H
#define HUB_HTTP_ROUTER_H

#include "hub/http/http.h"
#include "hub/http/server.h"
#include "hub/http/uri.h"

struct router;

/* ERR_INVALID bad_route for a pattern that is not "/literal/{name}/…" or stands there twice for one method. */
MUST_USE enum status router_new(struct arena *a, const struct route_table *tables, size_t count, struct router **out,
                                struct err *e);
/*
 * The route for a path, literal segments before parameters, a parameter never being empty. HEAD finds GET routes.
 * NULL when there is none; *allow then tells (bits 1 << method) which methods the path does have. params has room for
 * URI_MAX_SEGMENTS.
 */
const struct route *router_find(const struct router *r, enum method method, const struct str *segments, size_t count,
                                struct param *params, size_t *param_count, unsigned *allow);
/* "GET, HEAD, OPTIONS": the value of an Allow header. */
struct str router_allow(struct arena *a, unsigned allow);
/* METHOD_COUNT for what routes cannot have. */
enum method method_of(struct str name);
const char *method_name(enum method m);

#endif
