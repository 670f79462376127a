/* Real steps in the real sandbox. Where there is none these tests fail with bubblewrap's reason. */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline-creator/launch/sandbox.h"
#include "pipeline-creator/launch/test_run.h"

struct world {
    struct heard *heard;
    struct engine *engine;
    char dir[64];
};

static struct world world_with(struct local_config c)
{
    struct world w = {.heard = heard_new()};
    struct err e = {0};
    snprintf(w.dir, sizeof w.dir, "/tmp/test-sandbox-XXXXXX");
    assert_non_null(mkdtemp(w.dir));
    c.state_dir = w.dir;
    c.grace_us = c.grace_us ? c.grace_us : 500000;
    if (local_engine_new(&c, (struct run_sink){hear, w.heard}, &w.engine, &e))
        fail_msg("no sandbox here: %s [%s] %s", e.message, e.code, e.hint);
    return w;
}

static void world_free(struct world *w)
{
    engine_free(w->engine);
    if (rmdir(w->dir)) /* nothing is left behind */
        fail_msg("%s is not empty", w->dir);
    arena_free(w->heard->a);
}

static void submit(struct world *w, const char *spec)
{
    struct err e = {0};
    if (engine_submit(w->engine, "run-1", run_of(w->heard->a, spec), &e))
        fail_msg("%s: %s", e.code, e.message);
}

#define SCRIPT(text)                                                                                                   \
    "  pipelineSpec:\n    tasks:\n    - name: a\n      taskSpec:\n        steps:\n        - name: s\n          "       \
    "script: |\n" text

#define L "            " /* a line of a script */

/* Runs one script and gives what it wrote. */
static const char *output_of(struct world *w, const char *spec)
{
    submit(w, spec);
    if (!run_to_end(w->engine, 30000))
        fail_msg("it does not end");
    return buf_take(&w->heard->log).p;
}

static void writes(const char *spec, const char *expected)
{
    struct world w = world_with((struct local_config){0});
    assert_string_equal(output_of(&w, spec), expected);
    assert_int_equal(w.heard->state, STATE_SUCCEEDED);
    world_free(&w);
}

/* Processes whose command line has the text. */
static unsigned processes_with(const char *text)
{
    unsigned n = 0;
    DIR *d = opendir("/proc");
    const struct dirent *entry;
    while (d && (entry = readdir(d))) {
        char path[300], line[4096];
        snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t got = fd < 0 ? -1 : read(fd, line, sizeof line);
        if (fd >= 0)
            close(fd);
        if (got > 0 && memmem(line, (size_t)got, text, strlen(text)))
            n++;
    }
    if (d)
        closedir(d);
    return n;
}

static bool goes_away(const char *text)
{
    for (int i = 0; i < 50 && processes_with(text); i++)
        usleep(100000);
    return !processes_with(text);
}

static void a_script_runs(void **state)
{
    (void)state;
    writes(SCRIPT(L "echo hello; id -u; pwd; echo $HOME\n"), "hello\n1000\n/workspace\n/tekton/home\n");
}

static void python_runs(void **state)
{
    (void)state;
    writes(SCRIPT(L "#!/usr/bin/env python3\n" L "import os, sys\n" L "print(os.getcwd(), 6 * 7)\n"),
           "/workspace 42\n");
}

static void what_is_the_hosts_cannot_be_read(void **state)
{
    (void)state;
    writes(SCRIPT(L "for f in /etc/shadow /root /home /work /var/lib /var/run /etc/hostname /sys /boot; do\n" L
                    "  test -e $f && echo \"$f is there\"\n" L "done\n" L "cat /etc/passwd | wc -l\n"),
           "3\n");
}

static void what_is_the_hubs_cannot_be_seen(void **state)
{
    (void)state;
    setenv("A_SECRET_OF_THE_HUB", "hush-hush", 1);
    int leak = open("/etc/passwd", O_RDONLY); /* without close-on-exec, as a library might */
    writes(SCRIPT(L "set +e\n" L "cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c hush\n" L
                    "env | grep -c hush\n" L "ls /proc/self/fd | wc -l\n" L
                    "readlink /proc/1/fd/* | grep -cvE '^/dev/null|^pipe:|eventfd'\n" L
                    "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; done | grep -c 'seten[v]'\n" L "true\n"),
           "0\n0\n4\n0\n0\n");
    close(leak);
    unsetenv("A_SECRET_OF_THE_HUB");
}

