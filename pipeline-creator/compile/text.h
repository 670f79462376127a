/*
 * "Text arrives as typed" (DESIGN §5): user text on its way through Tekton and the kubelet.
 *
 * Text of a step's command, args and env is rewritten by, in this order,
 *   1. Tekton's controller: several passes (parameters, then contexts, results, step paths, workspaces; before them the
 *      same for the pipeline), each of which replaces the `$(name)` that it knows, literally and in one pass, and
 * leaves the others. A value that one pass puts in is seen by the next, so that carrying text as a parameter alone does
 * not protect `$(context.taskRun.name)`; and `$$(params.x)` does not protect either, for the match begins at the second
 *      dollar (pkg/substitution/replacements.go, pkg/reconciler/{pipelinerun,taskrun}/resources/apply.go);
 *   2. the kubelet: `$$` → `$`, and `$(NAME)` → the value of the container's environment variable NAME where there is
 * one, not looking at what it put in (k8s.io/kubernetes/third_party/forked/golang/expansion);
 *   3. Tekton's entrypoint, in the container: `$(steps.<step>.results.<name>)` and `$(steps.<step>.outputs.<name>)`,
 *      whose absence fails the step (pkg/entrypoint). Nothing can be put before that: such text is refused.
 * Scripts are not seen by 2, but no user text goes into scripts.
 *
 * So a dollar that 2 would eat is doubled, and a dollar before something that 1 might know is written as the variable
 * $(HUB_DOLLAR), which 1 does not know and 2 turns into a dollar. Engines on this machine do what 1 and 2 do.
 *
 * What a program writes as a result passes 2 as well when another receives it as an argument: `$$` in it becomes `$`.
 * Nothing can be done about that while compiling; what may contain it is passed by file. Nor is a parameter of the run
 * that ends in a dollar kept from text like "(context.taskRun.name)" which a component's concat puts behind it.
 */
#ifndef PIPELINE_CREATOR_COMPILE_TEXT_H
#define PIPELINE_CREATOR_COMPILE_TEXT_H

#include "base/node.h"

#define TEXT_DOLLAR "HUB_DOLLAR" /* environment variable whose value is one dollar */

/* The longest argument or environment string that Linux takes, its end included (MAX_ARG_STRLEN). */
#define TEXT_MAX ((size_t)131071)

/*
 * The text as it must stand in command, args or env. `env`: the container's variables, of which $(NAME) is kept from
 * being replaced (with all that look like the variables of services, which Kubernetes adds); NULL: every name is, for
 * text whose container is not known. Sets *dollar when the step needs TEXT_DOLLAR.
 */
struct str text_escape(struct arena *a, struct str text, const struct node *env, bool *dollar);
/* The same for text that other text is put behind, by us or by Tekton: a dollar at its end must not become the
   beginning of a reference. Texts made so can be put together. */
struct str text_escape_open(struct arena *a, struct str text, const struct node *env, bool *dollar);
/* False when the text cannot reach a program unchanged (3 above, or a NUL byte). */
bool text_can_pass(struct str text);
/* Whether Tekton would take a part of it for a reference where the kubelet does not follow (when, names). */
bool text_has_reference(struct str text);
/* The same for text in which $(NAME) is meant for the kubelet or a shell: what has a dot or a bracket in it. */
bool text_has_variable(struct str text);

#endif
