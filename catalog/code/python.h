/* The parts of Python that tell what a function takes and gives: tokens, literals, annotations, the header. */
#ifndef CATALOG_CODE_PYTHON_H
#define CATALOG_CODE_PYTHON_H

#include "catalog/code/code.h"

enum token_kind { TOKEN_NAME, TOKEN_NUMBER, TOKEN_STRING, TOKEN_OP, TOKEN_NEWLINE, TOKEN_END };

struct token {
    enum token_kind kind;
    struct str text;
    unsigned line, column;
    bool first; /* of a logical line */
};

/* An error at a token. */
void code_error(struct problems *ps, const struct token *at, const char *code, const char *hint, const char *format,
                ...) __attribute__((format(printf, 5, 6)));

/* All tokens of a text, the last one is TOKEN_END; comments and blank lines are left out. NULL after an error. */
struct token *python_tokens(struct problems *ps, struct str source, size_t *count);
/* What a string literal means; false for bytes and for text with fields in it. */
bool python_string(struct arena *a, struct str literal, struct str *out);

enum expr_kind {
    EXPR_NAME,   /* text is the last part of a.b.c; trailers in `trailer` and items */
    EXPR_STRING, /* text is its value */
    EXPR_NUMBER, /* text as written, with its sign */
    EXPR_LIST,   /* items; also of tuples */
    EXPR_DICT,   /* items: key, value, key, value */
    EXPR_UNION,  /* a | b */
};

struct expr {
    enum expr_kind kind;
    struct str text;
    char trailer; /* '(' called, '[' subscripted, 0 */
    const struct token *at;
    struct expr **items;
    struct str *keywords; /* of the items of a call; empty where there is none */
    size_t count;
};

struct reader {
    struct arena *a;
    struct problems *ps;
    const struct token *next;
    unsigned depth;
};

/* A literal or an annotation; NULL after an error. */
struct expr *python_expr(struct reader *r);
bool python_op(const struct token *t, const char *text);
bool python_name(const struct token *t, const char *text);

enum passing { PASS_TEXT, PASS_INT, PASS_FLOAT, PASS_BOOL, PASS_JSON, PASS_PATH_IN, PASS_PATH_OUT };

struct parameter {
    struct code_port port;
    struct str name; /* of the parameter; for what is returned, of the field */
    enum passing passing;
    bool absent_is_none; /* optional without a default of Python's */
    const struct token *at;
};

struct function {
    struct str name, source;
    const struct token *at;
    struct parameter *parameters, *results;
    size_t parameter_count, result_count;
    bool returns_tuple;
    struct str doc, description;
};

/* The type of a parameter, or of something returned; false after an error. */
bool python_type(struct problems *ps, const struct expr *e, bool returned, struct parameter *p);
/* What the header says is returned; false after an error. */
bool python_returns(struct reader *r, const struct expr *e, struct function *f);
/* Sets the port's default from a literal that fits its passing; false after an error. */
bool python_default(struct reader *r, const struct expr *e, struct parameter *p);
/* The function asked for with its header and docstring; false after an error. */
bool python_function(struct arena *a, const struct code_request *rq, struct problems *ps, struct function *f);
/* Descriptions out of the docstring: first paragraph, Args, Returns. */
void python_doc(struct arena *a, struct function *f);
/* The program: the function as typed, and what calls it with the arguments of the component. */
struct str python_program(struct arena *a, const struct function *f);

/* The document of a component, checked as an upload would be; NULL after errors. */
struct code_parts {
    struct str title, description, image;
    const struct code_port *inputs, *outputs;
    size_t input_count, output_count;
    struct node *command, *args;
};
struct node *code_document(struct arena *a, const struct code_parts *parts, struct problems *ps);
/* "--flag" and what is behind it, only when the input is there where it may be left out. */
void code_argument(struct arena *a, struct node *args, struct str flag, const char *placeholder, struct str name,
                   bool optional);
struct node *code_shell(struct arena *a, const struct code_request *rq, struct problems *ps);

#endif
