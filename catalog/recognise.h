/* What a document is, by its content. */
#ifndef CATALOG_RECOGNISE_H
#define CATALOG_RECOGNISE_H

#include "catalog/catalog.h"

struct recognised {
    enum asset_format format;
    /* Set when recognise() fails on Kubernetes objects that are a part of an operator. */
    bool has_crd, has_deployment;
};

/*
 * ERR_INVALID with code not_recognised, unsupported_kind, unsupported_version, missing_field, several_documents or
 * incomplete_operator, and what was found instead.
 */
MUST_USE enum status recognise(struct node *const *documents, size_t count, struct recognised *out, struct err *e);

/* The n-th Kubernetes object of the documents, where a List or a sequence counts by its items; NULL after the last. */
const struct node *kubernetes_object(struct node *const *documents, size_t count, size_t n);
bool kubernetes_is(const struct node *object, const char *group, const char *kind);

#endif
