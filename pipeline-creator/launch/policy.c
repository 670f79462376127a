/*
 * What a manifest may contain. One table per place: a key that is not in it is refused, so that a field that
 * Kubernetes adds later is not let through by being unknown here.
 */
#include "pipeline-creator/launch/launch.h"

struct checking {
    struct arena *a;
    const struct launch_policy *p;
    struct problems *ps;
};

static void refuse(struct checking *c, const char *code, struct str path, const struct node *at, const char *what,
                   struct str name)
{
    problem_add(c->ps, SEVERITY_ERROR, code, path, at, "%s%s%.*s", what, name.n ? ": " : "", STR_ARG(name));
}

static bool in_list(const struct str *list, size_t n, struct str s)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i], s))
            return true;
    return false;
}

static bool among(const char *const *list, struct str s)
{
    for (; *list; list++)
        if (str_is(s, *list))
            return true;
    return false;
}

static void check_secret(struct checking *c, const struct node *name, struct str path)
{
    if (!in_list(c->p->secrets, c->p->secret_count, node_text(name)))
        refuse(c, "policy_secret", path, name, "this secret may not be used here", node_text(name));
}

static void check_account(struct checking *c, const struct node *name, struct str path)
{
    struct str s = node_text(name);
    if (s.n && !str_is(s, "default") && !in_list(c->p->service_accounts, c->p->service_account_count, s))
        refuse(c, "policy_service_account", path, name, "this service account may not be used here", s);
}

static void check_image(struct checking *c, const struct node *image, struct str path)
{
    struct str s = node_text(image);
    bool fine = !c->p->image_count || !s.n;
    for (size_t i = 0; i < c->p->image_count && !fine; i++) {
        struct str prefix = c->p->images[i];
        fine = s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
    }
    if (!fine)
        refuse(c, "policy_image", path, image, "this image may not be used here", s);
    else if (c->p->image_count && str_find(s, STR("$(")) >= 0)
        refuse(c, "policy_image", path, image, "an image from a parameter cannot be checked", s);
}

/* ---- volumes: kinds that reach only what belongs to the run */

static void check_projected(struct checking *c, const struct node *source, struct str path)
{
    const struct node *list = node_get(source, "sources");
    for (size_t i = 0; i < node_count(list); i++) {
        const struct node *item = node_at(list, i);
        struct str at = pointer_index(c->a, pointer_key(c->a, path, STR("sources")), i);
        for (size_t k = 0; k < node_count(item); k++) {
            struct str key = item->pairs[k].key;
            if (str_is(key, "secret"))
                check_secret(c, node_get(item->pairs[k].value, "name"), at);
            else if (!str_is(key, "configMap") && !str_is(key, "downwardAPI"))
                refuse(c, "policy_volume", at, item, "this source of a volume is not allowed", key);
        }
    }
}

static void check_volume(struct checking *c, const struct node *volume, struct str path)
{
    static const char *const plain[] = {"name",      "mountPath",
                                        "readOnly",  "optional",
                                        "subPath",   "volumeClaimTemplate",
                                        "workspace", "description",
                                        "emptyDir",  "persistentVolumeClaim",
                                        "configMap", "downwardAPI",
                                        "ephemeral", NULL};
    for (size_t i = 0; i < node_count(volume); i++) {
        struct str key = volume->pairs[i].key;
        const struct node *value = volume->pairs[i].value;
        struct str at = pointer_key(c->a, path, key);
        if (str_is(key, "secret"))
            check_secret(c, node_get(value, "secretName"), at);
        else if (str_is(key, "projected"))
            check_projected(c, value, at);
        else if (str_is(key, "hostPath"))
            refuse(c, "policy_host_path", at, value, "a path of the host may not be mounted",
                   node_text_of(value, "path"));
        else if (!among(plain, key))
            refuse(c, "policy_volume", at, value, "this kind of volume is not allowed", key);
    }
}

static void check_volumes(struct checking *c, const struct node *list, struct str path)
{
    for (size_t i = 0; i < node_count(list); i++)
        check_volume(c, node_at(list, i), pointer_index(c->a, path, i));
}

/* ---- security contexts */

static void check_capabilities(struct checking *c, const struct node *value, struct str path)
{
    const struct node *add = node_get(value, "add");
    for (size_t i = 0; i < node_count(add); i++)
        refuse(c, "policy_capability", path, node_at(add, i), "a capability may not be added",
               node_text(node_at(add, i)));
    if (add && !node_is_seq(add))
        refuse(c, "policy_capability", path, add, "a capability may not be added", STR_NONE);
}

static bool is_false(const struct node *n)
{
    return node_is_null(n) || (node_is_scalar(n) && str_is(node_text(n), "false"));
}

static bool is_profile(const struct node *n)
{
    struct str type = node_text_of(n, "type");
    return str_is(type, "RuntimeDefault") || str_is(type, "Localhost");
}

