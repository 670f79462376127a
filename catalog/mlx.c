/* Models, notebooks and datasets as the Machine Learning Exchange's catalog writes them. */
#include "catalog/reading.h"

static void read_head(struct reading *r, const char *identifier)
{
    struct package *p = r->package;
    const struct node *d = r->documents[0];
    p->title = check_required_text(r->ps, d, STR_NONE, "name", "what the asset is to be called");
    p->description = check_text(r->ps, d, STR_NONE, "description");
    p->version = check_text(r->ps, d, STR_NONE, "version");
    fact_str(r, "id", check_text(r->ps, d, STR_NONE, identifier));
    fact_str(r, "domain", node_text_of(d, "domain"));
    fact_str(r, "website", node_text_of(d, "website"));
    fact_str(r, "readme_url", node_text_of(d, "readme_url"));
    fact_node(r, "categories", node_get(d, "filter_categories"));
    fact_node(r, "related_assets", node_get(d, "related_assets"));
    const struct node *license = node_get(d, "license");
    fact_str(r, "license", node_is_map(license) ? node_text_of(license, "name") : node_text(license));
    fact_str(r, "license_url", node_text_of(license, "url"));
    const struct node *labels = node_get(d, "labels");
    labels_set(r, labels ? labels : node_path(d, "metadata", "labels", NULL));
    annotations_read(r, node_path(d, "metadata", "annotations", NULL));
    tags_add(r, node_path(d, "metadata", "tags", NULL));
}

/* Platforms are a list, or one text with commas. */
static void platforms(struct reading *r, const struct node *n)
{
    if (node_is_seq(n)) {
        for (size_t i = 0; i < n->count; i++)
            fact_add(r, "platforms", node_text(n->items[i]));
        return;
    }
    struct str rest = node_text(n), part;
    while (rest.n && str_split(&rest, ',', &part))
        fact_add(r, "platforms", str_trim(part));
}

/* The format's own field says more than the annotation that was read before, where it says something. */
static void provider_set(struct reading *r, struct str provider)
{
    if (provider.n)
        r->package->provider = provider;
}

void read_mlx_model(struct reading *r)
{
    const struct node *d = r->documents[0];
    read_head(r, "model_identifier");
    provider_set(r, node_text(node_path(d, "author", "name", NULL)));
    const struct node *framework = node_get(d, "framework");
    fact_str(r, "framework", node_is_map(framework) ? node_text_of(framework, "name") : node_text(framework));
    fact_str(r, "framework_version", node_text_of(framework, "version"));
    const struct node *train = node_get(d, "train"), *serve = node_get(d, "serve");
    fact_bool(r, "trainable", node_bool(node_get(train, "trainable"), false));
    fact_bool(r, "servable", node_bool(node_get(serve, "servable"), false));
    platforms(r, node_get(train, "tested_platforms"));
    platforms(r, node_get(serve, "tested_platforms"));
    fact_str(r, "training_image", node_text(node_path(train, "training_container_image", "container_image_url", NULL)));
    const struct node *image = node_get(serve, "serving_container_image");
    fact_str(r, "image", node_text_of(image, "container_image_url"));
    fact_str(r, "port", node_text_of(image, "container_port"));
}

void read_mlx_notebook(struct reading *r)
{
    const struct node *d = r->documents[0];
    read_head(r, "id");
    const struct node *github = node_path(d, "implementation", "github", NULL);
    fact_str(r, "url",
             check_required_text(r->ps, github, STR("/implementation/github"), "source", "the URL of the .ipynb"));
    fact_node(r, "requirements", node_get(github, "requirements"));
    fact_str(r, "image", node_text_of(github, "image"));
    fact_str(r, "platform", node_text(node_path(d, "metadata", "annotations", "platform", NULL)));
}

static void dataset_content(struct reading *r, const struct node *content)
{
    int64_t records = 0;
    for (size_t i = 0; node_is_seq(content) && i < content->count; i++) {
        int64_t n;
        if (node_int(node_get(content->items[i], "records"), &n) && n > 0 && n < INT64_MAX - records)
            records += n;
        search_add(&r->search, node_text_of(content->items[i], "description"));
    }
    if (records)
        node_put(r->a, r->facts, "records", node_int_new(r->a, records));
    fact_int(r, "files", node_count(content));
}

void read_mlx_dataset(struct reading *r)
{
    const struct node *d = r->documents[0];
    read_head(r, "id");
    provider_set(r, node_text(node_path(d, "provider", "name", NULL)));
    tags_add(r, node_get(d, "seo_tags"));
    const struct node *formats = node_get(d, "format");
    for (size_t i = 0; node_is_seq(formats) && i < formats->count; i++)
        fact_add(r, "formats", node_text_of(formats->items[i], "type"));
    const struct node *repository = node_get(d, "repository");
    fact_str(r, "url", node_text_of(repository, "url"));
    fact_str(r, "size", node_text_of(repository, "size"));
    fact_str(r, "mime_type", node_text_of(repository, "mime_type"));
    fact_str(r, "source", node_text(node_path(d, "source", "name", NULL)));
    fact_str(r, "created", node_text_of(d, "created"));
    fact_str(r, "updated", node_text_of(d, "updated"));
    dataset_content(r, node_get(d, "content"));
}
