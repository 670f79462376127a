/* Texts that are made of a document: the sentence on a card, headings, what search looks through. */
#ifndef CATALOG_TEXT_H
#define CATALOG_TEXT_H

#include "base/node.h"

/* The text of the first line that is a Markdown heading ("# Title"), emphasis and links taken off; else empty. */
struct str markdown_heading(struct arena *a, struct str text);
/* Adds the text and a newline; nothing for an empty one. */
void search_add(struct buf *b, struct str text);
/* Adds all scalars of a tree that are text. */
void search_add_node(struct buf *b, const struct node *n);
/* "models/net.pipeline" → "net": what a document without a title is called. */
struct str file_stem(struct str path);
/* The part after the last '/' or '\'. */
struct str file_base(struct str path);

#endif