static void check_security(struct checking *c, const struct node *context, struct str path)
{
    static const char *const plain[] = {"runAsNonRoot",
                                        "runAsUser",
                                        "runAsGroup",
                                        "fsGroup",
                                        "supplementalGroups",
                                        "fsGroupChangePolicy",
                                        "seLinuxOptions",
                                        "readOnlyRootFilesystem",
                                        "supplementalGroupsPolicy",
                                        NULL};
    for (size_t i = 0; i < node_count(context); i++) {
        struct str key = context->pairs[i].key, at = pointer_key(c->a, path, key);
        const struct node *value = context->pairs[i].value;
        if (str_is(key, "privileged") || str_is(key, "allowPrivilegeEscalation")) {
            if (!is_false(value))
                refuse(c, "policy_privileged", at, value, "a privileged container is not allowed", key);
        } else if (str_is(key, "capabilities")) {
            check_capabilities(c, value, at);
        } else if (str_is(key, "seccompProfile") || str_is(key, "appArmorProfile")) {
            if (!is_profile(value))
                refuse(c, "policy_privileged", at, value, "an unconfined profile is not allowed", key);
        } else if (!among(plain, key)) {
            refuse(c, "policy_field", at, value, "this field is not allowed", key);
        }
    }
}

/* ---- containers */

static void check_env(struct checking *c, const struct node *container, struct str path)
{
    const struct node *env = node_get(container, "env"), *from = node_get(container, "envFrom");
    for (size_t i = 0; i < node_count(env); i++) {
        const struct node *secret = node_path(node_at(env, i), "valueFrom", "secretKeyRef", NULL);
        if (secret)
            check_secret(c, node_get(secret, "name"), pointer_index(c->a, pointer_key(c->a, path, STR("env")), i));
    }
    for (size_t i = 0; i < node_count(from); i++) {
        const struct node *secret = node_get(node_at(from, i), "secretRef");
        if (secret)
            check_secret(c, node_get(secret, "name"), pointer_index(c->a, pointer_key(c->a, path, STR("envFrom")), i));
    }
}

/* The kubelet asks from the host's network: only the pod itself may be asked. */
static void check_probes(struct checking *c, const struct node *container, struct str path)
{
    static const char *const probes[][2] = {{"livenessProbe", NULL},
                                            {"readinessProbe", NULL},
                                            {"startupProbe", NULL},
                                            {"lifecycle", "postStart"},
                                            {"lifecycle", "preStop"}};
    static const char *const ways[] = {"httpGet", "tcpSocket"};
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        const struct node *probe = node_get(container, probes[i][0]);
        if (probes[i][1])
            probe = node_get(probe, probes[i][1]);
        for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
            const struct node *host = node_get(node_get(probe, ways[k]), "host");
            if (!node_is_null(host))
                refuse(c, "policy_host_network", pointer_key(c->a, path, str_of(probes[i][0])), host,
                       "a probe may ask the pod itself only", node_text(host));
        }
    }
}

static void check_container(struct checking *c, const struct node *container, struct str path)
{
    check_image(c, node_get(container, "image"), pointer_key(c->a, path, STR("image")));
    check_security(c, node_get(container, "securityContext"), pointer_key(c->a, path, STR("securityContext")));
    check_env(c, container, path);
    check_probes(c, container, path);
    const struct node *ports = node_get(container, "ports");
    for (size_t i = 0; i < node_count(ports); i++)
        if (node_get(node_at(ports, i), "hostPort"))
            refuse(c, "policy_host_network", pointer_key(c->a, path, STR("ports")), ports,
                   "a port of the host may not be taken", STR_NONE);
    if (node_get(container, "volumeDevices"))
        refuse(c, "policy_volume", pointer_key(c->a, path, STR("volumeDevices")), container,
               "a block device is not allowed", STR_NONE);
}

static void check_containers(struct checking *c, const struct node *list, struct str path)
{
    for (size_t i = 0; i < node_count(list); i++)
        check_container(c, node_at(list, i), pointer_index(c->a, path, i));
}

static void check_task_spec(struct checking *c, const struct node *spec, struct str path)
{
    check_containers(c, node_get(spec, "steps"), pointer_key(c->a, path, STR("steps")));
    check_containers(c, node_get(spec, "sidecars"), pointer_key(c->a, path, STR("sidecars")));
    check_container(c, node_get(spec, "stepTemplate"), pointer_key(c->a, path, STR("stepTemplate")));
    check_volumes(c, node_get(spec, "volumes"), pointer_key(c->a, path, STR("volumes")));
}

/* ---- pods */

static void check_pull_secrets(struct checking *c, const struct node *list, struct str path)
{
    for (size_t i = 0; i < node_count(list); i++)
        check_secret(c, node_get(node_at(list, i), "name"), pointer_index(c->a, path, i));
}

