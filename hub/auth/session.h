/*
 * Sessions of browsers: /api/v1/session.
 *
 * The printed link is http://host:port/#code=…: a fragment never leaves the browser, so the code is in no log, no
 * Referer and no history of a proxy. The page posts it here and gets the cookie.
 */
#ifndef HUB_AUTH_SESSION_H
#define HUB_AUTH_SESSION_H

#include "hub/http/http.h"

/* {authenticated, principal: null | {id, name}, via: "token" | "cookie" | "anybody" | null} */
void session_get(struct request *rq);
/* {code} or {token} → the cookie, and what GET says; 401 bad_code. */
void session_post(struct request *rq);
void session_delete(struct request *rq); /* drops the cookie; 204 */

#endif
