/* Operators: an OLM ClusterServiceVersion, or CustomResourceDefinitions with a Deployment. */
#include "catalog/reading.h"
#include "catalog/recognise.h"

static const struct node *object(struct reading *r, size_t n)
{
    return kubernetes_object(r->documents, r->document_count, n);
}

static void add_crd(struct reading *r, struct str group, struct str version, struct str kind)
{
    if (kind.n)
        fact_add(r, "crds", str_printf(r->a, "%.*s/%.*s %.*s", STR_ARG(group), STR_ARG(version), STR_ARG(kind)));
}

static void read_crd(struct reading *r, const struct node *crd)
{
    const struct node *spec = node_get(crd, "spec");
    struct str version = node_text(node_get(node_at(node_get(spec, "versions"), 0), "name"));
    if (version.n == 0)
        version = node_text_of(spec, "version");
    add_crd(r, node_text_of(spec, "group"), version, node_text(node_path(spec, "names", "kind", NULL)));
}

static void read_deployment(struct reading *r, const struct node *deployment)
{
    const struct node *list = node_path(deployment, "spec", "template", "spec", "containers", NULL);
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++)
        fact_add(r, "images", node_text_of(list->items[i], "image"));
}

/* "memcacheds.cache.example.com" and version and kind, as the CSV lists what it owns. */
static void read_owned(struct reading *r, const struct node *owned)
{
    for (size_t i = 0; node_is_seq(owned) && i < owned->count; i++) {
        struct str name = node_text_of(owned->items[i], "name");
        ptrdiff_t dot = str_find_char(name, '.');
        add_crd(r, dot > 0 ? str_from(name, (size_t)dot + 1) : name, node_text_of(owned->items[i], "version"),
                node_text_of(owned->items[i], "kind"));
    }
}

static void read_csv(struct reading *r, const struct node *csv)
{
    struct package *p = r->package;
    const struct node *spec = check_map(r->ps, csv, STR_NONE, "spec");
    const struct node *annotations = node_path(csv, "metadata", "annotations", NULL);
    if (!check_required(r->ps, csv, STR_NONE, "spec", NULL) || !spec)
        return;
    p->title = check_text(r->ps, spec, STR("/spec"), "displayName");
    if (p->title.n == 0)
        p->title = node_text(node_path(csv, "metadata", "name", NULL));
    struct str brief = node_text_of(annotations, "description"), whole = node_text_of(spec, "description");
    p->description = brief.n ? brief : whole;
    if (p->readme.n == 0)
        p->readme = whole;
    p->version = check_text(r->ps, spec, STR("/spec"), "version");
    p->provider = node_text(node_path(spec, "provider", "name", NULL));
    tags_add(r, node_get(spec, "keywords"));
    labels_set(r, node_path(csv, "metadata", "labels", NULL));
    annotations_read(r, annotations);
    fact_str(r, "categories", node_text_of(annotations, "categories"));
    fact_str(r, "capability_level", node_text_of(annotations, "capabilities"));
    fact_str(r, "repository", node_text_of(annotations, "repository"));
    fact_str(r, "maturity", node_text_of(spec, "maturity"));
    fact_str(r, "min_kubernetes_version", node_text_of(spec, "minKubeVersion"));
    fact_str(r, "replaces", node_text_of(spec, "replaces"));
    fact_str(r, "license", node_text_of(annotations, "license"));
    const struct node *modes = node_get(spec, "installModes");
    for (size_t i = 0; node_is_seq(modes) && i < modes->count; i++)
        if (node_bool(node_get(modes->items[i], "supported"), false))
            fact_add(r, "install_modes", node_text_of(modes->items[i], "type"));
    read_owned(r, node_path(spec, "customresourcedefinitions", "owned", NULL));
    const struct node *deployments = node_path(spec, "install", "spec", "deployments", NULL);
    for (size_t i = 0; node_is_seq(deployments) && i < deployments->count; i++)
        read_deployment(r, deployments->items[i]);
    fact_str(r, "image", node_text_of(annotations, "containerImage"));
}

/* The title of plain manifests is the Deployment's name, unless its annotation component-hub.dev/title says better. */
static void read_manifests(struct reading *r)
{
    struct package *p = r->package;
    const struct node *n;
    for (size_t i = 0; (n = object(r, i)); i++) {
        if (!kubernetes_is(n, "apps", "Deployment"))
            continue;
        const struct node *metadata = node_get(n, "metadata");
        read_deployment(r, n);
        if (p->title.n)
            continue;
        const struct node *title = annotation_value(r->a, node_get(metadata, "annotations"), "title");
        p->title = node_is_string(title) ? title->text : node_text_of(metadata, "name");
        p->version = node_text(node_path(metadata, "labels", "app.kubernetes.io/version", NULL));
        p->description = node_text(node_path(metadata, "annotations", "description", NULL));
        labels_set(r, node_get(metadata, "labels"));
        annotations_read(r, node_get(metadata, "annotations"));
        if (p->title.n == 0)
            check_error(r->ps, "missing_field", STR("/metadata/name"), n, NULL, "the Deployment has no name");
    }
}

void read_operator(struct reading *r)
{
    const struct node *n;
    for (size_t i = 0; (n = object(r, i)); i++) {
        if (kubernetes_is(n, "apiextensions.k8s.io", "CustomResourceDefinition"))
            read_crd(r, n);
        else if (kubernetes_is(n, "operators.coreos.com", "ClusterServiceVersion") && r->package->title.n == 0)
            read_csv(r, n);
    }
    if (r->package->format == FORMAT_MANIFESTS)
        read_manifests(r);
}