static void there_is_no_network(void **state)
{
    (void)state;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    struct world w = world_with((struct local_config){0});
    struct str spec = str_printf(w.heard->a,
                                 SCRIPT(L "#!/usr/bin/env python3\n" L "import socket\n" L "try:\n" L
                                          "    socket.create_connection(('127.0.0.1', %u), 2)\n" L
                                          "    print('connected')\n" L "except OSError as e:\n" L "    print('no')\n"),
                                 ntohs(address.sin_port));
    assert_string_equal(output_of(&w, spec.p), "no\n");
    world_free(&w);
    close(fd);
}

static void a_step_has_no_rights(void **state)
{
    (void)state;
    writes(SCRIPT(L "grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status | tr -d '\\t'\n" L
                    "touch /usr/x /tekton/scripts/x /tekton/steps/x /dev/x 2>/dev/null || true\n" L
                    "ls /usr/x /tekton/scripts/x /tekton/steps/x /dev/x 2>/dev/null || true\n" L
                    "unshare -U true 2>/dev/null && echo nested\n" L
                    "(echo x > /proc/sys/kernel/core_pattern) 2>/dev/null && echo core\n" L "ulimit -c\n"),
           "CapEff:0000000000000000\nCapBnd:0000000000000000\nNoNewPrivs:1\n0\n");
}

static void steps_share_what_tekton_lets_them_share(void **state)
{
    (void)state;
    writes(
        "  workspaces: [{name: w, volumeClaimTemplate: {}}, {name: e, emptyDir: {}}]\n"
        "  pipelineSpec:\n"
        "    tasks:\n"
        "    - name: a\n"
        "      workspaces: [{name: w, subPath: 'x/y'}, {name: e}]\n"
        "      taskSpec:\n"
        "        workspaces: [{name: w}, {name: e, mountPath: /data/e}]\n"
        "        volumes: [{name: v, emptyDir: {}}]\n"
        "        stepTemplate: {volumeMounts: [{name: v, mountPath: /v}], env: [{name: T, value: t}]}\n"
        "        steps:\n"
        "        - {name: one, script: 'echo 1 > /v/f; echo 2 > $(workspaces.w.path)/f; echo 3 > /data/e/f; echo 4 > "
        "/workspace/f; echo 5 > ~/f; echo 6 > /tmp/f'}\n"
        "        - {name: two, script: 'cat /v/f /workspace/w/f /data/e/f /workspace/f ~/f; ls /tmp; echo $T'}\n"
        "    - name: b\n"
        "      runAfter: [a]\n"
        "      workspaces: [{name: w}, {name: e}]\n"
        "      taskSpec:\n"
        "        workspaces: [{name: w}, {name: e}]\n"
        "        steps: [{script: 'cat /workspace/w/x/y/f; ls /workspace/e'}]\n",
        "1\n2\n3\n4\n5\nt\n2\n");
}

static void an_exit_code_can_be_read_by_a_later_step(void **state)
{
    (void)state;
    writes(
        "  pipelineSpec: {tasks: [{name: a, taskSpec: {steps: [{name: x, onError: continue, script: exit 17}, {name: "
        "y, script: 'cat $(steps.step-x.exitCode.path) /tekton/steps/step-x/exitCode'}]}}]}\n",
        "1717");
}

static void step_results_reach_later_steps_and_the_task(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    submit(&w, "  pipelineSpec:\n    results: [{name: out, value: $(tasks.a.results.t)}]\n    tasks:\n"
               "    - name: a\n      taskSpec:\n        results: [{name: t, value: $(steps.x.results.r)}]\n"
               "        steps:\n"
               "        - {name: x, results: [{name: r}], script: 'printf deep > $(step.results.r.path)'}\n"
               "        - {name: y, script: 'printf \"<%s>\" $(steps.x.results.r)'}\n");
    assert_true(run_to_end(w.engine, 30000));
    assert_string_equal(buf_take(&w.heard->log).p, "<deep>");
    assert_string_equal(str_cstr(w.heard->a, node_text_of(w.heard->results, "out")), "deep");
    world_free(&w);
}

static void links_and_pipes_are_no_results(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    submit(&w, "  pipelineSpec:\n    results: [{name: out, value: $(tasks.a.results.l)}, {name: p, value: "
               "$(tasks.a.results.p)}]\n    tasks:\n"
               "    - name: a\n      taskSpec:\n        results: [{name: l}, {name: p}]\n"
               "        steps: [{script: 'ln -s /etc/hostname $(results.l.path); mkfifo $(results.p.path)'}]\n");
    assert_true(run_to_end(w.engine, 30000));
    assert_int_equal(w.heard->state, STATE_SUCCEEDED);
    assert_int_equal(node_count(w.heard->results), 0);
    world_free(&w);
}

