/* The handlers of /api/v1, one file a noun. Each answers its request; shapes are in static/openapi.yaml. */
#ifndef HUB_API_API_H
#define HUB_API_API_H

#include "hub/http/http.h"

/* Namespace, kind and name of the path: the first three arguments of most statements about assets. */
void api_asset_args(struct request *rq, struct db_arg *args);
/* Whether the query leaves this out, or has one of "a|b|c"; otherwise it is answered. */
bool api_query_choice(struct request *rq, const char *name, const char *choices);

void api_asset_list(struct request *rq);
void api_asset_get(struct request *rq);
void api_asset_patch(struct request *rq);
void api_asset_delete(struct request *rq);
void api_version_list(struct request *rq);
void api_version_get(struct request *rq);
void api_version_delete(struct request *rq);
void api_version_content(struct request *rq);
void api_version_download(struct request *rq);
void api_version_readme(struct request *rq);
void api_version_snippets(struct request *rq);
void api_asset_used_by(struct request *rq);
void api_asset_diff(struct request *rq);
void api_tag_put(struct request *rq);
void api_tag_delete(struct request *rq);
void api_publish(struct request *rq);
void api_compile(struct request *rq);
void api_check(struct request *rq);
void api_component_from_code(struct request *rq);
void api_convert(struct request *rq);
void api_lint(struct request *rq);
void api_draft_list(struct request *rq);
void api_draft_create(struct request *rq);
void api_draft_get(struct request *rq);
void api_draft_put(struct request *rq);
void api_draft_delete(struct request *rq);
void api_draft_revisions(struct request *rq);
void api_draft_document(struct request *rq);
void api_engine_list(struct request *rq);
void api_run_list(struct request *rq);
void api_run_create(struct request *rq);
void api_run_get(struct request *rq);
void api_run_delete(struct request *rq);
void api_run_cancel(struct request *rq);
void api_run_retry(struct request *rq);
void api_run_resume(struct request *rq);
void api_run_archive(struct request *rq);
void api_run_manifest(struct request *rq);
void api_run_logs(struct request *rq);

#endif
