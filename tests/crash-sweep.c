/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The crash and error sweep: the engine over the real store and a fake hypervisor, killed or
 * failed at every point where it changes anything. One TAP point for each operation and kind of
 * fault, with the number of injections that fired.
 *
 *   crash-sweep [--tap] [PART]      operations whose name contains PART; all
 *   crash-sweep PART KIND:N   one injection, told: crash-sweep 'start from image' eio+:17
 *   DOMSH_LONG=1              every crash, not a sample, is crashed again in its recovery
 *
 * Two operations at a time (as many as there are processors), each in a world of its own.
 */
#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "crash/operations.h"
#include "crash/sweep.h"
#include "crash/tree.h"

#define SAMPLE 7

static char *make_base(void)
{
	/* Memory does not wait for a disk: what is durable is not what this program looks at. */
	const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir();
	char *base = g_strdup_printf("%s/domsh-crash-XXXXXX", parent);

	if (!g_mkdtemp(base))
		g_error("a directory cannot be made in '%s': %s", parent, strerror(errno));
	return base;
}

/* In a process of its own, which collects all guests. */
static bool sweep_operation(const struct operation *op, FILE *out)
{
	g_autofree char *base = make_base();
	struct sweep *s;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sys_fault_set(NULL);
	s = sweep_new(op, base, out);
	sweep_syncs(s);
	sweep_lock(s);
	for (unsigned int i = 0; i < n_kinds; i++)
		sweep_kind(s, &kinds[i]);
	sweep_recovery(s, getenv("DOMSH_LONG") ? 1 : SAMPLE);
	sweep_free(s);
	guests_kill();
	tree_remove(base);
	return fflush(out) == 0;
}

/* ---- One injection ---- */

static const struct kind *kind_of(const char *fault, unsigned int *ret_n)
{
	for (unsigned int i = 0; i < n_kinds; i++) {
		if (kinds[i].kills_guests || !g_str_has_prefix(fault, kinds[i].fault))
			continue;
		*ret_n = (unsigned int)atol(fault + strlen(kinds[i].fault));
		return &kinds[i];
	}
	return NULL;
}

static int try_one(const char *name, const char *fault)
{
	unsigned int n = 0;
	const struct kind *kind = kind_of(fault, &n);
	int bad = !kind;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (unsigned int i = 0; kind && operation_at(i); i++) {
		g_autofree char *base = NULL;
		struct sweep *s;

		if (strcmp(operation_at(i)->name, name) != 0)
			continue;
		base = make_base();
		s = sweep_new(operation_at(i), base, stdout);
		bad |= !sweep_one(s, kind, n);
		sweep_free(s);
		guests_kill();
		tree_remove(base);
	}
	return bad;
}

/* ---- All ---- */

struct job {
	pid_t pid;
	FILE *out;
};

static struct job start(const struct operation *op)
{
	struct job job = { .out = tmpfile() };

	g_assert_nonnull(job.out);
	fflush(stdout);
	job.pid = fork();
	if (job.pid == 0)
		_exit(sweep_operation(op, job.out) ? 0 : 1);
	return job;
}

/* Number the points of one operation; a sweep that did not end is a failed point. */
static void print(struct job *job, int status, const struct operation *op, unsigned int *n,
		  unsigned int *n_bad)
{
	char line[4096];

	rewind(job->out);
	while (fgets(line, sizeof(line), job->out)) {
		bool is_bad = g_str_has_prefix(line, "not ok - ");

		if (is_bad || g_str_has_prefix(line, "ok - "))
			printf("%s %u%s", is_bad ? "not ok" : "ok", ++*n, strstr(line, " - "));
		else
			fputs(line, stdout);
		*n_bad += is_bad;
	}
	fclose(job->out);
	if (status != 0) {
		printf("not ok %u - %s: the sweep ended with status %d\n", ++*n, op->name, status);
		(*n_bad)++;
	}
	fflush(stdout);
}

static int sweep_all(const char *part)
{
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(struct job)); /* by operation */
	long slots = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int n = 0, n_bad = 0, running = 0;
	const struct operation *next = operation_at(0);

	while (next || running > 0) {
		struct job *jobs;
		int status;
		pid_t pid;

		while (next && running < slots) {
			struct job job = { 0 };

			if (!part || strstr(next->name, part)) {
				job = start(next);
				running++;
			}
			g_array_append_val(all, job);
			next = operation_at(all->len);
		}
		pid = running ? waitpid(-1, &status, 0) : -1;
		jobs = (void *)all->data;
		for (unsigned int i = 0; pid > 0 && i < all->len; i++) {
			if (jobs[i].pid != pid)
				continue;
			print(&jobs[i], status, operation_at(i), &n, &n_bad);
			jobs[i].pid = 0; /* the number comes round again, and may be a later job's */
			running--;
		}
	}
	printf("1..%u\n", n);
	return n == 0 || n_bad > 0;
}

int main(int argc, char **argv)
{
	const char *words[2] = { NULL, NULL };
	unsigned int n = 0;

	for (int i = 1; i < argc && n < G_N_ELEMENTS(words); i++)
		if (strcmp(argv[i], "--tap") != 0)
			words[n++] = argv[i];
	return words[1] ? try_one(words[0], words[1]) : sweep_all(words[0]);
}