static void check_pod_template(struct checking *c, const struct node *pod, struct str path)
{
    static const char *const plain[] = {"nodeSelector",
                                        "tolerations",
                                        "affinity",
                                        "dnsPolicy",
                                        "dnsConfig",
                                        "enableServiceLinks",
                                        "topologySpreadConstraints",
                                        "hostAliases",
                                        "runtimeClassName",
                                        NULL};
    for (size_t i = 0; i < node_count(pod); i++) {
        struct str key = pod->pairs[i].key, at = pointer_key(c->a, path, key);
        const struct node *value = pod->pairs[i].value;
        if (str_is(key, "securityContext"))
            check_security(c, value, at);
        else if (str_is(key, "volumes"))
            check_volumes(c, value, at);
        else if (str_is(key, "imagePullSecrets"))
            check_pull_secrets(c, value, at);
        else if (str_is(key, "env"))
            check_env(c, pod, path);
        else if (str_is(key, "hostNetwork") || str_is(key, "hostPID") || str_is(key, "hostIPC")) {
            if (!is_false(value))
                refuse(c, "policy_host_network", at, value, "a namespace of the host may not be used", key);
        } else if (str_is(key, "automountServiceAccountToken")) {
            if (!is_false(value))
                refuse(c, "policy_service_account", at, value, "a token of the service account may not be mounted",
                       STR_NONE);
        } else if (str_is(key, "hostUsers")) { /* false = a user namespace of its own */
            if (!is_false(value))
                refuse(c, "policy_host_network", at, value, "the users of the host may not be used", STR_NONE);
        } else if (!among(plain, key)) {
            refuse(c, "policy_field", at, value, "this field of a pod is not allowed", key);
        }
    }
}

static void check_task_run(struct checking *c, const struct node *spec, struct str path)
{
    check_account(c, node_get(spec, "serviceAccountName"), pointer_key(c->a, path, STR("serviceAccountName")));
    check_account(c, node_get(spec, "taskServiceAccountName"), pointer_key(c->a, path, STR("taskServiceAccountName")));
    check_pod_template(c, node_get(spec, "podTemplate"), pointer_key(c->a, path, STR("podTemplate")));
    check_pod_template(c, node_get(spec, "taskPodTemplate"), pointer_key(c->a, path, STR("taskPodTemplate")));
    const struct node *own = node_get(spec, "securityContext");
    if (own)
        check_security(c, own, pointer_key(c->a, path, STR("securityContext")));
}

/* What is not in the manifest cannot be checked. */
static void check_reference(struct checking *c, const struct node *ref, struct str path)
{
    if (ref)
        refuse(c, "policy_reference", path, ref, "only what is part of the manifest can be launched", STR_NONE);
}

static void check_tasks(struct checking *c, const struct node *list, struct str path)
{
    for (size_t i = 0; i < node_count(list); i++) {
        const struct node *task = node_at(list, i), *spec = node_get(task, "taskSpec");
        struct str at = pointer_index(c->a, path, i);
        check_reference(c, node_get(task, "taskRef"), pointer_key(c->a, at, STR("taskRef")));
        check_reference(c, node_get(task, "pipelineRef"), pointer_key(c->a, at, STR("pipelineRef")));
        check_reference(c, node_get(task, "pipelineSpec"), pointer_key(c->a, at, STR("pipelineSpec")));
        if (node_get(spec, "apiVersion"))
            check_reference(c, spec, pointer_key(c->a, at, STR("taskSpec")));
        check_task_spec(c, spec, pointer_key(c->a, at, STR("taskSpec")));
        const struct node *steps = node_get(spec, "steps");
        for (size_t k = 0; k < node_count(steps); k++)
            check_reference(c, node_get(node_at(steps, k), "ref"), pointer_key(c->a, at, STR("taskSpec")));
    }
}

enum status launch_check(struct arena *a, const struct launch_policy *p, const struct node *pipeline_run,
                         struct problems *ps)
{
    struct checking c = {a, p, ps};
    size_t before = ps->errors;
    const struct node *spec = node_get(pipeline_run, "spec"), *pipeline = node_get(spec, "pipelineSpec");
    check_reference(&c, node_get(spec, "pipelineRef"), STR("/spec/pipelineRef"));
    check_tasks(&c, node_get(pipeline, "tasks"), STR("/spec/pipelineSpec/tasks"));
    check_tasks(&c, node_get(pipeline, "finally"), STR("/spec/pipelineSpec/finally"));
    check_volumes(&c, node_get(spec, "workspaces"), STR("/spec/workspaces"));
    check_task_run(&c, node_get(spec, "taskRunTemplate"), STR("/spec/taskRunTemplate"));
    check_task_run(&c, spec, STR("/spec")); /* v1beta1 */
    const struct node *each = node_get(spec, "taskRunSpecs");
    for (size_t i = 0; i < node_count(each); i++)
        check_task_run(&c, node_at(each, i), pointer_index(a, STR("/spec/taskRunSpecs"), i));
    return ps->errors > before ? ERR_DENIED : OK;
}
