/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/fault.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"

/* The only state in lib/ that changes: without it no test could choose the point of a failure. */
gboolean fault_maybe = TRUE;

struct fault {
	const struct fault_kind *kind; /* NULL: none */
	char *name;                    /* crash@NAME, stop@NAME; else NULL */
	guint64 number;                /* crash:N, eio:N … */
	bool is_for_guard;
};

struct fault_kind {
	const char *word; /* with the separator: "crash:" */
	int errnum;       /* 0: a signal instead */
	int signum;
	bool is_sticky; /* the N-th point and all after it */
};

static const struct fault_kind kinds[] = {
	{ "crash:", 0, SIGKILL, false },    { "crash@", 0, SIGKILL, false },
	{ "stop@", 0, SIGSTOP, false },     { "eio:", EIO, 0, false },
	{ "enospc:", ENOSPC, 0, false },    { "eio+:", EIO, 0, true },
	{ "enospc+:", ENOSPC, 0, true },
};

static GMutex mutex; /* guards what follows */
static struct fault fault;
static bool is_read, is_guard, has_fired;
static guint64 points_seen;

static bool parse_number(const char *text, guint64 *ret_number)
{
	return g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT64, ret_number, NULL);
}

static bool fault_parse(const char *text, struct fault *ret_fault)
{
	struct fault f = { 0 };

	f.is_for_guard = g_str_has_prefix(text, "guard:");
	if (f.is_for_guard)
		text += strlen("guard:");
	for (size_t i = 0; i < G_N_ELEMENTS(kinds) && !f.kind; i++) {
		if (g_str_has_prefix(text, kinds[i].word))
			f.kind = &kinds[i];
	}
	if (!f.kind)
		return false;
	text += strlen(f.kind->word);
	if (text[-1] == '@') {
		if (*text == '\0')
			return false;
		f.name = g_strdup(text);
	} else if (!parse_number(text, &f.number)) {
		return false;
	}
	*ret_fault = f;
	return true;
}

/* With `mutex` held. */
static void fault_load(const char *text)
{
	g_clear_pointer(&fault.name, g_free);
	memset(&fault, 0, sizeof(fault));
	points_seen = 0;
	has_fired = false;
	is_read = true;
	if (text && *text && !fault_parse(text, &fault))
		fprintf(stderr, "DOMSH_FAULT ignored: '%s' is not a fault\n", text);
	fault_maybe = fault.kind != NULL;
}

/* With `mutex` held. Counts the point; point_name is NULL for a change. */
static bool fault_is_due(const char *point_name)
{
	if (!fault.kind || fault.is_for_guard != is_guard)
		return false;
	points_seen++;
	if (fault.name)
		return point_name && strcmp(fault.name, point_name) == 0;
	return fault.kind->is_sticky ? points_seen >= fault.number : points_seen == fault.number;
}

static void fault_fire(const struct fault_kind *kind, const char *where)
{
	fprintf(stderr, "DOMSH_FAULT fired: %s at %s\n", kind->word, where);
	fflush(stderr);
	if (kind->signum)
		raise(kind->signum); /* this thread itself, now: to the process, another may take it */
	while (kind->signum == SIGKILL)
		pause();
	errno = kind->errnum;
}

int fault_hit(const char *when, const char *what, const char *object)
{
	g_autofree char *where = NULL;
	const struct fault_kind *kind;

	g_mutex_lock(&mutex);
	if (!is_read)
		fault_load(secure_getenv("DOMSH_FAULT"));
	if (!fault_is_due(what ? NULL : object)) {
		g_mutex_unlock(&mutex);
		return 0;
	}
	has_fired = true;
	kind = fault.kind;
	where = g_strdup_printf("point %" G_GUINT64_FORMAT ": %s %s %s", points_seen, when,
				what ? what : "the point", object ? object : "without a name");
	g_mutex_unlock(&mutex);
	fault_fire(kind, where);
	return kind->signum ? 0 : -1; /* after SIGSTOP somebody continued us */
}

void sys_fault_set(const char *text)
{
	g_mutex_lock(&mutex);
	fault_load(text);
	g_mutex_unlock(&mutex);
}

bool sys_fault_fired(void)
{
	bool fired;

	g_mutex_lock(&mutex);
	fired = has_fired;
	g_mutex_unlock(&mutex);
	return fired;
}

void sys_fault_is_guard(void)
{
	g_mutex_lock(&mutex);
	is_guard = true;
	g_mutex_unlock(&mutex);
}
