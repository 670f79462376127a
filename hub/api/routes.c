/* Every route of the API, in the order of static/openapi.yaml; a test compares the two. */
#include "hub/api/routes.h"

#include "hub/api/api.h"

#define ASSET   "/api/v1/assets/{namespace}/{kind}/{name}"
#define VERSION ASSET "/versions/{version}"
#define RUN     "/api/v1/runs/{id}"
#define DRAFT   "/api/v1/drafts/{id}"

static const struct route routes[] = {
    {METHOD_GET, "/api/v1/assets", api_asset_list, 0},
    {METHOD_POST, "/api/v1/assets", api_publish, ROUTE_CHANGES | ROUTE_MULTIPART | ROUTE_CREATES},
    {METHOD_GET, ASSET, api_asset_get, 0},
    {METHOD_PATCH, ASSET, api_asset_patch, ROUTE_CHANGES},
    {METHOD_DELETE, ASSET, api_asset_delete, ROUTE_CHANGES},
    {METHOD_GET, ASSET "/versions", api_version_list, 0},
    {METHOD_GET, VERSION, api_version_get, 0},
    {METHOD_DELETE, VERSION, api_version_delete, ROUTE_CHANGES},
    {METHOD_GET, VERSION "/content", api_version_content, ROUTE_USER_BYTES},
    {METHOD_GET, VERSION "/download", api_version_download, ROUTE_USER_BYTES},
    {METHOD_GET, VERSION "/readme", api_version_readme, ROUTE_USER_BYTES},
    {METHOD_GET, VERSION "/snippets", api_version_snippets, 0},
    {METHOD_GET, ASSET "/used-by", api_asset_used_by, 0},
    {METHOD_GET, ASSET "/diff", api_asset_diff, 0},
    {METHOD_PUT, ASSET "/tags/{tag}", api_tag_put, ROUTE_CHANGES},
    {METHOD_DELETE, ASSET "/tags/{tag}", api_tag_delete, ROUTE_CHANGES},
    {METHOD_POST, "/api/v1/compile", api_compile, ROUTE_OPEN},
    {METHOD_POST, "/api/v1/check", api_check, ROUTE_OPEN},
    {METHOD_POST, "/api/v1/components/from-code", api_component_from_code, ROUTE_OPEN},
    {METHOD_POST, "/api/v1/convert", api_convert, ROUTE_OPEN},
    {METHOD_POST, "/api/v1/lint", api_lint, ROUTE_OPEN},
    {METHOD_GET, "/api/v1/drafts", api_draft_list, 0},
    {METHOD_POST, "/api/v1/drafts", api_draft_create, ROUTE_CHANGES | ROUTE_CREATES},
    {METHOD_GET, DRAFT, api_draft_get, 0},
    {METHOD_PUT, DRAFT, api_draft_put, ROUTE_CHANGES},
    {METHOD_DELETE, DRAFT, api_draft_delete, ROUTE_CHANGES},
    {METHOD_GET, DRAFT "/revisions", api_draft_revisions, 0},
    {METHOD_GET, DRAFT "/revisions/{rev}", api_draft_document, ROUTE_USER_BYTES},
    {METHOD_GET, "/api/v1/engines", api_engine_list, 0},
    {METHOD_GET, "/api/v1/runs", api_run_list, 0},
    {METHOD_POST, "/api/v1/runs", api_run_create, ROUTE_CHANGES | ROUTE_CREATES},
    {METHOD_GET, RUN, api_run_get, 0},
    {METHOD_DELETE, RUN, api_run_delete, ROUTE_CHANGES},
    {METHOD_POST, RUN "/cancel", api_run_cancel, ROUTE_CHANGES},
    {METHOD_POST, RUN "/retry", api_run_retry, ROUTE_CHANGES | ROUTE_CREATES},
    {METHOD_POST, RUN "/resume", api_run_resume, ROUTE_CHANGES | ROUTE_CREATES},
    {METHOD_POST, RUN "/archive", api_run_archive, ROUTE_CHANGES},
    {METHOD_GET, RUN "/manifest", api_run_manifest, ROUTE_USER_BYTES},
    {METHOD_GET, RUN "/logs", api_run_logs, ROUTE_USER_BYTES | ROUTE_STREAM},
};

const struct route_table api_routes = {routes, sizeof routes / sizeof routes[0]};