static void a_link_in_a_workspace_leads_nowhere(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    submit(&w,
           "  workspaces: [{name: w, persistentVolumeClaim: {claimName: c}}]\n"
           "  pipelineSpec:\n    tasks:\n"
           "    - {name: a, taskSpec: {steps: [{script: 'ln -s /etc $(workspaces.w.path)/sub'}]}}\n"
           "    - {name: b, runAfter: [a], workspaces: [{name: w, subPath: sub}], taskSpec: {workspaces: [{name: w}], "
           "steps: [{script: 'ls /workspace/w'}]}}\n");
    assert_true(run_to_end(w.engine, 30000));
    assert_int_equal(w.heard->state, STATE_FAILED);
    assert_string_equal(buf_take(&w.heard->log).p, "");
    world_free(&w);
}

static void a_missing_program_is_named(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    submit(&w, "  pipelineSpec: {tasks: [{name: a, taskSpec: {steps: [{command: [no-such-program]}]}}]}\n");
    assert_true(run_to_end(w.engine, 30000));
    assert_int_equal(w.heard->state, STATE_FAILED);
    assert_true(str_find(w.heard->task_message, STR("no-such-program: No such file")) >= 0);
    world_free(&w);
}

static void signals_are_exit_codes(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    submit(&w, SCRIPT(L "kill -9 $$\n"));
    assert_true(run_to_end(w.engine, 30000));
    assert_string_equal(buf_take(&w.heard->steps).p, "a/s failed 137\n");
    world_free(&w);
}

static void what_a_step_leaves_in_the_background_ends_with_it(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    assert_string_equal(output_of(&w, SCRIPT(L "sleep 98761 &\n" L
                                               "setsid sleep 98761 < /dev/null > /dev/null 2>&1 &\n" L "echo done\n")),
                        "done\n");
    assert_true(goes_away("98761"));
    world_free(&w);
}

static void wait_for_output(struct world *w)
{
    for (int i = 0; i < 300 && !w->heard->log_bytes; i++)
        engine_turn(w->engine, 100);
    assert_true(w->heard->log_bytes > 0);
}

static void cancelling_ends_the_whole_tree(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    submit(&w, SCRIPT(L "trap '' TERM\n" L "(trap '' TERM; sleep 98762) &\n" L "echo up\n" L "sleep 98762\n" L
                        "sleep 98762\n"));
    wait_for_output(&w);
    int64_t before = clock_mono_ms();
    engine_cancel(w.engine, "run-1");
    assert_true(run_to_end(w.engine, 10000));
    assert_true(clock_mono_ms() - before >= 500); /* the grace period */
    assert_int_equal(w.heard->state, STATE_CANCELLED);
    assert_true(goes_away("98762"));
    world_free(&w);
}

static void a_program_can_say_goodbye(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){.grace_us = 20000000});
    submit(&w, SCRIPT(L "trap 'echo goodbye; exit 0' TERM\n" L "echo up\n" L "sleep 98763 & wait\n"));
    wait_for_output(&w);
    int64_t before = clock_mono_ms();
    engine_cancel(w.engine, "run-1");
    assert_true(run_to_end(w.engine, 10000));
    assert_true(clock_mono_ms() - before < 5000);
    assert_string_equal(buf_take(&w.heard->log).p, "up\ngoodbye\n");
    world_free(&w);
}

static void a_timeout_ends_a_step(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){.step_timeout_us = 300000});
    submit(&w, SCRIPT(L "sleep 98764\n"));
    assert_true(run_to_end(w.engine, 10000));
    assert_string_equal(buf_take(&w.heard->tasks).p, "a running\na timed_out StepTimeout\nrun failed Failed\n");
    assert_true(goes_away("98764"));
    world_free(&w);
}

static void too_much_output_ends_a_step(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){.step_log_max = 1000000});
    submit(&w, SCRIPT(L "yes\n"));
    assert_true(run_to_end(w.engine, 20000));
    assert_int_equal(w.heard->log_bytes, 1000000);
    assert_string_equal(buf_take(&w.heard->tasks).p, "a running\na failed OutputLimitExceeded\nrun failed Failed\n");
    world_free(&w);
}

