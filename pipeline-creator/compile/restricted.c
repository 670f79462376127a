/*
 * Option `restricted`: what the "restricted" Pod Security Standard and OpenShift's restricted-v2 want of each
 * container. The user id stays open: OpenShift gives one, elsewhere podTemplate.securityContext.runAsUser does. Source:
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
#include "pipeline-creator/compile/plan.h"

static void set_missing(struct arena *a, struct node *map, const char *key, struct node *value)
{
    if (!node_get(map, key))
        node_put(a, map, key, value);
}

static struct node *list_of(struct arena *a, const char *only)
{
    struct node *list = node_seq(a);
    node_push(a, list, node_cstr(a, only));
    return list;
}

void restricted_apply(struct arena *a, const struct node *containers)
{
    for (size_t i = 0; i < node_count(containers); i++) {
        const struct node *own = node_get(containers->items[i], "securityContext");
        struct node *context = own ? node_copy(a, own) : node_map(a);
        struct node *capabilities = node_map(a), *profile = node_map(a);
        node_put(a, capabilities, "drop", list_of(a, "ALL"));
        node_put(a, profile, "type", node_cstr(a, "RuntimeDefault"));
        set_missing(a, context, "allowPrivilegeEscalation", node_bool_new(a, false));
        set_missing(a, context, "capabilities", capabilities);
        set_missing(a, context, "runAsNonRoot", node_bool_new(a, true));
        set_missing(a, context, "seccompProfile", profile);
        node_put(a, containers->items[i], "securityContext", context);
    }
}
