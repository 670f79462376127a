#include "hub/cli/lint_print.h"

static const char *const NAMES[LINT_FORMATS] = {"text", "json", "sarif", "github"};

enum lint_format lint_format_named(const char *name)
{
    enum lint_format f = LINT_TEXT;
    while (f < LINT_FORMATS && strcmp(NAMES[f], name) != 0)
        f++;
    return f;
}

/* ---- text: file:line:column: error: message: path [code] */

static void text_file(struct lint_printer *p, const char *file, const struct lint_report *report)
{
    struct buf *b = &p->out;
    for (size_t i = 0; i < report->problems.count; i++) {
        const struct problem *one = &report->problems.list[i];
        buf_cstr(b, file);
        if (one->line)
            buf_printf(b, ":%u:%u", one->line, one->column);
        buf_printf(b, ": %s: ", severity_name(one->severity));
        buf_str(b, one->message);
        if (one->path.n) {
            buf_cstr(b, ": ");
            buf_str(b, one->path);
        }
        buf_cstr(b, " [");
        buf_str(b, one->code);
        buf_cstr(b, "]\n");
        if (one->hint.n) {
            buf_cstr(b, "    ");
            buf_str(b, one->hint);
            buf_char(b, '\n');
        }
    }
    if (report->problems.dropped)
        buf_printf(b, "%s: and %zu more\n", file, report->problems.dropped);
}

/* ---- json: [{file, documents: [{apiVersion, kind, name, line, verdict}], problems}] */

static void json_file(struct lint_printer *p, const char *file, const struct lint_report *report)
{
    struct json *j = &p->json;
    json_object(j);
    json_put_cstr(j, "file", file);
    json_key(j, "documents");
    json_array(j);
    for (size_t i = 0; i < report->count; i++) {
        const struct lint_document *d = &report->documents[i];
        json_object(j);
        json_put_str(j, "apiVersion", d->api_version);
        json_put_str(j, "kind", d->kind);
        json_put_str(j, "name", d->name);
        json_put_int(j, "line", d->line);
        json_put_cstr(j, "verdict", d->checked ? tekton_verdict_name(d->verdict) : "not checked");
        json_object_end(j);
    }
    json_array_end(j);
    json_key(j, "problems");
    problems_json(j, &report->problems);
    json_object_end(j);
}

/* ---- SARIF 2.1.0, as code scanning reads it */

static void sarif_place(struct json *j, const char *file, const struct problem *one)
{
    json_key(j, "locations");
    json_array(j);
    json_object(j);
    json_key(j, "physicalLocation");
    json_object(j);
    json_key(j, "artifactLocation");
    json_object(j);
    json_put_cstr(j, "uri", file);
    json_object_end(j);
    if (one->line) {
        json_key(j, "region");
        json_object(j);
        json_put_int(j, "startLine", one->line);
        json_put_int(j, "startColumn", one->column ? one->column : 1);
        json_object_end(j);
    }
    json_object_end(j);
    json_object_end(j);
    json_array_end(j);
}

static void sarif_file(struct lint_printer *p, const char *file, const struct lint_report *report)
{
    static const char *const levels[] = {"error", "warning", "note"};
    struct json *j = &p->json;
    for (size_t i = 0; i < report->problems.count; i++) {
        const struct problem *one = &report->problems.list[i];
        json_object(j);
        json_put_str(j, "ruleId", one->code);
        json_put_cstr(j, "level", levels[one->severity]);
        json_key(j, "message");
        json_object(j);
        json_put_str(j, "text", one->path.n ? STR_JOIN(p->out.a, one->message, STR(": "), one->path) : one->message);
        json_object_end(j);
        sarif_place(j, file, one);
        json_object_end(j);
    }
}

static void sarif_begin(struct json *j)
{
    json_object(j);
    json_put_cstr(j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_put_cstr(j, "version", "2.1.0");
    json_key(j, "runs");
    json_array(j);
    json_object(j);
    json_key(j, "tool");
    json_object(j);
    json_key(j, "driver");
    json_object(j);
    json_put_cstr(j, "name", "component-hub");
    json_put_cstr(j, "version", HUB_VERSION);
    json_object_end(j);
    json_object_end(j);
    json_key(j, "results");
    json_array(j);
}

static void sarif_end(struct json *j)
{
    json_array_end(j);
    json_object_end(j);
    json_array_end(j);
    json_object_end(j);
}

/* ---- GitHub's workflow commands: a line each; what would end it or a property is escaped */

static void github_text(struct buf *b, struct str s, bool property)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
            buf_printf(b, "%%%02X", (unsigned)c);
        else
            buf_char(b, c);
    }
}

static void github_file(struct lint_printer *p, const char *file, const struct lint_report *report)
{
    static const char *const levels[] = {"error", "warning", "notice"};
    struct buf *b = &p->out;
    for (size_t i = 0; i < report->problems.count; i++) {
        const struct problem *one = &report->problems.list[i];
        buf_printf(b, "::%s file=", levels[one->severity]);
        github_text(b, str_of(file), true);
        if (one->line)
            buf_printf(b, ",line=%u,col=%u", one->line, one->column);
        buf_cstr(b, ",title=");
        github_text(b, one->code, true);
        buf_cstr(b, "::");
        github_text(b, one->message, false);
        if (one->path.n) {
            buf_cstr(b, ": ");
            github_text(b, one->path, false);
        }
        buf_char(b, '\n');
    }
}

/* ---- all forms */

void lint_print_begin(struct lint_printer *p, struct arena *a, enum lint_format format)
{
    p->format = format;
    buf_init(&p->out, a, 0);
    p->json = json_to(&p->out);
    if (format == LINT_JSON)
        json_array(&p->json);
    if (format == LINT_SARIF)
        sarif_begin(&p->json);
}

void lint_print_file(struct lint_printer *p, const char *file, const struct lint_report *report)
{
    static void (*const print[LINT_FORMATS])(struct lint_printer * p, const char *file,
                                             const struct lint_report *report) = {text_file, json_file, sarif_file,
                                                                                  github_file};
    print[p->format](p, file, report);
}

void lint_print_end(struct lint_printer *p)
{
    if (p->format == LINT_JSON)
        json_array_end(&p->json);
    if (p->format == LINT_SARIF)
        sarif_end(&p->json);
    if (p->format == LINT_JSON || p->format == LINT_SARIF)
        buf_char(&p->out, '\n');
}