static void too_much_on_disk_ends_the_run(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){.disk_max = 20 << 20});
    submit(&w, SCRIPT(L "dd if=/dev/zero of=/workspace/big bs=1M count=40 2>/dev/null\n" L "echo full; sleep 98765\n"));
    assert_true(run_to_end(w.engine, 20000));
    assert_int_equal(w.heard->state, STATE_FAILED);
    assert_true(str_find(buf_take(&w.heard->tasks), STR("run failed DiskLimitExceeded")) >= 0);
    world_free(&w);
}

/* ---- a log of 10 MB: each line is the next number */

struct counting {
    unsigned long next, wrong;
    char line[16];
    size_t n, longest;
    bool final;
};

static void count_lines(void *context, const struct run_event *ev)
{
    struct counting *c = context;
    if (ev->kind == EVENT_RUN)
        c->final = state_is_final(ev->state);
    if (ev->kind != EVENT_LOG)
        return;
    c->longest = ev->data.n > c->longest ? ev->data.n : c->longest;
    for (size_t i = 0; i < ev->data.n; i++) {
        if (ev->data.p[i] != '\n') {
            if (c->n < sizeof c->line - 1)
                c->line[c->n++] = ev->data.p[i];
            continue;
        }
        c->line[c->n] = '\0';
        c->wrong += strtoul(c->line, NULL, 10) != ++c->next;
        c->n = 0;
    }
}

static void a_log_of_10_mb_is_complete(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    struct counting c = {0};
    ((struct local *)w.engine)->sink = (struct run_sink){count_lines, &c};
    submit(&w, SCRIPT(L "seq -f %09.0f 1 1048576\n"));
    assert_true(run_to_end(w.engine, 60000));
    assert_true(c.final);
    assert_int_equal(c.next, 1048576);
    assert_int_equal(c.wrong, 0);
    assert_true(c.longest <= LOG_CHUNK_MAX);
    world_free(&w);
}

static void a_line_without_an_end_arrives_soon(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    submit(&w, SCRIPT(L "printf waiting; sleep 98766\n"));
    int64_t before = clock_mono_ms();
    wait_for_output(&w);
    assert_true(clock_mono_ms() - before < 5000);
    engine_cancel(w.engine, "run-1");
    assert_true(run_to_end(w.engine, 10000));
    world_free(&w);
}

static void what_a_step_locks_away_is_removed_all_the_same(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    assert_string_equal(
        output_of(&w, SCRIPT(L "#!/usr/bin/env python3\n" L "import os\n" L "os.chdir('/workspace')\n" L
                               "for i in range(600):\n" L "    os.mkdir('d')\n" L "    os.chdir('d')\n" L
                               "os.mkdir('/workspace/locked')\n" L "open('/workspace/locked/f', 'w').close()\n" L
                               "os.chmod('/workspace/locked', 0)\n")),
        "");
    world_free(&w);
}

static void retries_begin_with_empty_results(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    submit(&w,
           "  workspaces: [{name: w, volumeClaimTemplate: {}}]\n  pipelineSpec:\n    tasks:\n    - name: a\n"
           "      retries: 2\n      taskSpec:\n        results: [{name: r}]\n        steps:\n        - script: |\n" L
           "ls /tekton/results; echo $(context.task.retry-count) | tee $(results.r.path)\n" L
           "echo x >> $(workspaces.w.path)/tries; test $(wc -l < $(workspaces.w.path)/tries) = 3\n");
    assert_true(run_to_end(w.engine, 30000));
    assert_string_equal(buf_take(&w.heard->log).p, "0\n1\n2\n");
    assert_int_equal(w.heard->attempts, 3);
    assert_int_equal(w.heard->state, STATE_SUCCEEDED);
    world_free(&w);
}

