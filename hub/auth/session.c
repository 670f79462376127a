#include "hub/auth/session.h"

#include "base/clock.h"
#include "hub/auth/auth.h"
#include "hub/http/server.h"

static void answer_session(struct request *rq, enum auth_via via)
{
    static const char *const names[] = {[AUTH_TOKEN] = "token", [AUTH_COOKIE] = "cookie", [AUTH_ANYBODY] = "anybody"};
    struct buf b;
    buf_init(&b, rq->arena, 1024);
    struct json j = json_to(&b);
    json_object(&j);
    json_put_bool(&j, "authenticated", via != AUTH_NOBODY);
    json_key(&j, "principal");
    if (via == AUTH_NOBODY) {
        json_null(&j);
    } else {
        json_object(&j);
        json_put_int(&j, "id", AUTH_PRINCIPAL);
        json_put_cstr(&j, "name", "local");
        json_object_end(&j);
    }
    json_put_cstr(&j, "via", names[via]);
    json_object_end(&j);
    answer_header(rq, "Cache-Control", STR("no-store"));
    answer_json(rq, 200, buf_take(&b), STR_NONE);
}

void session_get(struct request *rq)
{
    answer_session(rq, request_via(rq));
}

void session_post(struct request *rq)
{
    const struct auth *auth = server_auth(rq->hub);
    struct node *body;
    char cookie[AUTH_COOKIE_MAX];
    if (!request_json(rq, &body))
        return;
    bool ok = auth->none || auth_code_ok(auth, node_text_of(body, "code")) ||
              auth_token_ok(auth, node_text_of(body, "token"));
    if (!ok) {
        answer_problem(
            rq, 401, "bad_code",
            "This link or token is not (or no longer) valid. Take the link that the hub printed when it started.");
        return;
    }
    if (auth->none) {
        answer_session(rq, AUTH_ANYBODY);
        return;
    }
    if (auth_cookie(auth, clock_now_us() / 1000000 + AUTH_SESSION_SECS, cookie) != OK) {
        answer_problem(rq, 503, "out_of_memory", "There is no memory for a session.");
        return;
    }
    /* Not Secure: on loopback there is no TLS, and beyond it the proxy in front sees to that. */
    answer_header(rq, "Set-Cookie",
                  str_printf(rq->arena, AUTH_COOKIE_NAME "=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict", cookie,
                             (long long)AUTH_SESSION_SECS));
    answer_session(rq, AUTH_COOKIE);
}

void session_delete(struct request *rq)
{
    answer_header(rq, "Set-Cookie", STR(AUTH_COOKIE_NAME "=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"));
    answer_empty(rq, 204);
}
