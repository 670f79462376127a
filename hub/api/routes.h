/* The route table of /api/v1; hub/http adds its own (health, session, events). */
#ifndef HUB_API_ROUTES_H
#define HUB_API_ROUTES_H

#include "hub/http/server.h"

extern const struct route_table api_routes;

#endif
