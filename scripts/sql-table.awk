# Turns registry/sql/*.sql into a C header: an enum of statement names, and a table of their texts.
#
# A statement starts with a line "-- name: asset_get" and may have further lines "-- result: binary" (the default is
# text) and "-- write" (runs on the write connection, never retried). It ends at the next name or the end of the file.

function finish() {
    if (name != "") {
        names[++n] = name; texts[n] = text; binaries[n] = binary; writes[n] = write
    }
}
/^-- name: / {
    finish(); name = $3; text = ""; binary = 0; write = 0; next
}
/^-- result: binary$/ { binary = 1; next }
/^-- write$/ { write = 1; next }
/^--/ || /^[ \t]*$/ { next }
{
    line = $0
    gsub(/\\/, "\\\\", line); gsub(/"/, "\\\"", line)
    text = text "\n        \"" line "\\n\""
}
END {
    finish()
    print "/* Generated from registry/sql by scripts/sql-table.awk. */"
    print "#ifndef SQL_TABLE_H\n#define SQL_TABLE_H\n\nenum sql {"
    for (i = 1; i <= n; i++) print "    SQL_" toupper(names[i]) ","
    print "    SQL_COUNT\n};\n\n#ifdef SQL_TABLE_TEXTS"
    print "static const struct {\n    const char *name, *text;\n    int binary, write;\n} sql_table[SQL_COUNT] = {"
    for (i = 1; i <= n; i++)
        print "    [SQL_" toupper(names[i]) "] = {\"" names[i] "\"," texts[i] ", " binaries[i] ", " writes[i] "},"
    print "};\n#endif\n\n#endif"
}
