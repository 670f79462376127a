/*
 * The program of a component: the function as typed and what calls it. Arguments come in pairs of a flag and a value,
 * so that any text can be a value. Annotations are never evaluated, so InputPath and the like need not exist.
 */
#include "catalog/code/python.h"

static const char HELPERS[] = "\n\n\n"
                              "import json as _json\n"
                              "import os as _os\n"
                              "import sys as _sys\n"
                              "\n\n"
                              "def _to_bool(text):\n"
                              "    if text.lower() in (\"true\", \"yes\", \"on\", \"y\", \"t\", \"1\"):\n"
                              "        return True\n"
                              "    if text.lower() in (\"false\", \"no\", \"off\", \"n\", \"f\", \"0\"):\n"
                              "        return False\n"
                              "    raise ValueError(\"not a boolean: %r\" % text)\n"
                              "\n\n"
                              "def _to_path(path):\n"
                              "    _os.makedirs(_os.path.dirname(path) or \".\", exist_ok=True)\n"
                              "    return path\n"
                              "\n\n"
                              "def _write(path, name, kinds, text, value):\n"
                              "    if not isinstance(value, kinds):\n"
                              "        raise TypeError(\"the output %s cannot be %r\" % (name, value))\n"
                              "    with open(_to_path(path), \"w\", encoding=\"utf-8\") as file:\n"
                              "        file.write(text(value))\n"
                              "\n\n"
                              "def _json_of(value):\n"
                              "    return _json.dumps(value, ensure_ascii=False)\n"
                              "\n\n"
                              "_given = dict(zip(_sys.argv[1::2], _sys.argv[2::2]))\n";

static const char *reader_of(enum passing p)
{
    static const char *const names[] = {"str", "int", "float", "_to_bool", "_json.loads", "str", "_to_path"};
    return names[p];
}

static const char *kinds_of(const struct parameter *p)
{
    switch (p->passing) {
    case PASS_INT:
        return "int, str";
    case PASS_FLOAT:
        return "(int, float), str";
    case PASS_BOOL:
        return "bool, str";
    case PASS_JSON:
        return str_is(p->port.type, "JsonArray") ? "(list, tuple), _json_of" : "dict, _json_of";
    default:
        return "str, str";
    }
}

static void call(struct buf *b, const struct function *f)
{
    buf_cstr(b, "_parameters = [\n");
    for (size_t i = 0; i < f->parameter_count; i++) {
        const struct parameter *p = &f->parameters[i];
        buf_printf(b, "    (\"--%.*s\", \"%.*s\", %s),\n", STR_ARG(p->port.name), STR_ARG(p->name),
                   reader_of(p->passing));
    }
    buf_cstr(b, "]\n_arguments = {");
    const char *comma = "";
    for (size_t i = 0; i < f->parameter_count; i++)
        if (f->parameters[i].absent_is_none) {
            buf_printf(b, "%s\"%.*s\": None", comma, STR_ARG(f->parameters[i].name));
            comma = ", ";
        }
    buf_printf(b,
               "}\nfor _flag, _name, _read in _parameters:\n"
               "    if _flag in _given:\n"
               "        _arguments[_name] = _read(_given[_flag])\n"
               "_result = %.*s(**_arguments)\n",
               STR_ARG(f->name));
}

static void outputs(struct buf *b, const struct function *f)
{
    if (f->result_count == 0)
        return;
    if (f->returns_tuple) {
        buf_cstr(b, "_names = [");
        for (size_t i = 0; i < f->result_count; i++)
            buf_printf(b, "%s\"%.*s\"", i ? ", " : "", STR_ARG(f->results[i].name));
        buf_printf(b,
                   "]\n_values = [_result[_name] for _name in _names] if isinstance(_result, dict) else list(_result)\n"
                   "if len(_values) != %zu:\n"
                   "    raise ValueError(\"%%d values are returned, not %zu\" %% len(_values))\n",
                   f->result_count, f->result_count);
    } else {
        buf_cstr(b, "_values = [_result]\n");
    }
    for (size_t i = 0; i < f->result_count; i++) {
        const struct parameter *p = &f->results[i];
        buf_printf(b, "_write(_given[\"----output-%.*s\"], \"%.*s\", %s, _values[%zu])\n", STR_ARG(p->port.name),
                   STR_ARG(p->port.name), kinds_of(p), i);
    }
}

struct str python_program(struct arena *a, const struct function *f)
{
    struct buf b;
    buf_init(&b, a, 4 * CODE_MAX_BYTES);
    buf_cstr(&b, "from __future__ import annotations\n\n\n");
    buf_str(&b, f->source);
    buf_cstr(&b, HELPERS);
    call(&b, f);
    outputs(&b, f);
    return buf_take(&b);
}
