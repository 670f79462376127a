/* The commands of `component-hub`. Each takes its own argv (argv[0] = its name) and returns the exit code:
   0 fine, 1 the input or the run failed, 2 it could not be done at all, 130 interrupted. */
#ifndef HUB_CLI_CLI_H
#define HUB_CLI_CLI_H

int cli_serve(int argc, char **argv);
int cli_migrate(int argc, char **argv);
int cli_import(int argc, char **argv);
int cli_compile(int argc, char **argv);
int cli_convert(int argc, char **argv);
int cli_lint(int argc, char **argv);
int cli_digest(int argc, char **argv);
int cli_component(int argc, char **argv);
int cli_run(int argc, char **argv);

#endif
