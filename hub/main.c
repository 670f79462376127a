/* component-hub: one binary, several commands. */
#include <stdio.h>
#include <string.h>

#include "hub/cli/cli.h"

static int cli_version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    printf("component-hub %s\n", HUB_VERSION);
    return 0;
}

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"serve", cli_serve, "run the service"},
    {"migrate", cli_migrate, "bring the database to this version's schema"},
    {"import", cli_import, "publish a folder of packages, such as catalog/starter"},
    {"compile", cli_compile, "compile a pipeline to a Tekton PipelineRun"},
    {"convert", cli_convert, "read Tekton's and Elyra's pipelines as documents, or draw them"},
    {"lint", cli_lint, "say what Tekton would have against its objects, without a cluster"},
    {"digest", cli_digest, "print what Trusted Resources sign of a Task or Pipeline"},
    {"component", cli_component, "make a component from a Python function or a shell script"},
    {"run", cli_run, "run a pipeline or a PipelineRun on this machine, without a server"},
    {"version", cli_version, "print the version"},
};
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static void print_usage(FILE *to)
{
    fprintf(to, "Usage: component-hub COMMAND [flags]\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].summary);
    fprintf(to, "\ncomponent-hub COMMAND --help explains a command.\n");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return 2;
    }
    const char *name = argv[1];
    if (strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (strcmp(name, "--version") == 0)
        name = "version";
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "component-hub: there is no command %s\n\n", name);
    print_usage(stderr);
    return 2;
}