/* Another process with an engine of its own, killed while a step runs. */
static void steps_die_with_their_hub_and_its_folder_goes_later(void **state)
{
    (void)state;
    char dir[] = "/tmp/test-sandbox-XXXXXX";
    assert_non_null(mkdtemp(dir));
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t hub = fork();
    if (!hub) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* whatever becomes of the test */
        struct heard *h = heard_new();
        struct local_config c = {.state_dir = dir};
        struct engine *en;
        struct err e = {0};
        if (!local_engine_new(&c, (struct run_sink){hear, h}, &en, &e) &&
            !engine_submit(en, "run-1", run_of(h->a, SCRIPT(L "sleep 98767 & echo up; wait\n")), &e))
            for (;;) {
                engine_turn(en, 100);
                if (h->log_bytes && write(ready[1], "x", 1) < 0)
                    _exit(1);
            }
        _exit(1);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    for (int i = 0; i < 50 && !processes_with("98767"); i++)
        usleep(100000);
    bool there = processes_with("98767") > 0;
    kill(hub, SIGKILL);
    waitpid(hub, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    assert_true(there);
    assert_true(goes_away("98767"));
    assert_int_equal(rmdir(dir), -1);
    struct heard *h = heard_new();
    struct local_config c = {.state_dir = dir};
    struct engine *en, *second;
    struct err e = {0};
    assert_int_equal(local_engine_new(&c, (struct run_sink){hear, h}, &en, &e), OK);
    /* a second engine in the same folder leaves the first alone */
    assert_int_equal(local_engine_new(&c, (struct run_sink){hear, h}, &second, &e), OK);
    engine_free(second);
    assert_int_equal(engine_submit(en, "run-1", run_of(h->a, SCRIPT(L "echo fine\n")), &e), OK);
    assert_true(run_to_end(en, 30000));
    assert_int_equal(h->state, STATE_SUCCEEDED);
    engine_free(en);
    assert_int_equal(rmdir(dir), 0);
    arena_free(h->a);
}

static void without_a_sandbox_steps_run_as_well_when_asked_for(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    struct local *l = (struct local *)w.engine;
    struct sandbox *s = (struct sandbox *)l->runner;
    free(s->program);
    s->program = NULL;
    s->root = s->runner.mapped = false;
    s->runner.uid = geteuid();
    submit(&w, "  workspaces: [{name: w, volumeClaimTemplate: {}}]\n  pipelineSpec:\n"
               "    results: [{name: out, value: $(tasks.a.results.r)}]\n    tasks:\n"
               "    - name: a\n      taskSpec:\n        results: [{name: r}]\n        steps:\n"
               "        - {script: 'echo data > $(workspaces.w.path)/f'}\n"
               "        - {command: [sh, -c, 'sleep 98768 & cat $0 > $1'], args: [$(workspaces.w.path)/f, "
               "$(results.r.path)]}\n");
    assert_true(run_to_end(w.engine, 30000));
    assert_int_equal(w.heard->state, STATE_SUCCEEDED);
    assert_string_equal(str_cstr(w.heard->a, node_text_of(w.heard->results, "out")), "data\n");
    assert_true(goes_away("98768"));
    world_free(&w);
}

static void the_engine_says_what_it_is(void **state)
{
    (void)state;
    struct world w = world_with((struct local_config){0});
    struct buf b;
    buf_init(&b, w.heard->a, 0);
    struct json j = json_to(&b);
    engine_describe(w.engine, &j);
    struct str text = buf_take(&b);
    assert_true(str_find(text, STR("\"sandbox\":\"bubblewrap 0.")) >= 0);
    assert_true(str_find(text, STR("/usr")) >= 0);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_runs),
        cmocka_unit_test(python_runs),
        cmocka_unit_test(what_is_the_hosts_cannot_be_read),
        cmocka_unit_test(what_is_the_hubs_cannot_be_seen),
        cmocka_unit_test(there_is_no_network),
        cmocka_unit_test(a_step_has_no_rights),
        cmocka_unit_test(steps_share_what_tekton_lets_them_share),
        cmocka_unit_test(an_exit_code_can_be_read_by_a_later_step),
        cmocka_unit_test(step_results_reach_later_steps_and_the_task),
        cmocka_unit_test(links_and_pipes_are_no_results),
        cmocka_unit_test(a_link_in_a_workspace_leads_nowhere),
        cmocka_unit_test(a_missing_program_is_named),
        cmocka_unit_test(signals_are_exit_codes),
        cmocka_unit_test(what_a_step_leaves_in_the_background_ends_with_it),
        cmocka_unit_test(cancelling_ends_the_whole_tree),
        cmocka_unit_test(a_program_can_say_goodbye),
        cmocka_unit_test(a_timeout_ends_a_step),
        cmocka_unit_test(too_much_output_ends_a_step),
        cmocka_unit_test(too_much_on_disk_ends_the_run),
        cmocka_unit_test(a_log_of_10_mb_is_complete),
        cmocka_unit_test(a_line_without_an_end_arrives_soon),
        cmocka_unit_test(what_a_step_locks_away_is_removed_all_the_same),
        cmocka_unit_test(retries_begin_with_empty_results),
        cmocka_unit_test(steps_die_with_their_hub_and_its_folder_goes_later),
        cmocka_unit_test(without_a_sandbox_steps_run_as_well_when_asked_for),
        cmocka_unit_test(the_engine_says_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
